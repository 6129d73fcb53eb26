"""Conditions and undertakings as obligations: when each is due, whether it is met, broken, or at an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from licet.cases.clocks.limits import after
from licet.cases.folding.made import Made
from licet.core.cases.calendar import Table
from licet.core.cases.case import Case
from licet.core.cases.clock import Limit
from licet.core.cases.decision import Kept, Obligation


def obligations(promised: Sequence[Made], *, zone: str, table: Table, now: datetime) -> tuple[Obligation, ...]:
    """Every obligation of a case as it stands at an instant, in the order in which they were made."""
    return tuple(_obligation(each, zone, table, now) for each in promised)


def suspendable(case: Case, now: datetime) -> tuple[Obligation, ...]:
    """The obligations whose breach was not put right in its time: what they are conditions of may be suspended."""
    broken = (each for each in case.obligations if each.kept is Kept.BROKEN)
    return tuple(each for each in broken if each.cure_by is not None and each.cure_by < now)


def curing(case: Case, now: datetime) -> tuple[Obligation, ...]:
    """The obligations that are broken, while the time to put it right runs."""
    broken = (each for each in case.obligations if each.kept is Kept.BROKEN)
    return tuple(each for each in broken if each.cure_by is not None and each.cure_by >= now)


def _obligation(made: Made, zone: str, table: Table, now: datetime) -> Obligation:
    due = _due(made, zone, table)
    cure_by = None
    if made.breached is not None and made.promise.cure is not None:
        cure_by = after(made.breached, made.promise.cure, zone=zone, table=table)
    return Obligation(
        made.id,
        made.promise,
        made.decided_by,
        made.since,
        due,
        _kept(made, due, now),
        tuple(made.discharged),
        cure_by,
    )


def _kept(made: Made, due: datetime | None, now: datetime) -> Kept:
    if made.discharged and made.promise.every is None:
        return Kept.DISCHARGED
    if made.ended is not None:
        return Kept.ENDED
    if made.breached is not None:
        return Kept.BROKEN
    if due is not None and due < now:
        return Kept.OVERDUE if made.until is None or due < made.until else Kept.ENDED
    return Kept.ENDED if made.until is not None and made.until <= now else Kept.OWED


def _due(made: Made, zone: str, table: Table) -> datetime | None:
    """When it is due next; of a single one, when it was due."""
    promise, times = made.promise, len(made.discharged)
    first = promise.by
    if first is None and promise.within is not None:
        first = after(made.since, promise.within, zone=zone, table=table)
    if promise.every is None:
        return first
    # always counted from the beginning, so that months of different lengths do not wear the day down
    if first is None:
        return after(made.since, _times(promise.every, times + 1), zone=zone, table=table)
    return first if times == 0 else after(first, _times(promise.every, times), zone=zone, table=table)


def _times(limit: Limit, times: int) -> Limit:
    return replace(limit, count=limit.count * times)
