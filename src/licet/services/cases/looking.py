"""Looking at cases: one as it stands at an instant, lists, and what is due, soonest first, counted down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from licet.cases.derive import derive
from licet.core.cases.case import Case
from licet.core.cases.procedure import Deciding, Topic
from licet.services.cases.laws import Law
from licet.services.cases.ports import CaseRow, DueRow, StoredCase
from licet.services.cases.refusal import CaseMissing
from licet.services.ports import Store


class Countdown(NamedTuple):
    """Something that is due, and how long there is: less than nothing where it is overdue."""

    row: DueRow
    left: timedelta
    warned: bool

    @property
    def overdue(self) -> bool:
        """Whether its time is over."""
        return self.left < timedelta()


def stored(store: Store, case: str) -> StoredCase:
    """A case as it is kept. Raises `CaseMissing`."""
    found = store.case(case)
    if found is None:
        raise CaseMissing(f"there is no case `{case}`; `licet case list` names them")
    return found


def look(store: Store, law: Law, case: str, now: datetime) -> Case:
    """A case as it stands. Raises `CaseMissing`, `LawMissing`."""
    found = stored(store, case)
    if found.erased is not None:
        raise CaseMissing(f"the content of `{case}` was destroyed at {found.erased.isoformat()}, after its retention")
    return standing(law, found, now)


def standing(law: Law, found: StoredCase, now: datetime) -> Case:
    """What a case's entries amount to. Raises `LawMissing`."""
    law.under(found.procedure)
    return derive(law.engine, found.id, found.procedure, found.entries, now)


def appealed(store: Store, law: Law, case: Case, now: datetime) -> Case | None:
    """The case whose decision this one appeals, where it appeals one; and of a case that follows an appeal which
    remitted it, what was appealed: it is decided again, by somebody else.

    Raises `CaseMissing` where that was destroyed: nobody can tell any more who decided it, so nobody decides here.
    """
    for link in case.links:
        if link.relation == "appeals" and store.case(link.target) is not None:
            return look(store, law, link.target, now)
    for link in case.links:
        if link.relation == "follows" and link.target != case.id and store.case(link.target) is not None:
            followed = look(store, law, link.target, now)
            if is_remitted(followed):
                return appealed(store, law, followed, now)
    return None


def appealed_if_there(store: Store, law: Law, case: Case, now: datetime) -> Case | None:
    """The same for whoever only looks, or does what nobody is kept from: None where it was destroyed."""
    try:
        return appealed(store, law, case, now)
    except CaseMissing:
        return None


def is_remitted(case: Case) -> bool:
    """Whether it is an appeal that sent back what it was about, to be decided again."""
    return case.procedure.topic is Topic.APPEAL and any(each.decision.kind is Deciding.REMIT for each in case.decisions)


def due(store: Store, now: datetime, *, within: timedelta | None = None, limit: int | None = None) -> list[Countdown]:
    """What is due within a time (None: ever), soonest first; what is overdue comes before everything."""
    rows = store.due_rows(until=None if within is None else now + within, limit=limit)
    return [Countdown(each, each.due - now, each.warned_from <= now) for each in rows]


def parts(store: Store, case: str) -> tuple[CaseRow, ...]:
    """The cases of a queue: those whose parent this is."""
    return store.case_rows(parent=case)
