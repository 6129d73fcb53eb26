"""Withholding: which documents and lists may not be published whole, and the entries that stand for them.

A published record never holds personal data. What can be seen to be some stops the publication instead of being
published: `PersonalData` names the setting that withholds it. `spec/record-publish.md`.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from licet.core.errors import LicetError
from licet.core.form import Shape
from licet.core.schema import FORMS
from licet.record.log.entries import (
    Instrument,
    ListPart,
    PublishedList,
    WithheldInstrument,
    WithheldList,
    digest_of,
    instrument,
)
from licet.record.log.entry_spelling import encode
from licet.record.log.opening import Opening
from licet.record.refusal import RecordRefused
from licet.record.spelling import canonical
from licet.services.ports import Store
from licet.services.record.settings import Withholding
from licet.services.stored import StoredDocument
from licet.services.subjects import SUBJECT_FACT

USES = "uses"
PART_CHARACTERS = 10_000
"""Characters in each part of a list but the last: in JSON at most 60,000 bytes, so that a part always fits an entry."""

ANY = "*"


class NotPublishable(LicetError):
    """Something that cannot go into the public log as it is; the message says which setting is needed."""


class PersonalData(NotPublishable):
    """A document that names subjects, in a field that would be published."""


class Openings(Protocol):
    """What opens the commitments in the log. Secret: whoever has it can read what was withheld."""

    def of(self, kind: str, content: bytes) -> Opening:
        """The opening of this content (`document` or `rulebook`): with the salt that was drawn for it first.

        Durable on return. Raises `LogUnavailable`.
        """

    def find(self, kind: str, digest: str) -> Opening | None:
        """The opening of the content with this digest, if it was ever withheld. Raises `LogUnavailable`."""


@dataclass(frozen=True, slots=True)
class Public:
    """What is published of a document. `named`: as an enactment names it, by digest or commitment.

    `lists` are the digests of the lists that its published fields pin, `hidden` of those that its withheld fields do.
    """

    entry: Instrument | WithheldInstrument
    named: str
    lists: frozenset[str]
    hidden: frozenset[str]
    withholding: Withholding | None


def public_of(document: StoredDocument, settings: Iterable[Withholding], openings: Openings) -> Public:
    """What is published of a document. Raises `NotPublishable`."""
    tree = json.loads(document.canonical)
    setting = setting_for(document, settings)
    withheld = _withheld(document, tree, setting)
    check_personal(document, tree, withheld)
    pinned = frozenset(lists_of(tree))
    if setting is None:
        whole = instrument(document.kind, document.name, document.canonical)
        _check_fits(whole, document)
        return Public(whole, whole.digest, pinned, frozenset(), None)
    commitment = openings.of("document", document.canonical).commitment
    entry = WithheldInstrument(
        kind=document.kind,
        name=None if document.kind in withheld else document.name,
        commitment=commitment,
        public=canonical({name: value for name, value in tree.items() if name not in withheld}),
        withheld=withheld,
        reason=setting.reason,
        authority=setting.authority,
    )
    _check_fits(entry, document)
    hidden = pinned if USES in withheld else frozenset()
    return Public(entry, commitment, pinned - hidden, hidden, setting)


def setting_for(document: StoredDocument, settings: Iterable[Withholding]) -> Withholding | None:
    """The first setting that is for a document; `document: drill-*` is for all whose names begin so."""
    for each in settings:
        whole, star, _ = each.document.partition(ANY)
        if document.name.startswith(whole) if star else document.name == whole:
            return each
    return None


def lists_of(tree: Mapping[str, Any]) -> list[str]:
    """The digests of the lists that a document pins."""
    return [each["digest"] for each in tree.get(USES, {}).values() if isinstance(each, dict)]


def check_personal(document: StoredDocument, tree: Mapping[str, Any], withheld: Iterable[str]) -> None:
    """That no field that is published names subjects. Raises `PersonalData`."""
    hidden = frozenset(withheld)
    lists = {local for local, each in tree.get(USES, {}).items() if isinstance(each, dict)}
    for field in FORMS[document.kind].fields:
        if field.shape is not Shape.CONDITION or not isinstance(tree.get(field.name), str):
            continue
        by_list, literally = _names_subjects(tree[field.name], lists)
        if literally and field.name not in hidden:
            raise PersonalData(_told(document, field.name, f"its field `{field.name}` names subjects"))
        if by_list and USES not in hidden:
            raise PersonalData(_told(document, USES, f"its field `{field.name}` names subjects by a list"))


def list_entries(digest: str, content: bytes) -> tuple[PublishedList | ListPart, ...]:
    """The entries that publish a list: one, or its parts. Raises `NotPublishable` for bytes that are not UTF-8."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise NotPublishable(f"the list {digest} is not UTF-8: withhold `uses` of what names it") from error
    if len(text) <= PART_CHARACTERS:
        return (PublishedList(digest, text),)
    starts = range(0, len(text), PART_CHARACTERS)
    return tuple(
        ListPart(digest, number, len(starts), text[start : start + PART_CHARACTERS])
        for number, start in enumerate(starts, 1)
    )


