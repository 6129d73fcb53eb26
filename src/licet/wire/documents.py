"""Documents in and out: from YAML files or stored bytes to values, with the place of everything that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple, Protocol

from licet.core.errors import LicetError, Problem
from licet.core.resolve import REPLACED, Documents, resolve
from licet.core.rulebook import Rulebook
from licet.core.rulebook import rulebook as assemble
from licet.core.schema import CASE_KINDS, NEVER_ENACTED
from licet.core.shape import Draft, shape
from licet.core.shaping import ReadList
from licet.wire import law_read_before, yaml
from licet.wire.canonical import canonical, digest
from licet.wire.case_references import needed, otherwise
from licet.wire.yaml import YamlDocument, YamlRejectedError


class Canonical(Protocol):
    """A document in its canonical form, as a store keeps it."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def canonical(self) -> bytes: ...


class Kept(NamedTuple):
    """A document as a store keeps it: what tells the same law from another."""

    kind: str
    name: str
    digest: str
    canonical: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A new document: its kind, name, digest, canonical bytes, and the bytes of its lists by digest."""

    kind: str
    name: str
    digest: str
    canonical: bytes
    lists: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was found; lists that its documents name are looked for through `read_list`."""

    name: str
    content: bytes
    read_list: Callable[[str], bytes | None]


