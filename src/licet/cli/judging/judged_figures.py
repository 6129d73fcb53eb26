"""The figures of a judgement on a terminal: rates with their intervals, differences, the grade, the cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, assert_never

from licet.cli.judging.plot import drawn, header, scale_of
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, pairs
from licet.core.evidence.estimate import Comparison, Estimate
from licet.core.evidence.judgement import (
    AnyJudgement,
    FindingJudgement,
    PatchJudgement,
    Reached,
    ThresholdJudgement,
)
from licet.services.judging.figures import (
    counted,
    how,
    margin_of,
    number,
    percent,
    signed,
    spanned,
    spanned_points,
    tested,
    told,
)
from licet.services.judging.words import (
    STANDINGS,
    Standing,
    Verdict,
    severity,
    sums,
)

TONES = {
    Standing.SAFE: Tone.GOOD,
    Standing.UNSAFE: Tone.BAD,
    Standing.UNSETTLED: Tone.WARN,
    Standing.INSUFFICIENT: Tone.WARN,
}
MOST = 12
"""Holes, families and items on a terminal; `--json` and the page have all."""


class Row(NamedTuple):
    """A rate with its label, and the verdict on it, where there is one."""

    label: str
    rate: Estimate
    verdict: Verdict | None = None


def figures(judgement: AnyJudgement) -> Iterable[Block]:
    """The rates, the differences, the grade: of each kind its own."""
    match judgement:
        case ThresholdJudgement():
            return of_threshold(judgement)
        case FindingJudgement():
            return of_finding(judgement)
        case PatchJudgement():
            return of_patch(judgement)
        case _:
            assert_never(judgement)


WORST = (Reached.REACHED, Reached.INSUFFICIENT, Reached.CANNOT_RULE_OUT, Reached.NOT_REACHED)


def of_threshold(judgement: ThresholdJudgement) -> Iterable[Block]:
    """The rates of each suite in each arm against the lines."""
    lines = sorted({(each.at, each.line) for each in judgement.lines})
    rows: dict[tuple[str, str], Row] = {}
    for each in judgement.lines:
        known = rows.get((each.suite, each.arm))
        worst = each.reached if known is None else min(each.reached, known.verdict, key=WORST.index)
        rows[each.suite, each.arm] = Row(f"{each.suite} {each.arm}".strip() or "all trials", each.rate, worst)
    ats = [at for at, _ in lines]
    yield from rates(tuple(rows.values()), ats)
    if lines:
        yield Line("lines: " + ", ".join(f"{name} {percent(at)}" for at, name in lines), Tone.QUIET)
    yield from rates([Row(each.family, each.rate) for each in judgement.families[:MOST]], ats)
    yield from more_families(len(judgement.families))


def of_finding(judgement: FindingJudgement) -> Iterable[Block]:
    """The arms, the families, the gains and the axes."""
    rows = [Row("with the technique", judgement.rate, judgement.reproduced)]
    if judgement.plain is not None:
        rows.append(Row("without it", judgement.plain))
    rows += [Row(f"{each.model} ({each.arm})", each.rate) for each in judgement.baselines]
    if judgement.unguarded is not None:
        rows.append(Row("without safeguards", judgement.unguarded))
    yield from rates([*rows, Row("families reached", judgement.breadth)])
    yield from rates([Row(each.family, each.rate) for each in judgement.families[:MOST]])
    yield from more_families(len(judgement.families))
    gains = [(f"gain over {each.model} ({each.arm})", each.gain) for each in judgement.baselines]
    if judgement.gain is not None:
        gains.append(("gain over the best of them", judgement.gain))
    yield from differences(gains)
    yield from graded(judgement)


def graded(judgement: FindingJudgement) -> Iterable[Block]:
    """The axes, and the grade as it moved."""
    grade = judgement.grade
    axes = [
        (
            cell(axis.value, Tone.STRONG if axis is grade.deciding else Tone.PLAIN),
            cell(f"{each.low:g}" if each.low == each.high else f"{each.low:g} to {each.high:g}"),
            cell(each.why),
        )
        for axis, each in grade.axes
    ]
    yield Grid(axes, ("axis", "score", "why"))
    date = f", {judgement.baseline_date.date()}" if judgement.baseline_date else ""
    decides = f"; {grade.deciding.value} decides" if grade.deciding else ""
    said = [(f"severity ({judgement.baseline_set}{date})" if judgement.baseline_set else "severity", grade, decides)]
    if judgement.frozen is not None:
        said.append((f"against what was public on {judgement.frozen.baseline_date.date()}", judgement.frozen.grade, ""))
    said += [(f"on {at.date()} ({baselines})", each, "") for at, baselines, each in reversed(judgement.earlier)]
    yield pairs(*((label, f"{severity(each)}, sum {sums(each)}{more}") for label, each, more in said))


def of_patch(judgement: PatchJudgement) -> Iterable[Block]:
    """The rates against the bound, and the cost by class of use."""
    rows = [] if judgement.before is None else [Row("before", judgement.before)]
    rows.append(Row("after", judgement.after))
    rows += [Row(each.finding, each.rate, each.held) for each in judgement.earlier]
    yield from rates(rows, [judgement.bound])
    yield Line(f"bound: {percent(judgement.bound)}", Tone.QUIET)
    if judgement.costs:
        yield Grid(
            [row for each in judgement.costs for row in cost_rows(each.use.value, each.before, each.after)], COSTS
        )
    yield from differences(
        [(f"served, {each.use.value}", each.lost) for each in judgement.costs if each.lost is not None]
    )
    for use in judgement.dear:
        yield Line(f"more than the margin is lost of {use.value} requests", Tone.WARN)


COSTS = ("class of use", "when", "served", "by the fallback", "blocked", "requests")
Shares = tuple[Estimate, Estimate, Estimate]


def cost_rows(use: str, before: Shares | None, after: Shares) -> Iterable[Sequence[Line]]:
    """One class of use, before and after."""
    for when, found in (("before", before), ("after", after)):
        if found is not None:
            shares = [cell(f"{number(each.value)} ({spanned(each.interval)})") for each in found]
            yield (cell(use), cell(when), *shares, cell(f"{found[0].n:,}"))


def rates(rows: Sequence[Row], lines: Sequence[float] = ()) -> Iterable[Block]:
    """Rates with their intervals, drawn and in figures; and how these were come by."""
    if not rows:
        return
    end = scale_of([each.rate for each in rows], lines)
    verdicts = any(each.verdict is not None for each in rows)
    yield Grid(
        [
            (
                cell(each.label),
                cell(drawn(each.rate, end, lines), tone_of(each)),
                cell(percent(each.rate.value)),
                cell(spanned(each.rate.interval)),
                cell(counted(each.rate)),
                *((cell(each.verdict and each.verdict.value, tone_of(each)),) if verdicts else ()),
            )
            for each in rows
        ],
        ("", header(end), "rate", "interval", "counted", *(("verdict",) if verdicts else ())),
    )
    ways = sorted({f"{how(each.rate.interval)}; about {each.rate.estimand.value}" for each in rows})
    yield Line("intervals: " + " / ".join(ways), Tone.QUIET)


def tone_of(row: Row) -> Tone:
    """The colour of a row's verdict."""
    return Tone.PLAIN if row.verdict is None else TONES[STANDINGS[row.verdict]]


def more_families(found: int) -> Iterable[Block]:
    """How many families are not shown."""
    if found > MOST:
        yield Line(f"and {found - MOST:,} more families: `--json` and the page have all", Tone.QUIET)


def differences(rows: Sequence[tuple[str, Comparison]]) -> Iterable[Block]:
    """Differences in percentage points, with the margin and the test."""
    if not rows:
        return
    yield Grid(
        [
            (
                cell(label),
                cell(signed(each.difference.value)),
                cell(spanned_points(each.difference.interval)),
                cell(None if each.margin is None else margin_of(each.margin)),
                cell(told(each)),
                cell(tested(each)),
            )
            for label, each in rows
        ],
        ("", "points", "interval", "margin", "it tells", "test"),
    )
