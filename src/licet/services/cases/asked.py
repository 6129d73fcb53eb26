"""What an officer asks of cases, as it stands in the content of an act: cases to open, entries to make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from licet.core.cases.case import Link
from licet.core.cases.entry import Exhibit
from licet.services.stored import StoredList
from licet.wire.canonical import digest

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Something that is to be entered in a case.

    `case` is the case's name, and `on` the number of entries that the officer saw there: who has not seen the newest
    does not act. `role` is the case role in which it is done, `party` who did it where that is somebody outside.
    `fields` are plain JSON by name. `happened`: when; None: when it is recorded. `late` says why it is recorded late.
    """

    case: str
    on: int
    event: str
    role: str
    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)
    party: str | None = None
    happened: datetime | None = None
    late: str | None = None
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that is to be opened: the digest of its procedure, its first event, and what it is linked to.

    A link `part of` names the parent of a queue, a link `appeals` the case whose decision is appealed.
    """

    procedure: str
    event: str
    role: str
    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)
    party: str | None = None
    happened: datetime | None = None
    late: str | None = None
    exhibits: tuple[Exhibit, ...] = ()
    links: tuple[Link, ...] = ()


def exhibit(name: str, media_type: str, content: bytes) -> tuple[Exhibit, StoredList]:
    """A document that comes with an entry, and its bytes as `Carried.exhibits` takes them."""
    named = digest(content)
    return Exhibit(name, media_type, len(content), named), StoredList(named, content)


def opening_fields(cases: Iterable[NewCase]) -> Tree:
    """The fields of the act `open cases`."""
    return {"cases": [_case_tree(each) for each in cases]}


def acting_fields(entries: Iterable[NewEntry]) -> Tree:
    """The fields of the act `act on cases`."""
    return {"entries": [{"case": each.case, "on": each.on, **_entry_tree(each)} for each in entries]}


def cases_from(trees: Sequence[Mapping[str, Any]]) -> tuple[NewCase, ...]:
    """The reverse of `opening_fields`, of what is in order."""
    return tuple(
        NewCase(
            each["procedure"],
            **_entry(each),
            links=tuple(Link(one["relation"], one["target"]) for one in each["links"]),
        )
        for each in trees
    )


def entries_from(trees: Sequence[Mapping[str, Any]]) -> tuple[NewEntry, ...]:
    """The reverse of `acting_fields`, of what is in order."""
    return tuple(NewEntry(each["case"], each["on"], **_entry(each)) for each in trees)


def named(fields: Mapping[str, Any], brought: Iterable[StoredList]) -> tuple[StoredList, ...]:
    """Of the documents that came with an act on cases, those that it names as exhibits: nothing else is kept."""
    entries = [*fields.get("cases", ()), *fields.get("entries", ())]
    digests = {one["digest"] for each in entries if isinstance(each, Mapping) for one in each["exhibits"]}
    return tuple(each for each in brought if each.digest in digests and digest(each.content) == each.digest)


def _case_tree(new: NewCase) -> Tree:
    links = [{"relation": each.relation, "target": each.target} for each in new.links]
    return {"procedure": new.procedure, **_entry_tree(new), "links": links}


def _entry_tree(new: NewCase | NewEntry) -> Tree:
    return {
        "event": new.event,
        "role": new.role,
        "fields": dict(new.fields),
        "party": new.party,
        "happened": None if new.happened is None else new.happened.isoformat(),
        "late": new.late,
        "exhibits": [
            {"name": each.name, "media_type": each.media_type, "size": each.size, "digest": each.digest}
            for each in new.exhibits
        ],
    }


def _entry(tree: Mapping[str, Any]) -> Tree:
    return {
        "event": tree["event"],
        "role": tree["role"],
        "fields": tree["fields"],
        "party": tree["party"],
        "happened": None if tree["happened"] is None else datetime.fromisoformat(tree["happened"]),
        "late": tree["late"],
        "exhibits": tuple(Exhibit(**each) for each in tree["exhibits"]),
    }
