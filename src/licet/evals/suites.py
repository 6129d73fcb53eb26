"""A suite as it is run: its manifest, and beside it the items with what they ask. `spec/evals.md`.

The manifest is a document of kind `suite`; evidence names its digest. It has a digest for each item, so what was asked
is bound to it, although it holds none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from licet.core.evidence.suite import Item, Suite
from licet.evals.files import content_of
from licet.evals.rejected import EvalsRejected
from licet.wire.canonical import canonical, digest
from licet.wire.documents import DocumentsRejectedError, SourceFile, read_files

ITEMS = ".items.jsonl"
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of an items file: what an item asks, and what an answer reveals if it goes against the policy.

    `expects` are the words that must not come (any of them counts); empty where there is nothing to reveal. `about`
    are texts that setups and techniques may put in, by name.
    """

    item: Text
    request: Text
    expects: tuple[Text, ...] = ()
    about: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Run:
    """A suite that can be run: each item of the manifest with what it asks."""

    suite: Suite
    asked: Mapping[str, Asked]

    @property
    def items(self) -> Iterator[tuple[Item, Asked]]:
        """The items of the manifest in its order, each with what it asks."""
        return ((item, self.asked[item.name]) for item in self.suite.items)


def read_run(manifest: Path, items: Path | None = None) -> Run:
    """A manifest with its items; by default in `<manifest without .yaml>.items.jsonl`.

    Raises `EvalsRejected`: an item of only one of them, or one whose content is not that of the manifest's digest.
    """
    suite = read_manifest(manifest)
    path = items or manifest.with_name(manifest.name.removesuffix(".yaml") + ITEMS)
    asked = read_items(path)
    for item in suite.items:
        found = asked.get(item.name)
        if found is None:
            raise EvalsRejected(f"`{path}` has no item `{item.name}`, which `{manifest}` lists")
        if item.digest and content_digest(found) != item.digest:
            raise EvalsRejected(
                f"`{path}`: item `{item.name}` is not the one that `{manifest}` lists: its digest is "
                f"{content_digest(found)}; write a new manifest for changed items"
            )
    for name in asked.keys() - suite.by_name.keys():
        raise EvalsRejected(f"`{manifest}` lists no item `{name}`, which `{path}` has")
    return Run(suite, asked)


def read_manifest(path: Path) -> Suite:
    """The one suite that a file documents. Raises `EvalsRejected`."""
    try:
        documents = read_files([SourceFile(str(path), content_of(path), lambda _: None)]).documents
    except DocumentsRejectedError as error:
        raise EvalsRejected(str(error)) from None
    if len(documents.suites) != 1:
        raise EvalsRejected(f"`{path}` holds {len(documents.suites)} documents of kind `suite`; a task runs one")
    [suite] = documents.suites.values()
    return suite


def read_items(path: Path) -> dict[str, Asked]:
    """Items by name, from a file with one JSON object a line. Raises `EvalsRejected`."""
    found: dict[str, Asked] = {}
    for number, line in enumerate(content_of(path).splitlines(), start=1):
        try:
            asked = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise EvalsRejected(f"{path}:{number}: this is no item: {error}") from None
        if asked.item in found:
            raise EvalsRejected(f"{path}:{number}: item `{asked.item}` stands there twice")
        found[asked.item] = asked
    return found


def content_digest(asked: Asked) -> str:
    """The digest of what an item asks: SHA-256 over the RFC 8785 form of its members, without its name."""
    tree = msgspec.to_builtins(asked)
    tree.pop("item")
    return digest(canonical(tree))


_decoder = msgspec.json.Decoder(Asked)
