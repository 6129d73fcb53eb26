"""The report of an incident to each authority, from the same facts: what is not known is said to be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from licet.cases.duties import said
from licet.core.cases.assessment import Assessment
from licet.core.cases.case import Case
from licet.core.cases.incident_report import Earlier, FieldChange, Given, IncidentReport, ReportField
from licet.core.cases.procedure import FieldRule, Procedure, Secrecy
from licet.core.errors import LicetError

UNKNOWN = "unknown"
NOT_GIVEN = "not given"
FIRST, AMENDMENT = "report", "amendment"


class NoSuchReport(LicetError):
    """A report that a duty does not know, or a field that a report has not; the message says which there are."""


def report(
    assessment: Assessment,
    facts: Mapping[str, Any],
    *,
    at: datetime,
    about: str,
    event: str | None = None,
    incident: str | None = None,
    case: str | None = None,
    earlier: Earlier | None = None,
    withheld: Mapping[str, str] | None = None,
    public: bool = False,
) -> IncidentReport:
    """The report of one duty: its event by name, or the first one, and after that its amendment.

    `facts` are those of the incident, plain JSON by the form's names. `withheld` are fields that are left out, each
    with the reason. `public`: fields that are not public are withheld too, known or not. Raises `NoSuchReport`.
    """
    procedure = assessment.procedure
    named = event or (FIRST if earlier is None else AMENDMENT)
    names = _fields(procedure, named)
    reasons = withheld or {}
    stray = sorted(set(reasons) - set(names))
    if stray:
        known = ", ".join(f"`{each}`" for each in names)
        raise NoSuchReport(f"`{stray[0]}` is not in this report, so it cannot be withheld from it; it says {known}")
    values = said(facts)
    fields = tuple(_field(procedure.fields[each], values, reasons.get(each), public=public) for each in names)
    return IncidentReport(
        assessment=assessment,
        event=named,
        title=procedure.events[named].title,
        about=about,
        incident=incident,
        case=case,
        at=at,
        number=1 if earlier is None else earlier.made + 1,
        amends=None if earlier is None else earlier.at,
        clock=next((each for each in assessment.clocks if each.event == named), None),
        fields=fields,
        changes=() if earlier is None else _changes(fields, earlier),
        is_public=public,
    )


def earlier_of(case: Case) -> Earlier | None:
    """What was reported in the case of a duty; None where nothing was yet."""
    duty = case.procedure.duty
    made = [
        each.entry
        for each in case.entries
        if duty is not None and each.entry.event in duty.reports and not each.overtaken
    ]
    if not made:
        return None
    fields: dict[str, Any] = {}
    for entry in made:
        fields |= entry.fields
    return Earlier(len(made), made[-1].happened, fields)


def to_amend(case: Case, facts: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """What an amendment in the case of a duty has to say: nothing before a report was made, or once it is closed."""
    earlier = None if case.state.final else earlier_of(case)
    if earlier is None:
        return ()
    # what no report has given was withheld, and need not be given now
    return tuple(each for each in changed(case.procedure, facts, earlier) if each.before != NOT_GIVEN)


def changed(procedure: Procedure, facts: Mapping[str, Any], earlier: Earlier) -> tuple[FieldChange, ...]:
    """What reports of a duty said otherwise than the facts say by now."""
    names = _fields(procedure, AMENDMENT)
    fields = tuple(_field(procedure.fields[each], said(facts), None, public=False) for each in names)
    return _changes(fields, earlier)


def words(value: Any) -> str:
    """A value in words, as a report says it."""
    match value:
        case None:
            return UNKNOWN
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case list() | tuple():
            return ", ".join(map(str, value)) or "none"
        case _:
            return str(value)


def _fields(procedure: Procedure, event: str) -> tuple[str, ...]:
    duty = procedure.duty
    known = duty.reports if duty is not None else {}
    if event not in known:
        there = ", ".join(f"`{each}`" for each in known) or "none"
        raise NoSuchReport(f"`{procedure.name}` knows no report `{event}`; it knows {there}")
    return known[event]


def _field(rule: FieldRule, facts: Mapping[str, Any], withheld: str | None, *, public: bool) -> ReportField:
    value = facts.get(rule.name)
    if withheld is not None:
        return ReportField(rule.name, rule.meaning, None, Given.WITHHELD.value, Given.WITHHELD, withheld)
    if public and rule.secrecy is not Secrecy.PUBLIC:
        return ReportField(rule.name, rule.meaning, None, Given.WITHHELD.value, Given.WITHHELD, rule.secrecy.value)
    if value is None:
        why = "" if rule.name in facts else "nobody has said it yet"
        return ReportField(rule.name, rule.meaning, None, UNKNOWN, Given.UNKNOWN, why)
    return ReportField(rule.name, rule.meaning, value, words(value), Given.KNOWN)


def _changes(fields: tuple[ReportField, ...], earlier: Earlier) -> tuple[FieldChange, ...]:
    found = []
    for each in fields:
        was_given = each.name in earlier.fields
        before = words(earlier.fields[each.name]) if was_given else NOT_GIVEN
        is_news = before != each.words if was_given else each.given is Given.KNOWN
        if each.given is not Given.WITHHELD and is_news:
            found.append(FieldChange(each.name, before, each.words))
    return tuple(found)
