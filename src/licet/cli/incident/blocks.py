"""The duties to report an incident as a table: the duty, whether it applies, why, what is due when, what is missing."""

from __future__ import annotations

from datetime import datetime

from licet.cli.cases.countdown import countdown
from licet.cli.incident.given import Incident, next_due
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed
from licet.cli.terminal.trees import Tree
from licet.core.cases.assessment import Assessment
from licet.core.cases.clock import Deadline
from licet.core.cases.duty import Applies
from licet.services.cases.incidents import Concerned, began_earlier, passed_on
from licet.services.cases.reports import to_amend
from licet.wire.incident_report import HOLDS, assessment_tree

TONES = {Applies.YES: Tone.BAD, Applies.UNKNOWN: Tone.WARN, Applies.NOT_LAW: Tone.QUIET, Applies.NO: Tone.GOOD}
HELD = {True: Tone.GOOD, False: Tone.QUIET, None: Tone.WARN}
LATE = " late"
MOST = 2
"""Names that a cell has at most."""

COLUMNS = ("duty", "applies", "why", "due", "left", "missing")


def duty_blocks(found: Incident, *, why: bool) -> list[Block]:
    """The table of duties, then what is to be done. `why`: every test of every duty, too."""
    cased = found.case is not None
    rows = [_row(each, found.now, cased=cased) for each in found.duties]
    blocks: list[Block] = [Line(_headline(found), _headline_tone(found)), Grid(rows, (*COLUMNS, "case")[: 6 + cased])]
    if why:
        blocks += [block for each in found.duties for block in _reasons(each.assessment, found.now)]
    return [*blocks, *(_wanting(found) if not why else ()), *_unknown(found), *to_do(found)]


def _headline(found: Incident) -> str:
    numbers = {applies: sum(each.assessment.applies is applies for each in found.duties) for applies in Applies}
    title = found.title if found.name is None else f"{found.name}, {found.title}"
    said = listed([f"{applies.value} {number}" for applies, number in numbers.items() if number])
    return f"{title}: {count(len(found.duties), 'duty')} to report it: {said}"


def _headline_tone(found: Incident) -> Tone:
    return Tone.STRONG if any(each.assessment.runs for each in found.duties) else Tone.GOOD


def _row(each: Concerned, now: datetime, *, cased: bool) -> tuple[Line, ...]:
    assessment = each.assessment
    deadline = _deadline(each)
    due = "" if deadline is None or deadline.due is None else deadline.due.isoformat(timespec="minutes")
    return (
        cell(_base(assessment), Tone.STRONG if assessment.runs else Tone.QUIET),
        cell(assessment.applies.value, TONES[assessment.applies]),
        cell(_why(assessment)),
        cell(due, Tone.PLAIN if assessment.runs else Tone.QUIET),
        _short(_left(each, deadline, now)),
        cell(_missing(assessment)),
        *([cell(_case(each))] if cased else []),
    )


def _short(line: Line) -> Line:
    """A countdown in one word, which no narrow terminal breaks: `14d17h`, and `-2h5min` once it is late."""
    late = line.text.endswith(LATE)
    text = line.text.removesuffix(LATE)
    return Line(("-" if late else "") + text.replace(" ", "") if text[:1].isdigit() else line.text, line.tone)


def _base(found: Assessment) -> str:
    return found.procedure.name.partition("@")[0]


def _deadline(each: Concerned) -> Deadline | None:
    """What is due next: in its case, if there is one; else by the facts."""
    if each.case is not None:
        return next_due([each.case])
    return each.assessment.first.deadline if each.assessment.first is not None else None


def _left(each: Concerned, deadline: Deadline | None, now: datetime) -> Line:
    if deadline is None or deadline.due is None:
        return cell("" if each.case is None else each.case.state.name.replace("_", " "), Tone.GOOD)
    if each.case is None and not each.assessment.runs:
        return cell("if law", Tone.QUIET)
    return countdown(deadline.due, now, deadline.warned_from)


def _case(each: Concerned) -> str:
    return "to open" if each.case is None and each.to_open else "" if each.case is None else each.case.id


def _why(found: Assessment) -> str:
    """What decides: the tests that fail, or that are not known; otherwise that all hold."""
    failed = [each.title for each in found.reasons if each.holds is False and each.test != "law"]
    law = next(each for each in found.reasons if each.test == "law")
    if found.applies is Applies.NO:
        return f"not: {listed([_small(each) for each in failed])}"
    if found.applies is Applies.NOT_LAW:
        return law.says
    if found.applies is Applies.YES:
        return law.says
    open_ = found.unknown
    said = f"not known: {_some(open_)}" if open_ else ""
    return "; ".join(each for each in (said, law.says if law.holds is None else "") if each)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return listed(names[:MOST]) + more


