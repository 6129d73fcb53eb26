"""Assessments and reports of incidents as JSON, and a report as Markdown that reads as plain text, too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from licet.core.cases.assessment import Assessment, Clocked
from licet.core.cases.duty import Applies
from licet.core.cases.incident_report import Given, IncidentReport, ReportField

Tree = dict[str, Any]
HOLDS = {True: "holds", False: "does not hold", None: "not known"}
"""What is found of a test, in words."""


def assessment_tree(found: Assessment, now: datetime) -> Tree:
    """What is said of one duty, as JSON."""
    procedure, duty = found.procedure, found.procedure.duty
    assert duty is not None
    return {
        "duty": procedure.name,
        "title": procedure.title,
        "jurisdiction": duty.jurisdiction,
        "to": duty.to,
        "applies": found.applies.value,
        "standing": duty.standing.value,
        "since": None if duty.since is None else duty.since.isoformat(),
        "note": duty.standing_note,
        "sources": list(procedure.sources),
        "as_of": procedure.as_of.isoformat(),
        "begins": {"at": found.begins.at.isoformat(), "field": found.begins.field, "sure": found.begins.sure},
        "reasons": [
            {
                "test": each.test,
                "title": each.title,
                "holds": each.holds,
                "says": each.says,
                "if": each.text or None,
                "unknown": list(each.unknown),
                "source": each.source,
            }
            for each in found.reasons
        ],
        "clocks": [clock_tree(each, now) for each in found.clocks],
        "reports": [
            {
                "report": each.report,
                "title": each.title,
                "fields": list(each.fields),
                "unknown": list(each.unknown),
                "missing": list(each.missing),
            }
            for each in found.reports
        ],
    }


def clock_tree(found: Clocked, now: datetime) -> Tree:
    """One clock of a duty as JSON; `left` in seconds, negative once it is late."""
    due = None if found.deadline is None else found.deadline.due
    return {
        "clock": found.clock,
        "title": found.title,
        "owner": found.owner,
        "event": found.event,
        "started": None if found.deadline is None else found.deadline.started.isoformat(),
        "due": None if due is None else due.isoformat(),
        "left": None if due is None else int((due - now).total_seconds()),
        "because": "" if found.deadline is None else found.deadline.because,
        "calendar": None if found.deadline is None else found.deadline.calendar,
        "starts_with": found.starts_with or None,
        "source": found.source,
    }


def report_tree(report: IncidentReport) -> Tree:
    """A report as JSON. A field that is unknown or withheld has the value null, and says which of the two."""
    procedure = report.assessment.procedure
    return {
        "duty": procedure.name,
        "title": procedure.title,
        "to": report.to,
        "report": report.event,
        "number": report.number,
        "about": report.about,
        "incident": report.incident,
        "case": report.case,
        "at": report.at.isoformat(),
        "amends": None if report.amends is None else report.amends.isoformat(),
        "public": report.is_public,
        "applies": report.assessment.applies.value,
        "sources": list(procedure.sources),
        "as_of": procedure.as_of.isoformat(),
        "clock": _clock(report),
        "fields": [_field_tree(each) for each in report.fields],
        "changes": [{"field": each.name, "before": each.before, "after": each.after} for each in report.changes],
    }


def _clock(report: IncidentReport) -> Tree | None:
    """The clock that a report meets; by which limit can tell what is withheld, so the public version does not say."""
    if report.clock is None:
        return None
    return clock_tree(report.clock, report.at) | ({"because": ""} if report.is_public else {})


def _field_tree(field: ReportField) -> Tree:
    return {
        "field": field.name,
        "meaning": field.meaning,
        "given": field.given.value,
        "value": field.value,
        "why": field.why or None,
    }


def markdown(report: IncidentReport) -> str:
    """A report as Markdown. What people wrote stands in quotations, so that none of it is taken for a heading."""
    return "\n".join((*_head(report), *_changes(report), *_said(report), *_applies(report))) + "\n"


def _head(report: IncidentReport) -> Iterator[str]:
    procedure = report.assessment.procedure
    yield f"# {procedure.title}: {report.kind}"
    yield ""
    yield f"- To: {plain(report.to)}"
    yield f"- About: {plain(report.about)}{_case(report.incident)}"
    if report.case is not None:
        yield f"- Duty: case {report.case}, report {report.number}"
    yield f"- As of: {report.at.astimezone(ZoneInfo(procedure.zone)).isoformat(timespec='seconds')}"
    if report.clock is not None and report.clock.deadline is not None and report.clock.deadline.due is not None:
        deadline = report.clock.deadline
        assert deadline.due is not None
        because = "" if report.is_public else f" ({deadline.because})"
        yield f"- Due: {deadline.due.isoformat(timespec='seconds')}{because}"
    if report.is_public:
        yield "- This is the public version: what is not public is withheld, and its class stands in its place."
    yield f"- {_counts(report)}"
    yield ""


def _case(name: str | None) -> str:
    return "" if name is None else f" (case {name})"


def _counts(report: IncidentReport) -> str:
    numbers = {given: len(report.named(given)) for given in Given}
    said = f"{len(report.fields)} fields: {numbers[Given.KNOWN]} known, {numbers[Given.UNKNOWN]} unknown"
    return said + (f", {numbers[Given.WITHHELD]} withheld" if numbers[Given.WITHHELD] else "")


def _changes(report: IncidentReport) -> Iterator[str]:
    if report.amends is None:
        return
    yield f"## What has changed since the report of {report.amends.isoformat(timespec='seconds')}"
    yield ""
    if not report.changes:
        yield "Nothing."
        yield ""
    for each in report.changes:
        yield f"`{each.name}` was:"
        yield ""
        yield from quotation(each.before)
        yield ""
        yield "and is:"
        yield ""
        yield from quotation(each.after)
        yield ""


def _said(report: IncidentReport) -> Iterator[str]:
    yield "## What is reported"
    yield ""
    for each in report.fields:
        yield f"**{each.meaning}** (`{each.name}`)"
        yield ""
        if each.given is Given.KNOWN:
            yield from quotation(each.words)
        else:
            yield each.words + (f" ({plain(each.why)})" if each.why else "")
        yield ""


STANDS = {
    Applies.YES: "applies",
    Applies.NO: "does not apply",
    Applies.UNKNOWN: "may apply, which cannot be told yet",
    Applies.NOT_LAW: "is not law",
}
"""Whether a duty applies, as the end of a sentence."""


def _applies(report: IncidentReport) -> Iterator[str]:
    found = report.assessment
    yield f"## Why this is reported: the duty {STANDS[found.applies]}"
    yield ""
    # what a test finds can tell what is withheld
    for each in () if report.is_public else found.reasons:
        yield f"- {each.title}: {HOLDS[each.holds]}. {each.says}."
    yield ""
    yield f"Sources, as of {found.procedure.as_of.isoformat()}: {'; '.join(found.procedure.sources)}"


def quotation(text: str) -> Iterator[str]:
    """Lines of a quotation."""
    for line in plain(text, "\n").split("\n"):
        yield f"> {line}".rstrip()


def plain(text: str, also: str = "") -> str:
    """A text with everything that shows nothing, or moves a terminal's cursor, by its code."""
    return "".join(each if each.isprintable() or each in also else f"⟨U+{ord(each):04X}⟩" for each in text)
