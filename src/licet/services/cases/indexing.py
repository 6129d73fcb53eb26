"""What is derived of a case so that it can be listed, and found when something is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from licet.cases.folding.fold import OPENING
from licet.core.cases.case import Case, Link
from licet.core.cases.clock import Deadline, Expiry, Running
from licet.core.cases.decision import Kept, Obligation
from licet.core.cases.entry import ClockKey
from licet.services.cases.laws import Law
from licet.services.cases.looking import standing
from licet.services.cases.ports import CaseRow, Derived, DueRow
from licet.services.ports import Store

PART_OF = "part of"
TITLE_FIELDS = ("title", "subject", "summary")
TITLE = 200


def derived_of(case: Case) -> Derived:
    """Everything that the store keeps of a case beside its entries."""
    return Derived(row_of(case), due_of(case), links_of(case))


def links_of(case: Case) -> tuple[Link, ...]:
    """What a case is linked to, each once."""
    return tuple(dict.fromkeys(case.links))


def row_of(case: Case) -> CaseRow:
    """A case in a list."""
    parent = next((each.target for each in case.links if each.relation == PART_OF), None)
    return CaseRow(
        case.id,
        case.procedure.topic.value,
        case.procedure.name,
        case.state.name,
        case.state.final,
        _title(case),
        _party(case),
        case.opened,
        case.updated,
        case.number,
        parent,
    )


def _title(case: Case) -> str:
    for name in TITLE_FIELDS:
        found = case.fields.get(name)
        if isinstance(found, str) and found.strip():
            return " ".join(found.split())[:TITLE]
    return case.procedure.title


def _party(case: Case) -> str:
    """Who it is about: whom a field of the case names as a party; otherwise who opened it, or a successor."""
    for role in case.procedure.roles.values():
        if role.named_by is not None:
            found = case.parties.get(role.name) or case.fields.get(role.named_by)
            if isinstance(found, str):
                return found
    opened = next(each.entry for each in case.entries if each.entry.number == OPENING)
    return case.parties.get(opened.role) or opened.party or ""


def due_of(case: Case) -> tuple[DueRow, ...]:
    """What is due in a case, once it is not final: clocks that were not met yet, and obligations that are owed.

    Obligations outlive the procedure: they are due in a final state, too.
    """
    entered = [(each.entry.clock, each.overtaken) for each in case.entries if each.entry.clock is not None]
    clocks = (_deadline(case, each, entered) for each in case.deadlines if _still_matters(each))
    owed = (_obligation(case, each) for each in case.obligations)
    return tuple(each for each in (*clocks, *owed) if each is not None)


def _still_matters(deadline: Deadline) -> bool:
    return deadline.is_open or (deadline.running is Running.MISSED and deadline.ended is None)


def _deadline(case: Case, deadline: Deadline, entered: Sequence[tuple[ClockKey, bool]]) -> DueRow | None:
    mine = [over for key, over in entered if key[:2] == (deadline.clock, deadline.started_by)]
    done = not all(mine)
    if deadline.due is None or (done and case.procedure.clocks[deadline.clock].expiry is Expiry.EVENT):
        return None
    key = ClockKey(deadline.clock, deadline.started_by, len(mine) - done)
    warned = min(deadline.warned_from or deadline.due, deadline.due)
    return DueRow(case.id, key, deadline.title, deadline.owner, deadline.due, warned, not done, deadline.calendar)


def _obligation(case: Case, owed: Obligation) -> DueRow | None:
    if owed.kept in (Kept.DISCHARGED, Kept.ENDED):
        return None
    due = owed.cure_by if owed.kept is Kept.BROKEN and owed.cure_by is not None else owed.due
    if due is None:
        return None
    key = ClockKey(owed.id, owed.decided_by)
    return DueRow(case.id, key, owed.promise.text[:TITLE], owed.promise.owner, due, due, False, "")


def reindex(store: Store, law: Law, now: datetime) -> int:
    """Make what is derived of all cases again, after a table of working days or this code changed; how many cases."""
    return store.reindex(_indexed(store, law, now))


def _indexed(store: Store, law: Law, now: datetime) -> Iterator[Derived]:
    for each in store.stored_cases():
        if each.erased is None:
            yield derived_of(standing(law, each, now))


def is_stale(store: Store, law: Law) -> bool:
    """Whether something is due by another table of working days than the one that is in force now."""
    digests = {each.calendar for each in store.due_rows()} - {""}
    return bool(digests) and not digests <= {law.tables[name].digest for name in law.tables}
