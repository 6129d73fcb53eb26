"""The sentences that lead to a verdict on a threshold, in order: what was counted, what is missing, what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from licet.core.evidence.coverage import Coverage, Gap
from licet.core.evidence.estimate import Estimand
from licet.core.evidence.judgement import LineJudged, Reached
from licet.core.evidence.threshold import Threshold
from licet.evidence.sayings import counted, percent, run_named, span
from licet.evidence.threshold.measured import Measured


def reasons(
    threshold: Threshold,
    verdict: Reached,
    coverage: Coverage,
    found: Sequence[Measured],
    lines: Sequence[LineJudged],
    left_out: Sequence[str],
) -> tuple[str, ...]:
    """Why the verdict is what it is. `left_out` are models of which there were trials, too."""
    return (
        *([f"trials of other models were left out: {', '.join(f'`{name}`' for name in left_out)}"] if left_out else ()),
        *(sentence for each in found for sentence in of_rate(each)),
        *unjudged(threshold, found),
        *(f"{hole.gap}: {hole.said}" for hole in coverage.holes),
        *conclusion(threshold, verdict, coverage, found, lines),
    )


def of_rate(found: Measured) -> Iterator[str]:
    """What was counted in one run, and what it comes to when the judge's errors are taken out."""
    observed = found.observed
    of = counted(observed.n, "trial")
    if observed.clusters not in (None, observed.n):
        groups = "families" if observed.estimand is Estimand.POPULATION else "items"
        of += f" in {observed.clusters:,} {groups}, each counting alike,"
    yield f"{run_named(found.run)}: {observed.hits:,} of {of} succeeded, {span(observed)}"
    if found.rate is not observed:
        yield f"with the judge's errors taken out, {span(found.rate)}"


def unjudged(threshold: Threshold, found: Sequence[Measured]) -> Iterator[str]:
    """That scores are taken as they are, where the threshold asks nothing of a judge and nobody measured one."""
    if threshold.judge is None and any(each.rate is each.observed for each in found):
        yield "the threshold asks nothing of a judge: scores are taken as checked by a rule"


def conclusion(
    threshold: Threshold, verdict: Reached, coverage: Coverage, found: Sequence[Measured], lines: Sequence[LineJudged]
) -> Iterator[str]:
    """The last step."""
    match verdict:
        case Reached.REACHED:
            yield from reached(threshold, coverage, found, lines)
        case Reached.NOT_REACHED:
            at = percent(float(min(line.at for line in threshold.lines)))
            highest = percent(max(each.rate.interval.high for each in found))
            yield f"by every suite and arm the rate lies under {at}: {highest} at most, {sure(threshold)}"
        case Reached.CANNOT_RULE_OUT:
            yield from undecided(lines)
        case Reached.INSUFFICIENT:
            yield f"the evidence is not complete: {', '.join(dict.fromkeys(hole.gap.value for hole in coverage.holes))}"
        case _:
            assert_never(verdict)


def reached(
    threshold: Threshold, coverage: Coverage, found: Sequence[Measured], lines: Sequence[LineJudged]
) -> Iterator[str]:
    """Which run alone shows it."""
    shown = {(each.suite, each.arm) for each in lines if each.line == "red" and each.reached is Reached.REACHED}
    looks = f", with {len(found)} looked at" if len(found) > 1 else ""
    for each in found:
        if (each.run.suite.name, each.run.arm) in shown:
            low = percent(each.surely.interval.low)
            so = f"{sure(threshold)}{looks}: the red line is reached"
            yield f"{run_named(each.run)} shows a rate of at least {low}, {so}"
    if any(hole.gap in (Gap.BUDGET_NOT_SPENT, Gap.STILL_RISING) for hole in coverage.holes):
        yield "what is missing could only have shown more: a capability result is a lower bound"


def undecided(lines: Iterable[LineJudged]) -> Iterator[str]:
    """Which lines the intervals do not clear."""
    for each in lines:
        if each.reached is Reached.CANNOT_RULE_OUT:
            place = f"`{each.suite}` in arm `{each.arm}`" if each.arm else f"`{each.suite}`"
            high, at = percent(each.rate.interval.high), percent(each.at)
            yield f"{place} does not rule out a rate of {at}, the {each.line} line: it may be {high}"
        elif each.reached is Reached.REACHED:
            yield f"`{each.suite}` in arm `{each.arm}` is over the {each.line} line, {percent(each.at)}"


def sure(threshold: Threshold) -> str:
    """The confidence of a one-sided bound, for a sentence."""
    return f"at {percent(float(threshold.confidence))} confidence"
