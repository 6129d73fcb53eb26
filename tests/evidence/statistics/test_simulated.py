"""Intervals cover what they claim, in worlds whose truth is known: drawn with a seed, counted.

What is exact or has few outcomes is not simulated but counted out (`test_rates`, `test_unpaired`, `test_paired`). The
tolerance is three standard errors of as many worlds, if 95 % of them are truly covered.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from licet.core.evidence.estimate import Interval, Sides
from licet.evidence.statistics.best_of import best_of
from licet.evidence.statistics.clustered import clustered_rate
from licet.evidence.statistics.judge_error import corrected, quality
from licet.evidence.statistics.paired import paired_difference
from licet.evidence.statistics.rates import rate
from licet.evidence.statistics.sequence import running
from licet.evidence.statistics.unpaired import clustered_difference

WORLDS = 150
SLOW = 50
Rng = np.random.Generator
Column = NDArray[np.float64]


def least(worlds: int = WORLDS) -> float:
    """The smallest share of covered worlds that three standard errors from 95 % allow."""
    return 0.95 - 3 * float((0.95 * 0.05 / worlds) ** 0.5)


def covered(seed: int, truth: float, interval: Callable[[Rng], Interval], worlds: int = WORLDS) -> float:
    """The share of worlds in which the interval holds the truth."""
    rng = np.random.default_rng(seed)
    return sum(truth in interval(rng) for _ in range(worlds)) / worlds


def families(rng: Rng, rate: float, alike: float, count: int) -> Column:
    """Rates of families with this mean, whose trials correlate by `alike` (a beta distribution; 0: all the same)."""
    if not alike:
        return np.full(count, rate)
    sure = 1 / alike - 1
    return rng.beta(rate * sure, (1 - rate) * sure, count)


def trials(rng: Rng, rates: Column, clusters: NDArray[np.int64]) -> Column:
    return (rng.random(len(clusters)) < rates[clusters]).astype(np.float64)


CLUSTERED = [  # families, trials in each, rate, correlation within a family
    pytest.param(2, 30, 0.5, 0.3, id="two families"),
    pytest.param(5, 20, 0.5, 0.3, id="five families"),
    pytest.param(5, 20, 0.02, 0.1, id="five families, rare"),
    pytest.param(12, 10, 0.1, 0.5, id="a dozen families that agree"),
    pytest.param(40, 8, 0.3, 0.2, id="forty families"),
    pytest.param(60, 10, 0.05, 0.5, id="sixty families, few of them hit"),
    pytest.param(200, 5, 0.02, 0.5, id="two hundred families, few of them hit"),
    pytest.param(30, 10, 0.9, 0.0, id="families that do not matter"),
]


@pytest.mark.parametrize("sides", Sides)
@pytest.mark.parametrize(("count", "size", "true", "alike"), CLUSTERED)
def test_clustered_rates_cover(count: int, size: int, true: float, alike: float, sides: Sides) -> None:
    clusters = np.repeat(np.arange(count), size)

    def interval(rng: Rng) -> Interval:
        hits = trials(rng, families(rng, true, alike, count), clusters)
        return clustered_rate(hits, clusters, sides=sides).interval

    assert covered(1, true, interval) >= least()


def test_clustered_rates_of_unequal_families_cover() -> None:
    def interval(rng: Rng) -> Interval:
        clusters = np.repeat(np.arange(25), rng.integers(1, 40, 25))
        return clustered_rate(trials(rng, families(rng, 0.3, 0.3, 25), clusters), clusters).interval

    assert covered(2, 0.3, interval) >= least()


def test_trials_taken_as_independent_do_not_cover() -> None:
    """What the clustering is for: the exact interval of the same trials misses the population's rate too often."""
    clusters = np.repeat(np.arange(20), 20)

    def interval(rng: Rng) -> Interval:
        hits = trials(rng, families(rng, 0.5, 0.3, 20), clusters)
        return rate(int(hits.sum()), len(hits)).interval

    assert covered(3, 0.5, interval) < 0.75


@pytest.mark.parametrize(
    ("count", "size", "one", "two", "alike"),
    [
        pytest.param(4, 25, 0.5, 0.5, 0.3, id="four families"),
        pytest.param(12, 10, 0.9, 0.8, 0.3, id="a dozen families"),
        pytest.param(12, 10, 0.1, 0.02, 0.3, id="a dozen families, rare"),
        pytest.param(40, 8, 0.6, 0.4, 0.5, id="forty families"),
        pytest.param(40, 8, 0.3, 0.3, 0.0, id="families that do not matter"),
    ],
)
def test_paired_differences_cover(count: int, size: int, one: float, two: float, alike: float) -> None:
    clusters = np.repeat(np.arange(count), size)

    def interval(rng: Rng) -> Interval:
        first = trials(rng, families(rng, one, alike, count), clusters)
        second = trials(rng, families(rng, two, alike, count), clusters)
        return paired_difference(first, second, clusters, rng=rng).difference.interval

    assert covered(4, one - two, interval, SLOW) >= least(SLOW)


