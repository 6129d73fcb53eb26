"""Which duties to report an incident apply, why, what is due when, and what is still missing for which report.

Nothing here knows any law: the duties are procedures, with thresholds and triggers as conditions over the fields of
the form. What is not known never means that a duty does not apply; until it is known, the clock is shown as running.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from licet.cases.clocks.deadline import deadline
from licet.core.cases.assessment import Assessment, Beginning, Clocked, Needed
from licet.core.cases.calendar import Table
from licet.core.cases.clock import Base, ClockRule, Roll
from licet.core.cases.duty import Applies, Duty, DutyTest, Reason, Standing
from licet.core.cases.procedure import EventRule, Procedure
from licet.core.cases.scope import values_of
from licet.core.conditions import about, blame, evaluate
from licet.core.facts import UNKNOWN, Members, Value
from licet.core.grounds import grounds
from licet.core.truth import Truth

NO_DAYS = Table("none", (1, 9999), frozenset(), {}, "none: no day is counted as a working day")
"""The table of clocks that count no working days, where no calendar is at hand."""

SUMS: Mapping[str, tuple[str, ...]] = {"killed_or_injured": ("deaths", "serious_injuries")}
"""Numbers of the form that are the sum of others, where they are left out and the others are known."""

KNOWN = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}


def assess(
    facts: Mapping[str, Any], procedures: Iterable[Procedure], *, now: datetime, tables: Mapping[str, Table]
) -> tuple[Assessment, ...]:
    """What each duty says of an incident, in the order of the procedures; those that are no duties are passed over.

    `facts` are plain JSON by the names of the form's fields; one that is None, or not there, is not known. `tables` are
    by the names of calendars, and looked at only where a duty counts working days or its table is there. Raises
    `BeyondCalendar`, and `KeyError` for a table that is needed and not there.
    """
    duties = [each for each in procedures if each.duty is not None]
    known = _known_by(facts, duties)
    return tuple(_assessed(facts, each, known, now, tables) for each in duties)


def trigger(procedure: Procedure) -> EventRule | None:
    """The event by which a duty begins: the one that opens a case, of those whose instants it names."""
    duty = procedure.duty
    return next((each for each in procedure.opening if duty is not None and each.name in duty.begins), None)


def said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with the sums that follow from them."""
    found = dict(facts)
    for name, parts in SUMS.items():
        values = [found.get(each) for each in parts]
        if found.get(name) is None and all(isinstance(each, int) for each in values):
            found[name] = sum(values)
    return found


def instant_of(facts: Mapping[str, Any], name: str) -> datetime | None:
    """An instant of the form, where it is known."""
    value = facts.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def earliest(facts: Mapping[str, Any], names: Iterable[str]) -> tuple[datetime, str] | None:
    """The earliest of some instants that is known, and its name."""
    found = [(at, name) for name in names if (at := instant_of(facts, name)) is not None]
    return min(found, default=None)


def _known_by(facts: Mapping[str, Any], duties: Iterable[Procedure]) -> tuple[datetime, str] | None:
    """The earliest instant by which anybody knew enough for any duty to begin."""
    triggers = [(each.duty, trigger(each)) for each in duties]
    return earliest(
        facts, sorted({name for duty, event in triggers if duty and event for name in duty.begins[event.name]})
    )


def _assessed(
    facts: Mapping[str, Any],
    procedure: Procedure,
    known: tuple[datetime, str] | None,
    now: datetime,
    tables: Mapping[str, Table],
) -> Assessment:
    duty = procedure.duty
    assert duty is not None
    values = values_of(procedure.fields, said(facts))
    begins = _beginning(facts, procedure, known, now)
    tests = tuple(_tested(each, values) for each in duty.tests)
    law = _law(duty, begins, procedure.zone, now)
    applies = _applies((*tests, _begun(procedure, begins)), law)
    clocks: tuple[Clocked, ...] = ()
    if applies is not Applies.NO:
        table = table_for(procedure, tables)
        clocks = tuple(
            _clocked(each, procedure, facts, begins, values, now, table) for each in procedure.clocks.values()
        )
    reasons = (*tests, _begun(procedure, begins), law)
    return Assessment(procedure, applies, reasons, begins, clocks, reports_of(procedure, facts))


def _applies(tests: Iterable[Reason], law: Reason) -> Applies:
    truths = [each.holds for each in tests]
    if False in truths:
        return Applies.NO
    if law.holds is False:
        return Applies.NOT_LAW
    return Applies.UNKNOWN if None in (*truths, law.holds) else Applies.YES


def _beginning(
    facts: Mapping[str, Any], procedure: Procedure, known: tuple[datetime, str] | None, now: datetime
) -> Beginning:
    event = trigger(procedure)
    names = procedure.duty.begins[event.name] if procedure.duty is not None and event is not None else ()
    own = earliest(facts, names)
    at, field = own or known or (now, None)
    return Beginning(at.astimezone(ZoneInfo(procedure.zone)), field, sure=own is not None)


