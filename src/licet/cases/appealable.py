"""What of a case can be appealed, on which ground, and until when: by the procedure that appeals it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from licet.cases.clocks.deadline import deadline
from licet.cases.fields.known import values
from licet.core.cases.calendar import Table
from licet.core.cases.case import Case
from licet.core.cases.clock import ClockRule, Deadline, Running
from licet.core.cases.decision import Promised
from licet.core.cases.procedure import CLOCK, Deciding, Procedure

GROUND = "ground"
"""The field of an appeal that says on which ground it is; its limits can depend on it."""

DECIDED_ON = "decided_on"
OTHER = "other decision"
GROUNDS: Mapping[Deciding, str] = {
    Deciding.DENY: "denial",
    Deciding.SUSPEND: "suspension",
    Deciding.VARY: OTHER,
    Deciding.UPHOLD: OTHER,
    Deciding.REMIT: OTHER,
    Deciding.STAY: OTHER,
    Deciding.OTHER: OTHER,
}
"""Of an intent to deny nothing is final yet, and of a grant its conditions can be appealed."""


class Appealable(NamedTuple):
    """Something that can be appealed: what, since when, by which entry, and the time that there is for it."""

    ground: str
    what: str
    at: datetime
    on: date
    entry: int
    until: Deadline | None


def appealable(case: Case, appeals: Procedure, table: Table, now: datetime) -> tuple[Appealable, ...]:
    """Decisions, conditions and missed deadlines, in the order in which they came to be."""
    rule = filing(appeals)
    allowed = appeals.fields[GROUND].values if GROUND in appeals.fields else ()
    found = []
    for ground, what, at, entry in sorted(_all(case), key=lambda each: each[2]):
        named = ground if not allowed or ground in allowed else OTHER
        until = None if rule is None else _until(rule, at, entry, named, table, now)
        found.append(Appealable(named, what, at, at.astimezone(ZoneInfo(appeals.zone)).date(), entry, until))
    return tuple(found)


def filing(appeals: Procedure) -> ClockRule | None:
    """The clock that says how long there is to appeal: it is started by an event that opens a case, and met by one."""
    started = {name for each in appeals.opening for name in each.starts}
    met = {name for each in appeals.opening for name in each.meets}
    return next((rule for name, rule in appeals.clocks.items() if name in started & met), None)


def _until(rule: ClockRule, at: datetime, entry: int, ground: str, table: Table, now: datetime) -> Deadline:
    return deadline(
        rule,
        started=at,
        started_by=entry,
        tolls=(),
        ended=None,
        now=now,
        table=table,
        fields=values({GROUND: ground}),
    )


def _all(case: Case) -> Iterator[tuple[str, str, datetime, int]]:
    made = {each.entry.number: each.entry.happened for each in case.entries}
    for decided in case.decisions:
        at, decision = made[decided.number], decided.decision
        if decision.kind in GROUNDS:
            yield GROUNDS[decision.kind], decision.summary, at, decided.number
        for promise in decision.promises:
            if promise.kind is Promised.CONDITION:
                yield "condition", f"{promise.id}: {promise.text}", at, decided.number
    for each in case.deadlines:
        rule = case.procedure.clocks.get(each.clock)
        if each.running is Running.MISSED and each.due is not None and rule is not None and rule.appealable:
            yield "missed deadline", each.title, each.due, each.started_by
    yield from _final_by_clock(case)


def _final_by_clock(case: Case) -> Iterator[tuple[str, str, datetime, int]]:
    """A denial that was intended, and became final when a clock ran out."""
    intended = any(each.decision.kind is Deciding.INTENT for each in case.decisions)
    last = next((each for each in reversed(case.entries) if each.before != each.after and not each.overtaken), None)
    if intended and case.state.final and last is not None and last.entry.role == CLOCK:
        yield "denial", case.state.title, last.entry.happened, last.entry.number