def test_paired_differences_of_arms_that_hang_together_cover() -> None:
    """Items that are hard are hard for both."""
    clusters = np.repeat(np.arange(15), 10)

    def interval(rng: Rng) -> Interval:
        hard = trials(rng, families(rng, 0.5, 0.4, 15), clusters)
        slip = (rng.random(150) < 0.2).astype(np.float64)
        return paired_difference(hard, hard * slip, clusters, rng=rng).difference.interval

    assert covered(5, 0.5 - 0.5 * 0.2, interval, SLOW) >= least(SLOW)


def test_differences_of_scores_cover() -> None:
    def interval(rng: Rng) -> Interval:
        return paired_difference(rng.beta(3, 2, 30), rng.beta(2, 3, 30), rng=rng).difference.interval

    assert covered(6, 0.2, interval, SLOW) >= least(SLOW)


def test_differences_of_clustered_arms_cover() -> None:
    one, two = np.repeat(np.arange(12), 10), np.repeat(np.arange(20), 5)

    def interval(rng: Rng) -> Interval:
        first = trials(rng, families(rng, 0.7, 0.3, 12), one)
        second = trials(rng, families(rng, 0.4, 0.3, 20), two)
        return clustered_difference(first, one, second, two).difference.interval

    assert covered(7, 0.7 - 0.4, interval) >= least()


@pytest.mark.parametrize("rates", [(0.5, 0.5, 0.5), (0.5, 0.4, 0.2)])
def test_the_gain_over_the_best_covers(rates: tuple[float, ...]) -> None:
    clusters = np.repeat(np.arange(20), 5)

    def interval(rng: Rng) -> Interval:
        technique = trials(rng, families(rng, 0.6, 0.2, 20), clusters)
        gains = [technique - trials(rng, families(rng, each, 0.2, 20), clusters) for each in rates]
        return best_of(gains, clusters, rng=rng).difference.interval

    assert covered(8, 0.6 - max(rates), interval, SLOW) >= least(SLOW)


@pytest.mark.parametrize("sides", [Sides.BOTH, Sides.UPPER])
@pytest.mark.parametrize(
    ("sensitivity", "specificity", "true", "n", "labels"),
    [(0.9, 0.9, 0.3, 100, 50), (0.9, 0.95, 0.02, 200, 100), (0.8, 0.8, 0.0, 100, 50), (0.7, 0.6, 0.5, 100, 100)],
)
def test_corrected_rates_cover(
    sensitivity: float, specificity: float, true: float, n: int, labels: int, sides: Sides
) -> None:
    def interval(rng: Rng) -> Interval:
        positives, negatives = int(rng.binomial(labels, sensitivity)), int(rng.binomial(labels, specificity))
        seen = int(rng.binomial(n, true * sensitivity + (1 - true) * (1 - specificity)))
        judge = quality("judge", (positives, labels), (negatives, labels))
        return corrected(rate(seen, n, sides=sides), judge, rng=rng).interval

    assert covered(9, true, interval, SLOW) >= least(SLOW)


def test_corrected_clustered_rates_cover() -> None:
    clusters = np.repeat(np.arange(12), 20)

    def interval(rng: Rng) -> Interval:
        truly = trials(rng, families(rng, 0.4, 0.2, 12), clusters)
        seen = np.where(truly > 0, rng.random(240) < 0.9, rng.random(240) < 0.1)
        judge = quality("judge", (int(rng.binomial(60, 0.9)), 60), (int(rng.binomial(60, 0.9)), 60))
        return corrected(clustered_rate(seen, clusters), judge, rng=rng).interval

    assert covered(10, 0.4, interval, SLOW) >= least(SLOW)


@pytest.mark.parametrize("true", [0.001, 0.05, 0.5, 0.95])
def test_confidence_sequences_cover_at_every_look(true: float) -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(WORLDS):
        found = running(rng.random(2000) < true)
        held += bool(np.all((found.low <= true) & (true <= found.high)))
    assert held / WORLDS >= least()


def test_intervals_for_one_look_do_not_cover_every_look() -> None:
    """What the sequence is for: the exact interval, looked at after every 60 trials, misses the truth at some look."""
    rng = np.random.default_rng(12)
    held = 0
    for _ in range(WORLDS):
        hits = np.cumsum(rng.random(1000) < 0.5)
        held += all(0.5 in rate(int(hits[n - 1]), n).interval for n in range(10, 1001, 60))
    assert held / WORLDS < 0.9
