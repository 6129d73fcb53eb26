"""Making entries in cases: one act for any number of them, all or none, on what the officer saw and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from licet.cases.admit import admit
from licet.core.cases.case import Case
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.errors import LicetError
from licet.services.acts.carried import Doing, Told
from licet.services.acts.refusal import ActRefused
from licet.services.cases import mailing
from licet.services.cases.asked import NewEntry, entries_from, named
from licet.services.cases.entering import Seat, check_exhibits, fields_of, seat_of
from licet.services.cases.indexing import due_of, links_of, row_of
from licet.services.cases.keeping import to_keep, went_under
from licet.services.cases.looking import appealed, appealed_if_there, look, standing, stored
from licet.services.cases.others import check_others
from licet.services.cases.ports import Appending, StoredCase
from licet.services.ports import StoreConflict

STILL = frozenset((BuiltIn.NOTE.value, BuiltIn.LINK.value))
"""What may be entered while an act waits for its second officer: it changes neither state nor fields."""


def act_on_cases(doing: Doing) -> Told:
    """The effect of `act on cases`: each case with its newest entry and its state.

    Raises `ActRefused` with every case that does not take its entries, by name; `StoreConflict` if somebody was there
    first, which says who, when and what. Then nothing was entered anywhere.
    """
    seat = seat_of(doing)
    wanted: dict[str, list[NewEntry]] = {}
    procedures: list[str] = []
    for each in entries_from(doing["entries"]):
        wanted.setdefault(each.case, []).append(each)
    changes, refused = [], []
    for name, entries in wanted.items():
        try:
            found = stored(doing.store, name)
            change = _changed(doing, seat, found, entries)
            procedures += went_under(found.procedure, (*found.entries, *change.entries))
            changes.append(change)
        except LicetError as error:
            refused.append((f"`{name}`: {error}", isinstance(error, StoreConflict)))
    if refused:
        kind = StoreConflict if all(late for _, late in refused) else ActRefused
        raise kind("\n".join(message for message, _ in refused))
    files = named(doing.act.fields, doing.carried.exhibits)
    law = to_keep(doing.store, seat.casework, procedures)
    doing.store.append_entries(changes, files, actor=doing.act.actor, at=doing.now, law=law)
    return {"cases": [{"case": each.case, "number": each.row.number, "state": each.row.state} for each in changes]}


def _changed(doing: Doing, seat: Seat, found: StoredCase, wanted: Sequence[NewEntry]) -> Appending:
    case = look(doing.store, seat.law, found.id, doing.now)
    moves = any(each.event in case.procedure.events for each in wanted)
    other = (appealed if moves else appealed_if_there)(doing.store, seat.law, case, doing.now)
    entries = list(found.entries)
    for new in wanted:
        check_seen(found, new.on, waited=doing.approver is not None)
        check_exhibits(doing, new.exhibits)
        case = _admitted(doing, seat, found, entries, new, other)
    made = tuple(entries[len(found.entries) :])
    letters = mailing.letters(case, made, seat.casework)
    return Appending(found.id, len(found.entries), made, row_of(case), due_of(case), letters, links_of(case))


def _admitted(
    doing: Doing, seat: Seat, found: StoredCase, entries: list[Entry], new: NewEntry, other: Case | None
) -> Case:
    now = standing(seat.law, found, doing.now)
    entry = Entry(
        len(entries) + 1,
        new.event,
        new.role,
        doing.act.actor,
        doing.now,
        new.happened or doing.now,
        fields_of(now.procedure, new.event, new.fields),
        party=new.party,
        second=doing.approver,
        exhibits=new.exhibits,
        late=new.late,
        act=doing.made,
    )
    case = admit(
        seat.law.engine,
        found.id,
        found.procedure,
        tuple(entries),
        entry,
        officer=seat.officer.roles,
        now=doing.now,
        appealed=other,
        proposed=doing.made is None,
    )
    rule = now.procedure.events.get(new.event)
    if rule is not None:
        check_others(doing, seat, now, rule, other)
    entries.append(entry)
    return case


def check_seen(found: StoredCase, seen: int, *, waited: bool) -> None:
    """Raises `StoreConflict` unless an officer saw the newest entry of a case, with who entered what in between.

    Of an act that waited for its second officer, notes and links that were made meanwhile do not count.
    """
    if seen > len(found.entries):
        raise StoreConflict(f"it has {len(found.entries)} entries, not {seen}: look at it again")
    missed = [each for each in found.entries[seen:] if not (waited and each.event in STILL)]
    if missed:
        first = missed[0]
        more = f", and {len(missed) - 1} more entries" if len(missed) > 1 else ""
        at = first.at.astimezone(UTC).isoformat(timespec="seconds")
        raise StoreConflict(
            f"`{first.actor}` entered `{first.event}` at {at}, as number {first.number}{more}, and this was made on"
            f" {seen} entries: look at it again (`licet case show {found.id}`), then act on what it is now"
        )
