"""What evidence says of a threshold, on a page."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.evidence.estimate import Sides
from licet.core.evidence.judgement import LineJudged, Reached, ThresholdJudgement
from licet.pages.blocks import Block, Figure, Section, Text, table
from licet.pages.charts.forest import Limit
from licet.pages.judgement.rates import Rated, prose, rate_blocks
from licet.pages.judgement.standing import ROLES
from licet.pages.role import Role
from licet.pages.words import Amount, Mark, Word
from licet.services.judging.figures import counted, percent, spanned
from licet.services.judging.words import STANDINGS

ABOUT = "Judgement of a threshold"
LINE_ROLES = {"red": Role.REFUTED, "alert": Role.WARNING}
WORST = (Reached.REACHED, Reached.INSUFFICIENT, Reached.CANNOT_RULE_OUT, Reached.NOT_REACHED)


def figures(judgement: ThresholdJudgement) -> Iterable[Figure]:
    """The strip at the top: the rate, its bound, and the lines."""
    if judgement.lines:
        worst = max(judgement.lines, key=lambda each: each.rate.interval.high)
        yield Figure(percent(worst.rate.value), "of the items are solved")
        yield Figure(percent(worst.rate.interval.high), "is the upper bound of that")
    for line, at in sorted({(each.line, each.at) for each in judgement.lines}, key=lambda each: each[1]):
        yield Figure(percent(at), f"is the {line} line", LINE_ROLES.get(line, Role.WARNING))


def sections(judgement: ThresholdJudgement) -> Iterable[Section]:
    """The rates against the lines, and the rates by family."""
    yield Section("lines", "The rates and the lines", tuple(line_blocks(judgement)))
    if judgement.families:
        rows = [Rated(each.family, each.rate) for each in judgement.families]
        blocks = rate_blocks("families", "Items solved, by family", "share of items solved", rows, limits(judgement))
        yield Section("by-family", "By family", blocks)


def line_blocks(judgement: ThresholdJudgement) -> Iterable[Block]:
    """Each line of evidence, and what it says of each line of the threshold."""
    if not judgement.lines:
        yield Text(("No rate could be had from the trials: see what is missing below.",))
        return
    yield from rate_blocks(
        "rates",
        "How often items are solved, against the lines",
        "share of items solved",
        tuple(rated(judgement)),
        limits(judgement),
        "How often items are solved",
    )
    yield prose(
        "Where several suites or arms are named, a claim of safety must hold by every one of them. Against a line,"
        " a one-sided bound counts: the lower one must be at the line for `reached`, the upper one below it for"
        " `not reached`.",
    )
    yield from one_sided(judgement)
    titles = ["Line", "#At", "Verdict", "By", "#Corrected for the judge", "#As counted"]
    rows = [line_cells(each) for each in judgement.lines]
    yield table("lines-table", "Each line, by each line of evidence", titles, rows)


def one_sided(judgement: ThresholdJudgement) -> Iterable[Block]:
    """What the ends of two-sided intervals are, one by one."""
    levels = {each.rate.interval.level for each in judgement.lines if each.rate.interval.sides is Sides.BOTH}
    for level in sorted(levels):
        yield prose(f"Each end of an interval at {percent(level)} is by itself a bound at {percent((1 + level) / 2)}.")


def limits(judgement: ThresholdJudgement) -> tuple[Limit, ...]:
    """The lines, each once."""
    found = {(each.line, each.at) for each in judgement.lines}
    return tuple(
        Limit(f"{line} {percent(at)}", at, LINE_ROLES.get(line, Role.WARNING))
        for line, at in sorted(found, key=lambda each: each[1])
    )


def rated(judgement: ThresholdJudgement) -> Iterable[Rated]:
    """Each line of evidence once, with the worst that it says; as it was counted, where that is not the same."""
    by_evidence: dict[tuple[str, object], list[LineJudged]] = {}
    for each in judgement.lines:
        by_evidence.setdefault((label(each), each.rate), []).append(each)
    for (name, _), found in by_evidence.items():
        reached = min((each.reached for each in found), key=WORST.index)
        yield Rated(name, found[0].rate, ROLES[STANDINGS[reached]], reached.value)
        if found[0].observed != found[0].rate:
            yield Rated(f"{name}, as counted", found[0].observed)


def label(line: LineJudged) -> str:
    """What a line of evidence is called."""
    return ", ".join(filter(None, (line.suite, line.arm))) or "all trials"


def line_cells(line: LineJudged) -> tuple[Word, ...]:
    """A line of the threshold, by one line of evidence."""
    return (
        line.line,
        Amount(percent(line.at)),
        Mark(ROLES[STANDINGS[line.reached]], line.reached.value),
        label(line),
        Amount(f"{percent(line.rate.value)}, {spanned(line.rate.interval)}"),
        Amount(f"{percent(line.observed.value)}, {counted(line.observed)}"),
    )
