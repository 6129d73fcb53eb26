"""The register as one value: what is in force with what was counted under it, overdue first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from licet.core.cases.procedure import CLOCK, Procedure
from licet.core.cases.register.in_force import CalendarInForce, CriteriaInForce, InForce
from licet.core.cases.register.lists import CaseLine, Month, Overdue
from licet.core.cases.register.register import Register
from licet.core.cases.register.times import ClockTimes
from licet.services.cases.laws import Law
from licet.services.cases.register.tally import OfProcedure, Tally, newest
from licet.services.cases.register.times import Times, clock_times
from licet.services.stored import Enactment


def register_of(
    law: Law, enactments: Sequence[Enactment], tally: Tally, now: datetime, *, base_url: str | None
) -> Register:
    """The register, from the law of cases and what was counted of all of them."""
    since = first_enacted(enactments)
    return Register(
        at=now,
        base_url=base_url,
        cases=len(tally.lines),
        open=sum(not each.final for each in tally.lines),
        erased=sum(each.erased for each in tally.lines),
        procedures=procedures(law, since, tally),
        criteria=tuple(CriteriaInForce(each, since.get(each.digest)) for _, each in sorted(law.criteria.items())),
        calendars=calendars(law, since, tally),
        overdue=tuple(sorted(tally.overdue, key=_late)),
        months=months(tally.lines),
        decisions=tuple(newest(tally.decisions)),
    )


def _late(each: Overdue) -> tuple[bool, datetime, str, str]:
    """The longest overdue first; those at the end of which that is withheld."""
    return each.due is None, each.due or datetime.min.replace(tzinfo=UTC), each.case, each.what


def first_enacted(enactments: Sequence[Enactment]) -> dict[str, datetime]:
    """By digest, when each document was first enacted."""
    found: dict[str, datetime] = {}
    for each in enactments:
        for digest in each.documents:
            found.setdefault(digest, each.at)
    return found


def procedures(law: Law, since: Mapping[str, datetime], tally: Tally) -> tuple[InForce, ...]:
    """Procedures under which new cases are opened or cases still go: by topic, then by name.

    Those that are only kept for their cases among them, but for one of which the name is another's in force.
    """
    there = {each.name: each for each in law.by_digest.values()} | dict(law.procedures)
    current = {law.procedures[name].digest for name in law.newest.values()}
    shown = [each for each in there.values() if each.digest in current or each.digest in tally.procedures]
    order = {each: n for n, each in enumerate(dict.fromkeys(one.topic for one in shown))}
    return tuple(
        in_force(
            each, since.get(each.digest), tally.procedures.get(each.digest) or OfProcedure(), each.digest in current
        )
        for each in sorted(shown, key=lambda one: (order[one.topic], one.name))
    )


def in_force(procedure: Procedure, since: datetime | None, of: OfProcedure, current: bool) -> InForce:
    """A procedure with what was counted of its cases."""
    outcomes: Counter[str] = Counter()
    for name, number in of.states.items():
        state = procedure.states.get(name)
        if state is not None and state.outcome is not None:
            outcomes[state.outcome] += number
    return InForce(
        procedure=procedure,
        since=since,
        current=current,
        cases=of.cases,
        open=of.open,
        erased=of.erased,
        states={name: of.states[name] for name in procedure.states if of.states[name]},
        outcomes=dict(sorted(outcomes.items())),
        decisions=dict(sorted(of.decisions.items())),
        events={name: of.events[name] for name in procedure.events if of.events[name]},
        clocks=clocks(procedure, of),
    )


def clocks(procedure: Procedure, of: OfProcedure) -> tuple[ClockTimes, ...]:
    """Its clocks in their order, those that never started among them."""
    return tuple(
        clock_times(rule, role_title(procedure, rule.owner), of.clocks.get(name) or Times())
        for name, rule in procedure.clocks.items()
    )


def role_title(procedure: Procedure, role: str) -> str:
    """What a role is called."""
    found = procedure.roles.get(role)
    return "the clock" if role == CLOCK else role if found is None else found.title


def calendars(law: Law, since: Mapping[str, datetime], tally: Tally) -> tuple[CalendarInForce, ...]:
    """The calendars by which procedures in force count, and the tables by which deadlines were computed."""
    found = []
    for name, calendar in sorted(law.calendars.items()):
        if any(each.calendar == name for each in law.procedures.values()):
            digest = law.tables[name].digest
            tables = (digest,) if digest in tally.tables else ()
            found.append(CalendarInForce(calendar, since.get(calendar.digest), tables))
    return tuple(found)


def months(lines: Sequence[CaseLine]) -> tuple[Month, ...]:
    """Cases by the month in which they were opened, the first one first."""
    cases: Counter[date] = Counter()
    open_: Counter[date] = Counter()
    for each in lines:
        month = month_of(each.opened)
        cases[month] += 1
        open_[month] += not each.final
    return tuple(Month(month, number, open_[month]) for month, number in sorted(cases.items()))


def month_of(at: datetime) -> date:
    """The month of an instant, in UTC, by its first day."""
    return at.astimezone(UTC).date().replace(day=1)