def _missing(found: Assessment) -> str:
    if found.applies is Applies.NO:
        return ""
    first = next((each for each in found.reports if found.first and each.report == found.first.event), None)
    if first is None:
        return ""
    return f"{len(first.missing + first.unknown)}/{len(first.fields)}"


def _reasons(found: Assessment, now: datetime) -> list[Block]:
    rows = [
        (cell(HOLDS[each.holds], HELD[each.holds]), cell(each.title), cell(each.says), cell(each.text, Tone.QUIET))
        for each in found.reasons
    ]
    blocks: list[Block] = [Line(), Line(f"{found.procedure.title}: {found.applies.value}", TONES[found.applies])]
    blocks.append(Grid(rows, ("", "test", "what the facts say", "condition")))
    clocks = [
        (
            cell(each.title),
            cell(each.deadline.due.isoformat(timespec="minutes") if each.deadline and each.deadline.due else ""),
            cell(each.deadline.because if each.deadline else f"starts with: {_small(each.starts_with)}"),
            countdown(each.deadline.due, now) if each.deadline and each.deadline.due else cell(""),
        )
        for each in found.clocks
    ]
    if clocks:
        blocks.append(Grid(clocks, ("clock", "due", "by", "left")))
    for needed in found.reports:
        names = needed.missing + needed.unknown
        if names:
            blocks.append(
                Line(f"{needed.report.replace('_', ' ')}: not known of {len(needed.fields)}: {listed(names)}")
            )
    note = found.procedure.duty.standing_note if found.procedure.duty is not None else ""
    return [*blocks, Line(note, Tone.QUIET), Line(f"sources: {'; '.join(found.procedure.sources)}", Tone.QUIET)]


def _wanting(found: Incident) -> list[Block]:
    """The fields that the first report of each duty that runs still lacks."""
    blocks: list[Block] = []
    for each in found.duties:
        first = each.assessment.reports[0] if each.assessment.runs and each.assessment.reports else None
        names = first.missing + first.unknown if first is not None else ()
        if names:
            blocks.append(Line(f"not known for {_base(each.assessment)}: {listed(names)}", Tone.QUIET))
    return blocks


def _unknown(found: Incident) -> list[Block]:
    open_ = dict.fromkeys(name for each in found.duties if each.assessment.runs for name in each.assessment.unknown)
    if not open_:
        return []
    return [Line(f"what decides and is not known: {listed(list(open_))}", Tone.WARN)]


def to_do(found: Incident) -> list[Block]:
    """What somebody has to do about the cases of duties: open them, or look at when they began."""
    blocks: list[Block] = []
    opening = [each.assessment.procedure.name for each in found.duties if each.to_open]
    if found.case is not None and opening:
        blocks.append(Line(f"no case is open for {listed(opening)}", Tone.BAD))
        blocks.append(Line(f"licet incident open {found.case.id} --duties"))
    lacking = dict.fromkeys(entry.case for entry in passed_on(found.duties, found.facts))
    if found.case is not None and lacking:
        blocks.append(Line(f"facts that move a clock are not in {listed(list(lacking))} yet", Tone.BAD))
        blocks.append(Line(f"licet incident amend {found.case.id}"))
    for each in found.duties:
        changes = to_amend(each.case, found.facts) if each.case is not None else ()
        if changes:
            base = _base(each.assessment)
            said = f"{base}: what was reported says otherwise of {listed([one.name for one in changes])}"
            blocks.append(Line(f"{said}: licet incident report {found.name} {base} --made", Tone.WARN))
        earlier = began_earlier(each)
        if earlier is not None:
            blocks.append(Line(earlier, Tone.BAD))
        if each.case is not None and not each.case.state.final and each.assessment.applies is Applies.NO:
            said = f"{each.assessment.procedure.name} does not apply by the facts, and its clock in {each.case.id} runs"
            blocks.append(Line(f"{said}: licet case act {each.case.id} not_owed --field why='…'", Tone.WARN))
    return blocks


def incident_tree(found: Incident) -> Tree:
    """An incident and its duties as JSON."""
    return {
        "incident": found.name,
        "title": found.title,
        "at": found.now.isoformat(),
        "facts": dict(found.facts),
        "duties": [
            {
                **assessment_tree(each.assessment, found.now),
                "case": None if each.case is None else each.case.id,
                "state": None if each.case is None else each.case.state.name,
                "began_earlier": began_earlier(each),
            }
            for each in found.duties
        ],
        "to_amend": [
            each.assessment.procedure.name
            for each in found.duties
            if each.case is not None and to_amend(each.case, found.facts)
        ],
        "to_open": [each.assessment.procedure.name for each in found.duties if each.to_open],
    }