def withheld_list(content: bytes, setting: Withholding, openings: Openings) -> WithheldList:
    """The entry that stands for a list that only withheld fields pin."""
    return WithheldList(openings.of("document", content).commitment, setting.reason, setting.authority)


class Opened(NamedTuple):
    """What opens one commitment, and what that is."""

    what: str
    opening: Opening


def opened_document(store: Store, openings: Openings, name: str) -> tuple[Opened, ...]:
    """What opens each document with this name, and the lists that it pins, as far as they were ever withheld."""
    found: dict[str, Opened] = {}
    for each in store.documents():
        if each.name == name:
            pinned = [(f"list {digest}", digest) for digest in lists_of(json.loads(each.canonical))]
            for what, digest in [(f"{each.kind} {name}", each.digest), *pinned]:
                opening = openings.find("document", digest)
                if opening is not None:
                    found[opening.commitment] = Opened(what, opening)
    return tuple(found.values())


def opened_rulebook(store: Store, openings: Openings, epoch: int) -> tuple[Opened, ...]:
    """What opens the commitment to the rulebook of an epoch, if there is one."""
    for each in store.enactments():
        if each.epoch == epoch:
            opening = openings.find("rulebook", digest_of(each.rulebook.encode()))
            return (Opened(f"rulebook of epoch {epoch}", opening),) if opening else ()
    return ()


def _withheld(document: StoredDocument, tree: Mapping[str, Any], setting: Withholding | None) -> tuple[str, ...]:
    """The names of the fields that are withheld, in order."""
    if setting is None:
        return ()
    unknown = [name for name in setting.fields if name not in tree]
    if unknown and ANY not in setting.document:
        raise NotPublishable(
            f"`record.withhold` names the field `{unknown[0]}` of the {document.kind} `{document.name}`, which has no "
            f"such field; it has {', '.join(f'`{name}`' for name in sorted(tree))}"
        )
    withheld = tuple(sorted(setting.fields or tree)) if not unknown else tuple(sorted(set(setting.fields) & set(tree)))
    if not withheld:
        raise NotPublishable(f"`record.withhold` names no field that the {document.kind} `{document.name}` has")
    return withheld


def _names_subjects(condition: str, lists: Iterable[str]) -> tuple[bool, bool]:
    """Whether a condition compares the subject's name with a list, and whether with names that it spells out."""
    by_list = literally = False
    for others in _compared_with_subject(condition):
        for each in others:
            by_list |= isinstance(each, ast.Name) and each.id in lists
            literally |= any(isinstance(part, ast.Constant) for part in ast.walk(each))
    return by_list, literally


def _compared_with_subject(condition: str) -> Iterator[list[ast.expr]]:
    for node in ast.walk(ast.parse(condition, mode="eval")):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(each, ast.Name) and each.id == SUBJECT_FACT for each in sides):
                yield sides


def _told(document: StoredDocument, field: str, why: str) -> str:
    return (
        f"the {document.kind} `{document.name}` cannot be published: {why}. Withhold it in licet.yaml: "
        f"`record: {{withhold: [{{document: {document.name}, fields: [{field}], reason: …, authority: …}}]}}`"
    )


def _check_fits(entry: Instrument | WithheldInstrument, document: StoredDocument) -> None:
    try:
        encode(entry)
    except RecordRefused as error:
        raise NotPublishable(
            f"the {document.kind} `{document.name}` cannot be published ({error}): withhold its long fields "
            "(`record.withhold`), or enact it anew with its names in a list"
        ) from error
