"""How many labels would show that a judge is good enough, and when no number would."""

from __future__ import annotations

from decimal import Decimal

from licet.core.evidence.estimate import Sides
from licet.core.evidence.judgement import JudgeQuality
from licet.core.evidence.measurement import Measurement
from licet.core.evidence.threshold import Asked
from licet.evidence.sayings import percent
from licet.evidence.statistics.rates import exact_of

COIN = Decimal("0.5")
"""A judge that is right no more often than a coin tells nothing, whatever is asked of it."""

MOST_LABELS = 1_000_000
LEVEL = 0.95
ANOTHER = Measurement(
    "", None, "score the trials anew with another judge: no number of labels makes this one good enough"
)


def judge_next(asked: Asked | None, quality: JudgeQuality | None) -> Measurement:
    """What would show that the judge is as good as asked: more labelled trials, or another judge.

    Labels of successes and of failures are counted together; each shows one of the two rates.
    """
    least = (asked.sensitivity, asked.specificity) if asked else (COIN, COIN)
    wanted = [max(float(each), float(COIN)) for each in least]
    have = (quality.positives[1], quality.negatives[1]) if quality else (0, 0)
    rates = [half(each) for each in wanted]
    if quality is not None:
        rates = [quality.sensitivity.value, quality.specificity.value]
    needed = [labels_to_show(bound, rate) for bound, rate in zip(wanted, rates, strict=True)]
    if None in needed:
        return ANOTHER
    more = sum(max(0, (need or 0) - had) for need, had in zip(needed, have, strict=True))
    more = max(more, asked.labels - sum(have) if asked else 0)
    what = f"label {more:,} trials by hand, successes and failures, and compare the judge's scores with the labels"
    sensitivity, specificity = map(percent, rates)
    return Measurement("", more, what, f"the judge's sensitivity is {sensitivity} and its specificity {specificity}")


def half(least: float) -> float:
    """What is assumed of a judge that nobody measured: half as many errors as are allowed."""
    return (1 + least) / 2


def labels_to_show(least: float, rate: float) -> int | None:
    """The fewest labels whose exact lower bound is at least `least`, at this rate; None if no number's is."""
    if rate <= least or not short(least, rate, 0):
        return None
    high = 1
    while short(least, rate, high):
        high *= 2
        if high > MOST_LABELS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if short(least, rate, middle) else (low, middle)
    return high


def short(least: float, rate: float, labels: int) -> bool:
    """Whether so many labels at this rate do not show it."""
    return labels == 0 or exact_of(rate * labels, float(labels), LEVEL, Sides.BOTH).low < least
