"""Incidents and the duties to report them: assessed by the law in force, opened as cases that are linked, compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from licet.cases.duties import assess, counts_working_days, earliest, trigger
from licet.core.cases.assessment import Assessment
from licet.core.cases.calendar import Table
from licet.core.cases.case import Case, Link
from licet.core.cases.duty import Applies
from licet.core.cases.procedure import EventRule, Procedure, Topic
from licet.core.errors import LicetError
from licet.services.cases.asked import NewCase, NewEntry
from licet.services.cases.facts_file import APART, TITLE, FactsFile
from licet.services.cases.laws import Law
from licet.services.cases.looking import look
from licet.services.ports import Store

INCIDENT = "incident"
"""The base name of the procedure by which an incident moves."""

CONCERNS = "concerns"
DEVELOPER = "developer"
ADD, CORRECT, CHOOSE = "add_facts", "correct_facts", "facts"
NOT_OWED = "not_owed"
LATE = "recorded when the incident was assessed"
ORDER = {Applies.YES: 0, Applies.UNKNOWN: 1, Applies.NOT_LAW: 2, Applies.NO: 3}


class NotAnIncident(LicetError):
    """A case that is no incident; the message says what to do instead."""


class Concerned(NamedTuple):
    """A duty as it stands for an incident: what is said of it, and its case, where one was opened."""

    assessment: Assessment
    case: Case | None

    @property
    def to_open(self) -> bool:
        """Whether its clock runs, and nobody has opened a case for it; or it applies, and its case says it does not."""
        if self.case is None:
            return self.assessment.runs
        return self.case.state.name == NOT_OWED and self.assessment.applies is Applies.YES


def duties(law: Law) -> tuple[Procedure, ...]:
    """The duties to report incidents, each in its newest version."""
    found = (law.procedures[name] for _, name in sorted(law.newest.items()))
    return tuple(each for each in found if each.topic is Topic.DUTY)


def opening_event(law: Law) -> EventRule:
    """The event that opens an incident: it takes every field of the form. Raises `LawMissing`."""
    return law.procedure(INCIDENT).opening[0]


def assessed(law: Law, facts: Mapping[str, Any], now: datetime) -> tuple[Assessment, ...]:
    """What each duty says of an incident: those that apply first, and of them what is due first."""
    procedures = duties(law)
    found = assess(facts, procedures, now=now, tables=_tables(law, procedures))
    return tuple(sorted(found, key=_urgency))


def _urgency(found: Assessment) -> tuple[int, bool, float, str]:
    deadline = found.first.deadline if found.first is not None else None
    due = deadline.due if deadline is not None else None
    return ORDER[found.applies], due is None, due.timestamp() if due else 0.0, found.procedure.name


def _tables(law: Law, procedures: Iterable[Procedure]) -> dict[str, Table]:
    """The tables of calendars; without the library of holidays, duties that count no working days need none."""
    found: dict[str, Table] = {}
    for each in procedures:
        try:
            found[each.calendar] = law.tables[each.calendar]
        except LicetError:
            if counts_working_days(each):
                raise
    return found


def facts_of(case: Case, law: Law) -> dict[str, Any]:
    """The facts of an incident, as its case has them. Raises `NotAnIncident`."""
    if case.procedure.topic is not Topic.INCIDENT:
        said = f"`{case.id}` is no incident, but a case of topic `{case.procedure.topic.value}`"
        incident = next((each.target for each in case.links if each.relation == CONCERNS), None)
        if case.procedure.topic is Topic.DUTY and incident is not None:
            raise NotAnIncident(f"{said}: it is the duty to report the incident `{incident}`; name that")
        raise NotAnIncident(f"{said}; {APART}")
    return {name: value for name, value in case.fields.items() if name in _form(law) and name != TITLE}


def _form(law: Law) -> Mapping[str, object]:
    return opening_event(law).needs


def title_of(case: Case) -> str:
    """What an incident is called."""
    found = case.fields.get(TITLE)
    return found if isinstance(found, str) else case.procedure.title


def duty_cases(store: Store, law: Law, incident: str, now: datetime) -> tuple[Case, ...]:
    """The cases of duties that concern an incident, in the order in which they were opened."""
    linked = (each.row for each in store.linked_to([incident], relation=CONCERNS))
    return tuple(look(store, law, each.case, now) for each in linked if each.topic == Topic.DUTY.value)


def concerned(assessments: Iterable[Assessment], cases: Sequence[Case]) -> tuple[Concerned, ...]:
    """Each duty with its case: the newest one, of any version of its procedure."""
    by_base = {each.procedure.name.partition("@")[0]: each for each in cases}
    return tuple(Concerned(each, by_base.get(each.procedure.name.partition("@")[0])) for each in assessments)


def new_incident(law: Law, said: FactsFile, concerns: Sequence[str]) -> NewCase:
    """The case of an incident with all that is known of it. Raises `NotAnIncident` without a title."""
    if said.title is None:
        raise NotAnIncident("an incident needs a name by which people know it: give `title` in the file")
    event = opening_event(law)
    fields = {TITLE: said.title, **said.facts}
    links = tuple(Link(CONCERNS, each) for each in concerns)
    return NewCase(law.procedure(INCIDENT).digest, event.name, DEVELOPER, fields, links=links)


def new_duties(
    found: Iterable[Concerned], facts: Mapping[str, Any], incident: str, now: datetime
) -> tuple[NewCase, ...]:
    """A case for each duty that applies, or of which it cannot be told, and that has none yet."""
    return tuple(_new_duty(each.assessment, facts, incident, now) for each in found if each.to_open)


def _new_duty(found: Assessment, facts: Mapping[str, Any], incident: str, now: datetime) -> NewCase:
    event = trigger(found.procedure)
    assert event is not None
    before = found.begins.at < now
    return NewCase(
        found.procedure.digest,
        event.name,
        DEVELOPER,
        {name: facts[name] for name in event.needs if name in facts},
        happened=found.begins.at if before else None,
        late=LATE if before else None,
        links=(Link(CONCERNS, incident),),
    )


def new_facts(case: Case, facts: Mapping[str, Any], event: str, why: str | None) -> NewEntry:
    """Facts added to an incident, or corrected in it."""
    fields = dict(facts) if why is None else {"why": why, **facts}
    return NewEntry(case.id, case.number, event, DEVELOPER, fields)


def passed_on(found: Iterable[Concerned], facts: Mapping[str, Any]) -> tuple[NewEntry, ...]:
    """Entries by which the cases of duties learn what moves their clocks, where the facts say it otherwise by now:
    what chooses a limit, and that something happened from which another clock runs.
    """
    cases = [each.case for each in found if each.case is not None]
    return tuple(entry for case in cases for entry in (*_chosen(case, facts), *_begun(case, facts)))


def _chosen(case: Case, facts: Mapping[str, Any]) -> Iterator[NewEntry]:
    event = case.procedure.events.get(CHOOSE)
    if event is None or case.state.name not in event.froms:
        return
    fields = {name: facts[name] for name in event.needs if name in facts and _differs(case.fields, facts, name)}
    if fields:
        yield NewEntry(case.id, case.number, CHOOSE, DEVELOPER, fields)


def _begun(case: Case, facts: Mapping[str, Any]) -> Iterator[NewEntry]:
    """That the incident was resolved, say: each event but the first whose instant is known, if it can happen now."""
    duty, first = case.procedure.duty, trigger(case.procedure)
    for name, instants in (duty.begins if duty is not None else {}).items():
        event, known = case.procedure.events[name], earliest(facts, instants)
        if event == first or known is None or case.state.name not in event.froms:
            continue
        at, instant = known
        if _differs(case.fields, facts, instant):
            fields = {each: facts[each] for each in instants if each in event.needs and each in facts}
            happened = max(at, case.opened)
            yield NewEntry(case.id, case.number, name, DEVELOPER, fields, happened=happened, late=LATE)


def differing(case: Case, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What facts say otherwise than an incident does."""
    return {name: value for name, value in facts.items() if _differs(case.fields, facts, name)}


def _differs(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> bool:
    return name not in before or before[name] != after[name]


def contradicted(case: Case, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Fields that an incident has with a value, and that facts give another one, or take back."""
    return tuple(name for name in differing(case, facts) if case.fields.get(name) is not None)


def began_earlier(found: Concerned) -> str | None:
    """Where a duty began earlier than its case counts from, so that it is due earlier: that, in a sentence."""
    case, begins = found.case, found.assessment.begins
    if case is None or case.state.final or not begins.sure or begins.at >= case.opened:
        return None
    return (
        f"`{case.id}` counts from {case.opened.isoformat(timespec='seconds')}, but by the facts it began at"
        f" {begins.at.isoformat(timespec='seconds')},"
        f" so it is due earlier: end it (`licet case act {case.id} {NOT_OWED}`) and open it anew"
    )
