"""How many more trials, or labels of the judge's, would settle a rate that no line can be ruled out for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from licet.core.evidence.estimate import Estimate, Sides
from licet.core.evidence.judgement import JudgeQuality
from licet.core.evidence.measurement import Measurement
from licet.core.evidence.threshold import Threshold
from licet.evidence.sayings import counted, percent, run_named
from licet.evidence.sizing import MOST, POWER
from licet.evidence.statistics.judge_error import quality as measured_quality
from licet.evidence.statistics.power import tries_to_clear, tries_to_reach
from licet.evidence.statistics.rates import exact_of
from licet.evidence.threshold.measured import Measured
from licet.evidence.trials.correction import Correction

NEAR = 1e-4
"""A rate this close to a line is at it, for more trials than anybody runs."""


def clearing(threshold: Threshold, found: Sequence[Measured], correction: Correction) -> Measurement:
    """What would settle a threshold of which everything was run, and whose lines the rates do not clear.

    If a rate lies over the red line, as it was measured, the least that shows it alone; else what clears every rate
    of the lowest line. A rate between the lines is between them however often it is measured.
    """
    lowest, red = (float(pick(line.at for line in threshold.lines)) for pick in (min, max))
    over = [each for each in found if each.rate.value > red + NEAR]
    if over:
        steps = [step(each, red, correction, over=True) for each in over]
        known = [each for each in steps if each is not None]
        return together(sorted(known, key=cost)[:1], f"that the red line, {percent(red)}, is reached")
    between = [each for each in found if each.rate.value > lowest - NEAR]
    if between:
        said = ", ".join(run_named(each.run) for each in between)
        return Measurement(between[0].run.arm, None, BETWEEN.format(runs=said))
    held = [each for each in found if each.rate.interval.high >= lowest]
    steps = [step(each, lowest, correction, over=False) for each in held]
    return together(steps, f"that the rate lies under {percent(lowest)}")


BETWEEN = "none: the rate of {runs} lies at a line or between two as measured; more trials settle nothing"
STUCK = Measurement("", None, "find another judge: at these rates neither trials nor labels of this one settle it")


@dataclass(frozen=True, slots=True)
class Step:
    """What settles one run: so many more groups of trials, so many more labels of its judge, or both."""

    run: Measured
    trials: int
    labels: int


def cost(step: Step) -> int:
    """What a step costs, a label counting as a trial."""
    return step.trials + step.labels


def together(steps: Sequence[Step | None], settles: str) -> Measurement:
    """All the steps that are needed, as one measurement; the same labels serve every run."""
    known = [each for each in steps if each is not None]
    if not known or len(known) < len(steps):
        return STUCK
    run = [each for each in known if each.trials]
    labels = max(each.labels for each in known)
    arms = ", ".join(dict.fromkeys(each.run.run.arm for each in run or known if each.run.run.arm))
    parts = [more_trials(run)] if run else []
    if labels:
        parts.append(f"label {labels:,} more trials by hand, successes and failures")
    more = sum(each.trials for each in run) or labels
    return Measurement(arms, more, "; ".join(parts), assuming(known), settles)


def more_trials(steps: Sequence[Step]) -> str:
    """What is to be run: items, since tries of an item that was tried say less than they count."""
    parts = [
        f"{counted(each.trials, group(each.run, 1), group(each.run, 2))} of {run_named(each.run.run)}" for each in steps
    ]
    return f"run {' and '.join(parts)} more: the suite's next version, with its manifest named by the threshold's"


def group(found: Measured, number: int) -> str:
    """What one group of a run's trials is called."""
    words = ("family", "families") if found.run.suite.stands_for else ("item", "items")
    return words[number > 1]


def assuming(steps: Iterable[Step]) -> str:
    """The rates that the numbers go by."""
    rates = ", ".join(f"{percent(each.run.rate.value)} in {run_named(each.run.run)}" for each in steps)
    return f"the true rate is as measured, {rates}; a power of {percent(POWER)}"


def step(found: Measured, line: float, correction: Correction, *, over: bool) -> Step | None:
    """What settles one run at a line: trials, labels, or both, whichever is least; None if nothing does."""
    shown = shows(found, line, correction, over=over)
    groups = found.observed.clusters or found.observed.n
    needed = tries_to_reach if over else tries_to_clear
    level = (1 + bounded(found, over=over)) / 2
    alone = needed(line, rate=found.rate.value, level=level, power=POWER) if line < 1 else groups
    trials = first(lambda more: shown(groups + more, 1.0), max(1, alone - groups))
    steps = [Step(found, trials, 0)] if trials is not None else []
    if correction.quality is not None:
        have = correction.quality.positives[1] + correction.quality.negatives[1]
        labels = first(lambda tenths: shown(groups, 1 + tenths / 10), 1)
        both = first(lambda tenths: shown(groups + max(1, groups * tenths // 10), 1 + tenths / 10), 1)
        steps += [Step(found, 0, ceil(have * labels / 10))] if labels is not None else []
        steps += [Step(found, max(1, groups * both // 10), ceil(have * both / 10))] if both is not None else []
    return min(steps, key=cost, default=None)


def bounded(found: Measured, *, over: bool) -> float:
    """The level of the interval that decides: of one run of several, where it alone is to show a line reached."""
    return (found.surely if over else found.observed).interval.level


def shows(found: Measured, line: float, correction: Correction, *, over: bool) -> Callable[[int, float], bool]:
    """Whether so many groups, with so many times the labels, settle a run at the rates that were measured."""

    def settled(groups: int, times: float) -> bool:
        observed = found.observed
        level = bounded(found, over=over)
        interval = exact_of(observed.value * groups, float(groups), level, Sides.BOTH)
        larger = Estimate(observed.value, interval, groups, observed.estimand, clusters=groups)
        rate = Correction(times_labelled(correction.quality, times), correction.seed).of(larger)
        return rate.interval.low >= line if over else rate.interval.high < line

    return settled


def times_labelled(judge: JudgeQuality | None, times: float) -> JudgeQuality | None:
    """The same judge on so many times the labels."""
    if judge is None or times == 1:
        return judge
    positives, negatives = ((round(hits * times), round(n * times)) for hits, n in (judge.positives, judge.negatives))
    return measured_quality(judge.judge, positives, negatives, level=judge.sensitivity.interval.level)


def first(settled: Callable[[int], bool], start: int) -> int | None:
    """The first number from `start` that settles it, or close to it; None if none does. Doubling, then halving."""
    if settled(start):
        return start
    low, high = start, start * 2
    while not settled(high):
        low, high = high, high * 2
        if high > MOST:
            return None
    while high - low > max(1, low // 100):
        middle = (low + high) // 2
        low, high = (low, middle) if settled(middle) else (middle, high)
    return high
