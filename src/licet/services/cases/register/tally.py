"""Counting cases one after the other: what the register says of them all, in one pass, in parts that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from operator import attrgetter

from licet.core.cases.case import Case
from licet.core.cases.register.lists import CaseLine, FeedDecision, Overdue
from licet.core.cases.register.shown import Hidden, ShownCase
from licet.services.cases.register.times import Times

NEWEST = 100
"""Decisions that the feed has, at most."""


@dataclass(slots=True)
class OfProcedure:
    """What was counted of the cases that go under one version of a procedure."""

    cases: int = 0
    open: int = 0
    erased: int = 0
    states: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    clocks: dict[str, Times] = field(default_factory=dict)

    def count(self, case: Case, shown: ShownCase, *, now: datetime) -> None:
        """Count one case."""
        erased = shown.erased is not None
        final = case.state.final
        self.cases += 1
        self.open += not final
        self.erased += erased
        self.states[case.state.name] += 1
        for placed in case.entries:
            if not placed.overtaken:
                self.events[placed.entry.event] += 1
        for decided in case.decisions:
            self.decisions[decided.decision.kind.value] += 1
        until = case.updated if final else now
        for deadline, seen in zip(case.deadlines, shown.deadlines, strict=True):
            if erased and len(case.procedure.clocks[deadline.clock].limits) > 1:
                continue  # which of its limits held was destroyed with the fields
            times = self.clocks.get(deadline.clock)
            if times is None:
                times = self.clocks[deadline.clock] = Times()
            times.count(deadline, final=final, now=until, timed=seen.hidden is None)

    def add(self, other: OfProcedure) -> None:
        """Count what somebody else counted, too."""
        self.cases += other.cases
        self.open += other.open
        self.erased += other.erased
        self.states.update(other.states)
        self.decisions.update(other.decisions)
        self.events.update(other.events)
        for clock, times in other.clocks.items():
            self.clocks.setdefault(clock, Times()).add(times)


@dataclass(slots=True)
class Tally:
    """What was counted of some of the cases; tallies of different cases add up. `lines` are in the order of cases."""

    procedures: dict[str, OfProcedure] = field(default_factory=dict)
    lines: list[CaseLine] = field(default_factory=list)
    overdue: list[Overdue] = field(default_factory=list)
    decisions: list[FeedDecision] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)

    def count(self, case: Case, shown: ShownCase, *, now: datetime) -> None:
        """Count one case, and note the line that stands for it in lists."""
        of = self.procedures.get(case.procedure.digest)
        if of is None:
            of = self.procedures[case.procedure.digest] = OfProcedure()
        of.count(case, shown, now=now)
        self.lines.append(line_of(shown))
        self.overdue.extend(overdue_of(shown))
        self.tables.update(each.calendar for each in shown.deadlines)
        self.decisions.extend(decisions_of(shown))
        if len(self.decisions) > 50 * NEWEST:
            self.decisions = newest(self.decisions)

    def add(self, other: Tally) -> None:
        """Count what somebody else counted of the cases that come next."""
        for digest, counted in other.procedures.items():
            self.procedures.setdefault(digest, OfProcedure()).add(counted)
        self.lines.extend(other.lines)
        self.overdue.extend(other.overdue)
        self.tables |= other.tables
        self.decisions = newest([*self.decisions, *other.decisions])


def line_of(shown: ShownCase) -> CaseLine:
    """The line of a case in a list."""
    return CaseLine(
        case=shown.id,
        procedure=shown.procedure,
        procedure_title=shown.procedure_title,
        state=shown.state_title,
        outcome=shown.outcome,
        final=shown.final,
        opened=shown.opened,
        updated=shown.updated,
        due=shown.next_due,
        overdue=shown.is_overdue,
        since=shown.overdue_since,
        erased=shown.erased is not None,
    )


def overdue_of(shown: ShownCase) -> Iterable[Overdue]:
    """What is overdue of a case."""
    for deadline in shown.deadlines:
        if deadline.overdue:
            yield Overdue(deadline.due, shown.id, shown.procedure_title, deadline.title, deadline.owner)
    for owed in shown.obligations:
        if owed.overdue:
            what = owed.kind if isinstance(owed.id, Hidden) else f"{owed.kind} {owed.id}"
            yield Overdue(owed.due, shown.id, shown.procedure_title, what, owed.owner)


def decisions_of(shown: ShownCase) -> Iterable[FeedDecision]:
    """The decisions of a case for the feed; a summary that is withheld is not in it."""
    for made in shown.decisions:
        yield FeedDecision(made.at, shown.id, made.number, made.kind, made.title, shown.procedure_title, made.summary)


def newest(decisions: Iterable[FeedDecision]) -> list[FeedDecision]:
    """The newest of these, the newest first."""
    return nlargest(NEWEST, decisions, key=attrgetter("at", "case", "number"))
