"""The report of an incident to one authority as a page: what it says, what is unknown, what has changed, and why."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.cases.clock import Deadline
from licet.core.cases.duty import Applies
from licet.core.cases.incident_report import Given, IncidentReport, ReportField
from licet.pages import look
from licet.pages.blocks import Block, Card, Figure, Page, Pairs, Section, Text, table
from licet.pages.number import count, instant, length, plural, written
from licet.pages.role import Role
from licet.pages.words import Code, Mark, Names, Word

ABOUT = "Report of an incident"
GIVEN = {Given.KNOWN: Role.PROVED, Given.UNKNOWN: Role.UNKNOWN, Given.WITHHELD: Role.WARNING}
APPLIES = {
    Applies.YES: Role.WARNING,
    Applies.UNKNOWN: Role.UNKNOWN,
    Applies.NOT_LAW: Role.UNCHANGED,
    Applies.NO: Role.PROVED,
}
HOLDS = {True: (Role.PROVED, "holds"), False: (Role.REFUTED, "does not hold"), None: (Role.UNKNOWN, "not known")}


def page(report: IncidentReport) -> str:
    """The report as one self-contained HTML page."""
    sections = [said_section(report), due_section(report), why_section(report)]
    if report.amends is not None:
        sections.insert(0, changes_section(report))
    title = f"{report.assessment.procedure.title}: {report.kind}"
    return look.render(Page(ABOUT, title, tuple(lead(report)), figures(report), tuple(sections), running(report)))


def running(report: IncidentReport) -> tuple[str, str]:
    """What stands at the head of each sheet."""
    case = f"{report.case}, " if report.case is not None else ""
    return f"{report.to}", f"{case}report {report.number}, {written(report.at)}"


def lead(report: IncidentReport) -> Iterable[str]:
    """To whom, about what, as of when; and what is not known."""
    yield f"To {report.to}, about: {report.about}. As of {instant(report.at)}."
    if report.is_public:
        yield "This is the public version: what is not public is withheld, and its class stands in its place."
    unknown, withheld = report.named(Given.UNKNOWN), report.named(Given.WITHHELD)
    said = f"Of {plural(len(report.fields), 'field')} {count(len(report.named(Given.KNOWN)))} are known"
    parts = [said, f"{count(len(unknown))} are unknown"] + (
        [f"{count(len(withheld))} are withheld"] if withheld else []
    )
    yield f"{', '.join(parts)}. What is not known is said to be unknown, and amended once it is known."


def figures(report: IncidentReport) -> tuple[Figure, ...]:
    """The strip at the top: how long there is, and how much of it is said."""
    due = _deadline(report)
    found = [
        Figure(count(len(report.named(given))), given.value, GIVEN[given])
        for given in Given
        if given is not Given.WITHHELD or report.named(given)
    ]
    if due is not None and due.due is not None:
        late = due.due <= report.at
        left = length(abs(due.due - report.at))
        found.insert(0, Figure(left, "late" if late else "until it is due", Role.LOSES if late else Role.WARNING))
    return tuple(found)


def _deadline(report: IncidentReport) -> Deadline | None:
    return report.clock.deadline if report.clock is not None else None


def changes_section(report: IncidentReport) -> Section:
    """What the report before it said otherwise."""
    assert report.amends is not None
    rows: list[tuple[Word, ...]] = [(Code(each.name), each.before, each.after) for each in report.changes]
    since = f"What has changed since the report of {instant(report.amends)}"
    blocks: tuple[Block, ...] = (table("incident-changes", since, ["Field", "Was", "Is"], rows),)
    if not rows:
        blocks = (Text((f"Nothing has changed since the report of {instant(report.amends)}.",)),)
    return Section("incident-amends", "What has changed", blocks)


def said_section(report: IncidentReport) -> Section:
    """Every field, with its value or why there is none."""
    rows: list[tuple[Word, ...]] = [(Code(each.name), each.meaning, _value(each)) for each in report.fields]
    fields = table("incident-fields", "Every field of this report", ["Field", "What it asks", "What is said"], rows)
    return Section("incident-said", "What is reported", (fields,))


def _value(field: ReportField) -> Word:
    if field.given is Given.KNOWN:
        return field.words
    words = field.given.value + (f": {field.why}" if field.why else "")
    return Mark(GIVEN[field.given], words)


def due_section(report: IncidentReport) -> Section:
    """Every clock of the duty, and when it is due."""
    found = report.assessment
    rows: list[tuple[Word, ...]] = []
    for each in found.clocks:
        due = each.deadline.due if each.deadline is not None else None
        because = "" if report.is_public or each.deadline is None else each.deadline.because
        waits = f"starts with: {each.starts_with}" if each.starts_with else ""
        rows.append((each.title, due, _bare(because or waits) or None, each.source))
    blocks: list[Block] = []
    if rows:
        blocks.append(
            table("incident-clocks", "Every clock of this duty", ["Clock", "Due", "By which limit", "Source"], rows)
        )
    begins = found.begins
    counted = "this assessment" if begins.field is None else begins.field
    sure = "" if begins.sure else ", which may be too early: what triggers the duty is not known"
    blocks.append(Text((f"Counted from {counted}, {instant(begins.at)}{sure}.",)))
    return Section("incident-due", "What is due when", tuple(blocks))


def why_section(report: IncidentReport) -> Section:
    """Whether the duty applies, test by test; the public version says only whether."""
    found, procedure = report.assessment, report.assessment.procedure
    blocks: list[Block] = []
    if not report.is_public:
        blocks.append(
            table(
                "incident-tests",
                "Every test of this duty",
                ["Test", "Found", "What the facts say", "Condition"],
                _tests(report),
            )
        )
    note = procedure.duty.standing_note if procedure.duty is not None else ""
    blocks.append(Text((note,)) if note else Text(()))
    blocks.append(
        Pairs(
            (
                ("Sources", Names(tuple(procedure.sources))),
                ("Read as of", procedure.as_of.isoformat()),
                ("Procedure", Code(procedure.name)),
                ("Its digest", Code(procedure.digest)),
            )
        )
    )
    card = Card("incident-duty", procedure.title, Mark(APPLIES[found.applies], found.applies.value), tuple(blocks))
    return Section("incident-why", "Why it is reported", (card,))


def _tests(report: IncidentReport) -> list[tuple[Word, ...]]:
    rows: list[tuple[Word, ...]] = []
    for each in report.assessment.reasons:
        role, words = HOLDS[each.holds]
        rows.append((_bare(each.title), Mark(role, words), _bare(each.says), Code(each.text) if each.text else None))
    return rows


def _bare(text: str) -> str:
    """A sentence of ours for a cell, where names of fields stand without their marks."""
    return text.replace("`", "")
