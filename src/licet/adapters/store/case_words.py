"""What the stores write and read of cases: names, entries as JSON, the bodies of events, and what contradicts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from licet.adapters.store.rows import body
from licet.core.cases.entry import ClockKey, Entry
from licet.services.cases.ports import NAMED_LATER, Appending, DuePlace, DueRow, Letter, Linked, Opened
from licet.services.ports import StoreConflict, StoreUnavailable

CASE_OPENED = "case opened"
CASE_ENTERED = "case entered"
EXHIBITS_KEPT = "exhibits kept"
CASE_ERASED = "case erased"
ERASED_CONTENT = b""

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Entry)


def name_of(case_no: int) -> str:
    """The name of a case by its number."""
    return f"C-{case_no}"


def number_of(name: str) -> int | None:
    """The reverse; None for what names no case."""
    digits = name.removeprefix("C-")
    known = name.startswith("C-") and digits.isascii() and digits.isdecimal() and 0 < len(digits) <= 12
    return int(digits) if known and digits[0] != "0" else None


def entry_content(entry: Entry) -> bytes:
    """An entry as JSON."""
    return _encoder.encode(entry)


def entry_from(content: bytes) -> Entry:
    """The reverse; `StoreUnavailable` if it is something else."""
    try:
        return _decoder.decode(content)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StoreUnavailable(f"an entry of a case in the store is damaged ({error}): restore a backup") from error


def names_case(case_no: int) -> bytes:
    """What stands in the content of an act that is about a case."""
    return b'"case":"C-%d"' % case_no


def skeleton(number: int, event: str, at: datetime, happened: datetime, clock: ClockKey | None) -> Entry:
    """What is left of an entry after its case was destroyed."""
    return Entry(number, event, "", "", at, happened, {}, clock=clock)


def due_row(
    case_no: int,
    clock: str,
    started_by: int,
    again: int,
    title: str,
    owner: str,
    due: str,
    warned_from: str,
    fires: bool,
    calendar: str,
) -> DueRow:
    """A row of what is due, with its instants as they are kept; `StoreUnavailable` if they are none."""
    try:
        at = datetime.fromisoformat(due)
        warned = at if warned_from == due else datetime.fromisoformat(warned_from)
    except (ValueError, TypeError) as error:
        raise StoreUnavailable(f"an instant in the store is damaged ({error}): restore a backup") from error
    key = ClockKey(clock, started_by, again)
    return DueRow(f"C-{case_no}", key, title, owner, at, warned, fires, calendar)


def due_order(row: DueRow | DuePlace) -> tuple[datetime, int, ClockKey]:
    """By what all that is due is ordered."""
    return row.due, number_of(row.case) or 0, row.key


def link_order(link: Linked) -> tuple[int, str, str]:
    """By what links are ordered that have a target."""
    return number_of(link.row.case) or 0, link.relation, link.target


def opened_body(name: str, opened: Opened) -> bytes:
    """What the event of a new case says; what its entries say have rows of their own."""
    return body(case=name, procedure=opened.opening.procedure, entries=1 + len(opened.following))


def entered_body(change: Appending) -> bytes:
    """What the event of new entries says."""
    return body(case=change.case, numbers=[each.number for each in change.entries])


def check_entries(entries: Sequence[Entry], expected: int) -> None:
    """Raises `ValueError` unless entries are numbered on from those that are there."""
    if not entries or [each.number for each in entries] != list(range(expected + 1, expected + 1 + len(entries))):
        raise ValueError("entries of a case are numbered without gaps")


def check_expected(case: str, there: int, newest: Entry | None, expected: int) -> None:
    """Raises `StoreConflict` unless a case has as many entries as whoever appends has seen."""
    if there == expected:
        return
    if newest is None:
        raise no_such_case(case)
    at = newest.at.astimezone(UTC).isoformat(timespec="seconds")
    raise StoreConflict(
        f"`{case}` has {there} entries, not {expected}: `{newest.actor}` entered `{newest.event}` at {at}; look at it"
        " again, then act on what it is now"
    )


def fired_already(case: str, key: ClockKey) -> StoreConflict:
    """The error for an entry of the clock that is there."""
    return StoreConflict(f"the clock `{key.clock}` of `{case}`, started by number {key.started_by}, ran out already")


def no_such_case(case: str) -> StoreConflict:
    """The error for a case that was never opened."""
    return StoreConflict(f"there is no case `{case}`")


def erased_already(case: str) -> StoreConflict:
    """The error for a case whose content is gone."""
    return StoreConflict(f"the content of `{case}` was destroyed: nothing can be done in it")


def named_letters(letters: Sequence[Letter], case: str) -> list[Letter]:
    """Letters about a case, under its name and theirs: which entry, and which of its letters."""
    return [
        each._replace(
            id=f"{case}.{each.number}.{position}",
            case=case,
            subject=each.subject.replace(NAMED_LATER, case),
            text=each.text.replace(NAMED_LATER, case),
        )
        for position, each in enumerate(letters, start=1)
    ]
