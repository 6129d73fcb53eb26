"""Cases, and what is due, as plain JSON each way: for the administration API, and for who reads it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from licet.cases.possible import possible
from licet.core.cases.case import Case
from licet.core.cases.clock import Deadline
from licet.core.cases.entry import ClockKey, Entry
from licet.core.roles import Officer
from licet.services.cases.laws import Law
from licet.services.cases.ports import CaseCount, CaseRow, DuePlace, DueRow, Linked, StoredCase

Tree = dict[str, Any]
LONGEST_NUMBER = 9
"""Digits of a number in the place of something that is due."""


def row_tree(row: CaseRow) -> Tree:
    """A case in a list."""
    tree: Tree = msgspec.to_builtins(row._asdict())
    return tree


def row_from(tree: Mapping[str, Any]) -> CaseRow:
    """The reverse. Raises `ValueError` and what a missing member raises."""
    return msgspec.convert([tree[name] for name in CaseRow._fields], CaseRow)


def due_tree(row: DueRow, now: datetime) -> Tree:
    """Something that is due, with how many seconds there are: less than 0 where it is overdue."""
    tree: Tree = msgspec.to_builtins({**row._asdict(), "key": row.key._asdict()})
    return {**tree, "seconds": int((row.due - now).total_seconds())}


def due_from(tree: Mapping[str, Any]) -> DueRow:
    """The reverse."""
    named = {name: tree[name] for name in DueRow._fields}
    key = [tree["key"][name] for name in ClockKey._fields]
    return msgspec.convert([*({**named, "key": key}.values())], DueRow)


def place_text(place: DuePlace) -> str:
    """The place of something in all that is due, as a page of it names where the next begins."""
    key = place.key
    return "~".join((place.due.isoformat(), place.case, str(key.started_by), str(key.again), key.clock))


def place_from(text: str) -> DuePlace:
    """The reverse. Raises `ValueError`."""
    due, case, started_by, again, clock = text.split("~", 4)
    at = datetime.fromisoformat(due)
    if at.tzinfo is None or not (started_by + again).isascii() or max(len(started_by), len(again)) > LONGEST_NUMBER:
        raise ValueError(text)
    return DuePlace(at, case, ClockKey(clock, int(started_by), int(again)))


def count_tree(count: CaseCount) -> Tree:
    """How many cases are where."""
    return count._asdict()


def count_from(tree: Mapping[str, Any]) -> CaseCount:
    """The reverse. Raises `ValueError` and what a missing member raises."""
    return msgspec.convert([tree[name] for name in CaseCount._fields], CaseCount)


def linked_tree(link: Linked) -> Tree:
    """A case that is linked to something."""
    return {"relation": link.relation, "target": link.target, "case": row_tree(link.row)}


def linked_from(tree: Mapping[str, Any]) -> Linked:
    """The reverse. Raises `ValueError` and what a missing member raises."""
    relation, target = (msgspec.convert(tree[name], str) for name in ("relation", "target"))
    return Linked(relation, target, row_from(tree["case"]))


def stored_tree(found: StoredCase) -> Tree:
    """A case as it is kept: everything about it follows from this and its procedure."""
    tree: Tree = {
        "id": found.id,
        "procedure": found.procedure,
        "blind": found.blind.hex(),
        "erased": None if found.erased is None else found.erased.isoformat(),
        "entries": [entry_tree(each) for each in found.entries],
    }
    return tree


def stored_from(tree: Mapping[str, Any]) -> StoredCase:
    """The reverse."""
    erased = tree["erased"]
    return StoredCase(
        msgspec.convert(tree["id"], str),
        msgspec.convert(tree["procedure"], str),
        tuple(map(entry_from, tree["entries"])),
        bytes.fromhex(tree["blind"]),
        None if erased is None else datetime.fromisoformat(erased).astimezone(UTC),
    )


def entry_tree(entry: Entry) -> Tree:
    """One entry; the deadline that a clock's entry is about has its parts by name."""
    tree: Tree = msgspec.to_builtins(entry)
    return {**tree, "clock": None if entry.clock is None else entry.clock._asdict()}


def entry_from(tree: Mapping[str, Any]) -> Entry:
    """The reverse."""
    clock = tree["clock"]
    key = None if clock is None else [clock[name] for name in ClockKey._fields]
    return msgspec.convert({**tree, "clock": key}, Entry)


def standing_tree(case: Case, officer: Officer, appealed: Case | None) -> Tree:
    """How a case stands now, and what this officer can do in it."""
    offered = possible(case, roles=officer.roles, actor=officer.name, appealed=appealed)
    return {
        "state": case.state.name,
        "title": case.state.title,
        "final": case.state.final,
        "number": case.number,
        "deadlines": [_deadline_tree(each) for each in case.deadlines],
        "obligations": [
            {
                "id": each.id,
                "owner": each.promise.owner,
                "kept": each.kept.value,
                "due": None if each.due is None else each.due.isoformat(),
            }
            for each in case.obligations
        ],
        "holds": dict(case.holds),
        "possible": [
            {"event": each.event.name, "title": each.event.title, "roles": list(each.roles), "not_yet": each.not_yet}
            for each in offered
        ],
    }


def _deadline_tree(deadline: Deadline) -> Tree:
    tree: Tree = msgspec.to_builtins(deadline)
    return tree


def procedures_tree(law: Law) -> list[Tree]:
    """Every procedure in force; `newest` is the one under which a case is opened by its base name."""
    newest = frozenset(law.newest.values())
    return [
        {
            "name": each.name,
            "title": each.title,
            "topic": each.topic.value,
            "digest": each.digest,
            "as_of": each.as_of.isoformat(),
            "sources": list(each.sources),
            "criteria": list(each.criteria),
            "newest": each.name in newest,
        }
        for each in law.procedures.values()
    ]


def trees(rows: Iterable[CaseRow]) -> list[Tree]:
    """Cases in a list."""
    return [row_tree(each) for each in rows]