def _begun(procedure: Procedure, begins: Beginning) -> Reason:
    """Whether what triggers a duty has happened."""
    event = trigger(procedure)
    names = procedure.duty.begins[event.name] if procedure.duty is not None and event is not None else ()
    title = "It began: " + " or ".join(f"`{each}`" for each in names)
    if begins.sure:
        return Reason(
            "begun",
            title,
            True,
            f"`{begins.field}` is {begins.at.isoformat(timespec='seconds')}",
            source=_source(procedure),
        )
    counted = f"`{begins.field}`" if begins.field else "this assessment"
    says = f"{_listed(names)} not known; counted from {counted}, {begins.at.isoformat(timespec='seconds')}, until it is"
    return Reason("begun", title, None, says, names, source=_source(procedure))


def _source(procedure: Procedure) -> str:
    return procedure.sources[0]


def _law(duty: Duty, begins: Beginning, zone: str, now: datetime) -> Reason:
    """Whether a duty is law on the day on which it begins."""
    since, place = duty.since, ZoneInfo(zone)
    day, today = begins.at.astimezone(place).date(), now.astimezone(place).date()
    holds: bool | None = None
    if duty.standing in (Standing.INTRODUCED, Standing.DRAFT):
        holds, says = False, duty.standing.value
    elif since is None or duty.standing in (Standing.PASSED, Standing.CONTESTED):
        says = f"{duty.standing.value}; not known whether in force"
    elif day >= since:
        holds, says = True, f"in force since {since.isoformat()}"
    elif begins.sure or today < since:
        holds, says = False, f"in force from {since.isoformat()}; it began on {day.isoformat()}"
    else:
        says = f"in force from {since.isoformat()}; not known whether it began before"
    return Reason("law", "It is law on the day on which it begins", holds, says, source=_note(duty))


def _note(duty: Duty) -> str:
    return duty.standing_note


def _tested(test: DutyTest, values: Mapping[str, Value]) -> Reason:
    truth = evaluate(test.condition, values)
    holds = None if truth is Truth.UNKNOWN else truth is Truth.TRUE
    found = dict.fromkeys((each.atom.fact, each.value) for each in grounds(test.condition, values))
    says = "; ".join(f"`{name}` is {_shown(value)}" for name, value in found if value is not UNKNOWN)
    unknown = tuple(sorted(blame(test.condition, about(values))))
    if unknown:
        says = "; ".join(each for each in (says, f"{_listed(unknown)} not known") if each)
    return Reason(test.name, test.title, holds, says, unknown, test.text, test.source)


def _shown(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value:,}"
        case Members(known, _):
            return ", ".join(sorted(known)) or "none"
        case _:
            return str(value)


def _listed(names: Iterable[str]) -> str:
    words = [f"`{each}`" for each in names]
    return f"{', '.join(words)} {'is' if len(words) == 1 else 'are'}"


def table_for(procedure: Procedure, tables: Mapping[str, Table]) -> Table:
    """The table by which a procedure's days are counted; none where it counts no working days and none is at hand."""
    if counts_working_days(procedure):
        return tables[procedure.calendar]
    return tables.get(procedure.calendar, NO_DAYS)


def counts_working_days(procedure: Procedure) -> bool:
    """Whether a calendar matters to any of its clocks."""
    rules = procedure.clocks.values()
    limits = (
        limit for rule in rules for each in rule.limits for limit in (each.limit, rule.warns) if limit is not None
    )
    return any(rule.roll is not Roll.NONE for rule in rules) or any(each.base is Base.WORKING_DAYS for each in limits)


def _clocked(
    rule: ClockRule,
    procedure: Procedure,
    facts: Mapping[str, Any],
    begins: Beginning,
    values: Mapping[str, Value],
    now: datetime,
    table: Table,
) -> Clocked:
    starting = next(each for each in procedure.events.values() if rule.name in each.starts)
    meeting = next((each.name for each in procedure.events.values() if rule.name in each.meets), "")
    started = _started(starting, procedure, facts, begins)
    due = None
    if started is not None:
        due = deadline(rule, started=started, started_by=1, tolls=(), ended=None, now=now, table=table, fields=values)
    return Clocked(rule.name, rule.title, rule.owner, meeting, rule.source, due, "" if due else starting.title)


def _started(event: EventRule, procedure: Procedure, facts: Mapping[str, Any], begins: Beginning) -> datetime | None:
    """When an event happened that starts a clock, as far as the facts say it."""
    if event == trigger(procedure):
        return begins.at
    duty = procedure.duty
    found = earliest(facts, duty.begins.get(event.name, ()) if duty is not None else ())
    return found[0] if found is not None else None


def reports_of(procedure: Procedure, facts: Mapping[str, Any]) -> tuple[Needed, ...]:
    """What each report of a duty must say, and what of it is not known."""
    duty = procedure.duty
    found = []
    for event in procedure.events.values():
        if duty is not None and event.name in duty.reports:
            names = duty.reports[event.name]
            unknown = tuple(each for each in names if each in facts and facts[each] is None)
            missing = tuple(each for each in names if each not in facts)
            found.append(Needed(event.name, event.title, names, unknown, missing))
    return tuple(found)