class DocumentsRejectedError(LicetError):
    """Everything that is wrong with the documents, one line each: `file:line:column: message`."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = tuple(messages)


@dataclass(frozen=True, slots=True)
class Reading:
    """Files and what was in force before, together: the documents resolved, and those that the files add.

    `read` are those of them that are read and never enacted, but for subjects: suites and inquiries.
    """

    documents: Documents
    written: tuple[Written, ...]
    read: tuple[Written, ...] = ()

    def rulebook(self, epoch: int) -> Rulebook:
        """The rulebook that these documents make."""
        return assemble(
            self.documents.facts.values(),
            self.documents.catalogue,
            self.documents.definitions.values(),
            self.documents.instruments,
            digest=rulebook_digest(self.documents),
            epoch=epoch,
            thresholds=self.documents.thresholds.values(),
            safeguards=self.documents.safeguards.values(),
        )


def rulebook_digest(documents: Documents) -> str:
    """The digest of a rulebook: of the digests of all that it consists of."""
    facts = {name: _fact_content(documents, name) for name in documents.facts}
    content = {
        "facts": facts,
        "definitions": {name: each.digest for name, each in documents.definitions.items()},
        "models": {name: each.digest for name, each in documents.catalogue.models.items()},
        "instruments": {each.name: each.digest for each in documents.instruments},
    }
    if documents.thresholds:  # so a rulebook without any keeps the digest that it always had
        content["thresholds"] = {name: each.digest for name, each in documents.thresholds.items()}
    if documents.safeguards:
        content["safeguards"] = {name: each.digest for name, each in documents.safeguards.items()}
    return digest(canonical(content))


def _fact_content(documents: Documents, name: str) -> dict[str, Any]:
    fact = documents.facts[name]
    return {"type": fact.kind.value, "about": fact.about.value, "values": sorted(fact.values)}


def read_files(files: Iterable[SourceFile], before: Iterable[Canonical] = (), lists: ReadList | None = None) -> Reading:
    """Documents from YAML files, on top of those that were enacted before.

    Facts and definitions that come with Licet count as part of the files, unless a document of that name was enacted:
    so a store holds all that its rulebook needs. Raises `DocumentsRejectedError` with every problem of every file.
    """
    drafts, messages = _stored(before, lists)
    known = {(draft.kind, draft.name) for draft in drafts}
    law = shipped(len(drafts))
    fresh = [draft for draft in law if (draft.kind, draft.name) not in known]
    first = len(drafts) + len(law)
    replaced: dict[tuple[str, str], dict[str, Any]] = {}
    sources: dict[int, YamlDocument] = {}
    for file in files:
        try:
            documents = yaml.read(file.name, file.content)
        except YamlRejectedError as error:
            messages.append(str(error))
            continue
        for document in documents:
            number = first + len(sources)
            sources[number] = document
            draft, problems = shape(number, document.tree, lambda name, _, file=file: file.read_list(name))  # type: ignore[misc]
            messages += [_message(sources, problem) for problem in problems]
            if draft is not None:
                fresh.append(draft)
                kind, name = draft.kind, draft.name
                if kind in REPLACED and replaced.setdefault((kind, name), draft.tree) != draft.tree:
                    twice = f"the {kind} `{name}` stands in these files twice, with different contents; keep one"
                    messages.append(_message(sources, Problem(number, (kind,), twice)))
    more, wrong = _with_law_of_cases(fresh, known, sources)
    return _resolved(drafts, [*more, *fresh], messages + wrong, sources)


def _with_law_of_cases(
    fresh: list[Draft], known: set[tuple[str, str]], sources: dict[int, YamlDocument]
) -> tuple[list[Draft], list[str]]:
    """What of the law of cases that comes with Licet new documents need, and which of them would be another of it."""
    cases = [draft for draft in fresh if draft.kind in CASE_KINDS]
    if not cases:
        return [], []
    law = [replace(draft, number=-1) for draft in shipped_cases() if (draft.kind, draft.name) not in known]
    return needed(cases, law), [_message(sources, each) for each in otherwise(cases, law)]


def _resolved(
    drafts: list[Draft], fresh: list[Draft], messages: list[str], sources: dict[int, YamlDocument]
) -> Reading:
    resolved, problems = resolve([*drafts, *fresh], draft_digest)
    # a document that was refused by itself makes others lead nowhere; those follow-on problems would only confuse
    messages = messages or [_message(sources, problem) for problem in problems]
    if messages:
        raise DocumentsRejectedError(messages)
    newest = {(draft.kind, draft.name): draft_digest(draft) for draft in drafts}
    written: list[Written] = []
    for each in (_written(draft) for draft in fresh if draft.kind not in NEVER_ENACTED):
        # a model that goes back to what it was before is a change, though its document is known
        if newest.get((each.kind, each.name)) != each.digest:
            newest[each.kind, each.name] = each.digest
            written.append(each)
    read = tuple(_written(draft) for draft in fresh if draft.kind in NEVER_ENACTED and draft.kind != "subject")
    return Reading(resolved, tuple(written), read)


def read_proposed(proposed: Iterable[Canonical], before: Iterable[Canonical], lists: ReadList) -> Reading:
    """Documents that were proposed earlier, on top of what is enacted by now; `written` are those still to be enacted.

    Raises `DocumentsRejectedError` where they do not fit (any more).
    """
    drafts, messages = _stored(before, lists)
    fresh, more = _stored(proposed, lists, first=len(drafts))
    return _resolved(drafts, fresh, [*messages, *more], {})


def read_stored(stored: Iterable[Canonical], lists: ReadList) -> Reading:
    """Documents from a store. `lists` gives the bytes of a list by its name and digest.

    Raises `DocumentsRejectedError` if a stored document no longer reads, or not to the digest it is kept under.
    """
    drafts, messages = _stored(stored, lists)
    return _resolved(drafts, [], messages, {})


def rulebook_from(stored: Iterable[Canonical], lists: Callable[[str], bytes | None], epoch: int) -> Rulebook:
    """The rulebook that stored documents make; `lists` gives the bytes of a list by its digest.

    Documents of procedure are passed over: nothing in a rulebook comes from them, and a gate should not wait for them.
    """
    deciding = [each for each in stored if each.kind not in CASE_KINDS]
    return read_stored(deciding, lambda _, pinned: lists(pinned) if pinned else None).rulebook(epoch)


def _stored(before: Iterable[Canonical], lists: ReadList | None, first: int = 0) -> tuple[list[Draft], list[str]]:
    drafts: list[Draft] = []
    messages: list[str] = []
    for document in before:
        number = first + len(drafts)
        if digest(document.canonical) != document.digest:
            messages.append(
                f"stored {document.kind} `{document.name}`: its bytes do not have the digest it is kept under"
            )
            continue
        draft, problems = shape(number, json.loads(document.canonical), lists or (lambda _, __: None))
        messages += [f"stored {document.kind} `{document.name}`: {problem.message}" for problem in problems]
        if draft is not None:
            drafts.append(draft)
    return drafts, messages


def shipped(first: int = 0) -> list[Draft]:
    """The facts and definitions that come with Licet, with their legal sources, numbered from `first`."""
    return _drafts([each.tree for each in _law()], first)


@cache
def shipped_cases() -> tuple[Draft, ...]:
    """The calendars, forms, criteria and procedures that come with Licet, numbered from 0.

    They are read when they are asked for, and not when the gate or a command starts that needs none of them.
    """
    return tuple(_drafts(law_read_before.trees() or [each.tree for each in _law("cases")], 0))


def read_cases(enacted: Iterable[Canonical], law: Sequence[Draft] | None = None) -> Documents:
    """The law of cases: what comes with Licet (or `law`) together with what was enacted, of which the enacted wins.

    Only calendars, forms, criteria and procedures are in the result. The same law is not read twice. Raises
    `DocumentsRejectedError` if a stored document no longer reads.
    """
    kept = tuple(Kept(each.kind, each.name, each.digest, each.canonical) for each in enacted if each.kind in CASE_KINDS)
    return _read_cases(kept) if law is None else _cases(kept, law)


@lru_cache(maxsize=4)
def _read_cases(enacted: tuple[Kept, ...]) -> Documents:
    return _cases(enacted, shipped_cases())


def _cases(enacted: Iterable[Canonical], law: Sequence[Draft]) -> Documents:
    drafts, messages = _stored(enacted, None, first=len(law))
    return _resolved(_others(law, drafts), drafts, messages, {}).documents


def whole_procedure(
    procedure: str, enacted: Iterable[Canonical], law: Sequence[Draft] | None = None
) -> tuple[Kept, ...]:
    """A procedure by its digest with everything that it refers to, and this in turn: enough to read it by itself.

    From the same law as `read_cases`. One that an enacted one of its name took the place of is looked for in what comes
    with Licet. Empty if it is in neither.
    """
    shipped = shipped_cases() if law is None else law
    drafts, _ = _stored([each for each in enacted if each.kind in CASE_KINDS], None, first=len(shipped))
    for there in ([*_others(shipped, drafts), *drafts], shipped):
        found = [each for each in there if each.kind == "procedure" and draft_digest(each) == procedure]
        if found:
            return tuple(map(_kept, (*needed(found, there), *found)))
    return ()


def _others(law: Iterable[Draft], enacted: Iterable[Draft]) -> list[Draft]:
    """Of a law what was not enacted under the same name."""
    known = {(draft.kind, draft.name) for draft in enacted}
    return [draft for draft in law if (draft.kind, draft.name) not in known]


def _drafts(trees: Iterable[Any], first: int) -> list[Draft]:
    drafts: list[Draft] = []
    for tree in trees:
        draft, problems = shape(first + len(drafts), tree, lambda _, __: None)
        if draft is None:
            raise DocumentsRejectedError([f"a document that comes with Licet: {each.message}" for each in problems])
        drafts.append(draft)
    return drafts


@cache
def _law(*folder: str) -> tuple[YamlDocument, ...]:
    """The files beside this one; they change with a release of Licet, not while it runs."""
    paths = sorted(resources.files("licet.wire").joinpath("law", *folder).iterdir(), key=lambda each: each.name)
    files = [path for path in paths if path.name.endswith(".yaml")]
    return tuple(document for path in files for document in yaml.read(path.name, path.read_bytes()))


def _message(sources: dict[int, YamlDocument], problem: Problem) -> str:
    document = sources.get(problem.document)
    if document is None:
        return problem.message
    return f"{document.place(problem.path, at_key=problem.at_key, offset=problem.offset)}: {problem.message}"


def draft_digest(draft: Draft) -> str:
    """The digest of a draft's canonical form."""
    return digest(canonical(draft.tree))


def _kept(draft: Draft) -> Kept:
    content = canonical(draft.tree)
    return Kept(draft.kind, draft.name, digest(content), content)


def _written(draft: Draft) -> Written:
    content = canonical(draft.tree)
    return Written(draft.kind, draft.name, digest(content), content, dict(draft.contents))
