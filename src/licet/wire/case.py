"""A case from JSON, strictly, and a case as it stands as JSON. `spec/cases.md`.

`licet.wire.entries` writes all entries of a case as they are kept; here they are read again. Another spelling of the
same JSON is refused, so that what was signed or hashed is what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeVar

from licet.core.cases.case import Case, Placed
from licet.core.cases.clock import Deadline
from licet.core.cases.decision import Obligation
from licet.core.cases.entry import ClockKey, Entry, Exhibit
from licet.core.errors import LicetError
from licet.core.shape import DIGEST
from licet.wire.entries import FORMAT, Tree, case_tree, spelled
from licet.wire.strict_json import StrictJsonError, decode, members

Read = TypeVar("Read")

NEEDED: Final = ("number", "event", "role", "actor", "at", "happened", "fields")
OPTIONAL: Final = ("party", "second", "late", "act", "clock", "exhibits")


class NotACase(LicetError):
    """Bytes that are no case in its one spelling; the message names the place."""


class WholeCase(NamedTuple):
    """A case as it is written: its name, the digest of the procedure that it was opened under, all its entries."""

    case: str
    procedure: str
    entries: tuple[Entry, ...]


def read_case(content: bytes) -> WholeCase:
    """A whole case from its bytes. Raises `NotACase`."""
    try:
        tree = {each.key: each.value for each in members(decode(content))}
    except StrictJsonError as error:
        raise NotACase(str(error)) from error
    _keys(tree, ("format", "case", "procedure", "entries"), (), "the case")
    if tree["format"] != FORMAT:
        raise NotACase(f"`format` is not `{FORMAT}`")
    procedure = _text(tree["procedure"], "procedure")
    if not DIGEST.fullmatch(procedure):
        raise NotACase("`procedure` is no digest: `sha256:` and 64 hexadecimal digits")
    entries = tuple(
        entry_from(each, f"entries[{position}]") for position, each in enumerate(_list(tree["entries"], "entries"))
    )
    if [each.number for each in entries] != list(range(1, len(entries) + 1)):
        raise NotACase("`entries` are not numbered from 1 without gaps")
    found = WholeCase(_text(tree["case"], "case"), procedure, entries)
    if spelled(case_tree(*found)) != content:
        raise NotACase("it is not in its one spelling (RFC 8785, instants in UTC, nothing that is empty)")
    return found


def entry_from(tree: Any, place: str = "entry") -> Entry:
    """An entry from its tree; the reverse of `entry_tree`. Raises `NotACase`."""
    _keys(tree, NEEDED, OPTIONAL, place)
    return Entry(
        number=_number(tree["number"], f"{place}.number"),
        event=_text(tree["event"], f"{place}.event"),
        role=_text(tree["role"], f"{place}.role"),
        actor=_text(tree["actor"], f"{place}.actor"),
        at=_instant(tree["at"], f"{place}.at"),
        happened=_instant(tree["happened"], f"{place}.happened"),
        fields=_mapping(tree["fields"], f"{place}.fields"),
        party=_if(tree, "party", _text, place),
        second=_if(tree, "second", _text, place),
        exhibits=_if(tree, "exhibits", _exhibits, place) or (),
        clock=_if(tree, "clock", _clock, place),
        late=_if(tree, "late", _text, place),
        act=_if(tree, "act", _text, place),
    )


def standing_tree(case: Case) -> Tree:
    """A case as it stands, as JSON: its state, what happened in order, deadlines, obligations, and what it is about."""
    return {
        "case": case.id,
        "procedure": case.procedure.name,
        "state": case.state.name,
        "final": case.state.final,
        "outcome": case.state.outcome,
        "number": case.number,
        "opened": spelled_instant(case.opened),
        "updated": spelled_instant(case.updated),
        "entries": [placed_tree(each) for each in case.entries],
        "deadlines": [deadline_tree(each) for each in case.deadlines],
        "obligations": [obligation_tree(each) for each in case.obligations],
        "links": [{"relation": each.relation, "target": each.target} for each in case.links],
        "fields": dict(case.fields),
        "parties": dict(case.parties),
        "holds": dict(case.holds),
    }


def placed_tree(placed: Placed) -> Tree:
    """What an entry did."""
    return {
        "number": placed.entry.number,
        "event": placed.entry.event,
        "before": placed.before,
        "after": placed.after,
        "overtaken": placed.overtaken,
        "backdated": placed.backdated,
        "shifts": [each._asdict() for each in placed.shifts],
    }


def deadline_tree(deadline: Deadline) -> Tree:
    """A deadline: gross, what was tolled, and net."""
    return {
        "clock": deadline.clock,
        "started_by": deadline.started_by,
        "owner": deadline.owner,
        "started": spelled_instant(deadline.started),
        "gross": spelled_instant(deadline.gross),
        "due": spelled_instant(deadline.due),
        "running": deadline.running.value,
        "ended": spelled_instant(deadline.ended),
        "tolled": [
            {
                "reason": each.reason,
                "since": spelled_instant(each.since),
                "until": spelled_instant(each.until),
                "capped": spelled_instant(each.capped),
            }
            for each in deadline.tolled
        ],
        "calendar": deadline.calendar,
        "because": deadline.because,
        "warned_from": spelled_instant(deadline.warned_from),
    }


def obligation_tree(owed: Obligation) -> Tree:
    """A condition or an undertaking as it stands."""
    return {
        "obligation": owed.id,
        "kind": owed.promise.kind.value,
        "owner": owed.promise.owner,
        "since": spelled_instant(owed.since),
        "due": spelled_instant(owed.due),
        "kept": owed.kept.value,
        "discharged": [spelled_instant(each) for each in owed.discharged],
        "cure_by": spelled_instant(owed.cure_by),
    }


def spelled_instant(at: datetime | None) -> str | None:
    """An instant in UTC, as in whole cases: `2026-06-12T21:21:00+00:00`."""
    return None if at is None else at.astimezone(UTC).isoformat()


def _keys(tree: Any, needed: tuple[str, ...], optional: tuple[str, ...], place: str) -> None:
    if not isinstance(tree, Mapping):
        raise NotACase(f"{place} is not an object")
    for key in needed:
        if key not in tree:
            raise NotACase(f"{place} has no `{key}`")
    for key in tree:
        if key not in (*needed, *optional):
            raise NotACase(f"{place} has a member `{key}` that nobody knows")


def _if(tree: Mapping[str, Any], key: str, read: Callable[[Any, str], Read], place: str) -> Read | None:
    return read(tree[key], f"{place}.{key}") if key in tree else None


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise NotACase(f"{place} is not a text")
    return value


def _number(value: Any, place: str, least: int = 1) -> int:
    if type(value) is not int or value < least:  # `bool` is a subclass of `int`
        raise NotACase(f"{place} is not a whole number from {least}")
    return value


def _instant(value: Any, place: str) -> datetime:
    try:
        found = datetime.fromisoformat(_text(value, place))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise NotACase(f"{place} is not an instant in UTC, as in `2026-06-12T21:21:00+00:00`")
    return found


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise NotACase(f"{place} is not a list")
    return value


def _mapping(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotACase(f"{place} is not an object")
    return value


def _clock(value: Any, place: str) -> ClockKey:
    _keys(value, ("clock", "started_by"), ("again",), place)
    again = _number(value["again"], f"{place}.again") if "again" in value else 0
    return ClockKey(_text(value["clock"], f"{place}.clock"), _number(value["started_by"], f"{place}.started_by"), again)


def _exhibits(value: Any, place: str) -> tuple[Exhibit, ...]:
    return tuple(_exhibit(each, f"{place}[{position}]") for position, each in enumerate(_list(value, place)))


def _exhibit(value: Any, place: str) -> Exhibit:
    _keys(value, ("name", "media_type", "size", "digest"), (), place)
    named = _text(value["digest"], f"{place}.digest")
    if not DIGEST.fullmatch(named):
        raise NotACase(f"{place}.digest is no digest: `sha256:` and 64 hexadecimal digits")
    size = _number(value["size"], f"{place}.size", least=0)
    return Exhibit(
        _text(value["name"], f"{place}.name"), _text(value["media_type"], f"{place}.media_type"), size, named
    )
