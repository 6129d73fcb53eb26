"""Two arms on different items: score intervals, the exact test, and clustered arms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import xlogy
from scipy.stats import binom, fisher_exact

from licet.core.evidence.estimate import Estimand, Told
from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.unpaired import clustered_difference, difference

COUNTS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, COUNTS)
@settings(max_examples=60, deadline=None)
def test_any_two_arms_have_a_difference(one: tuple[int, int], two: tuple[int, int]) -> None:
    found = difference(*one, *two)
    low, high = found.difference.interval.low, found.difference.interval.high
    assert -1 <= low <= found.difference.value <= high <= 1
    assert high > low
    assert found.p is not None
    assert 0 <= found.p <= 1


@given(COUNTS, COUNTS)
@settings(max_examples=60, deadline=None)
def test_changing_places_changes_the_sign(one: tuple[int, int], two: tuple[int, int]) -> None:
    there, back = difference(*one, *two), difference(*two, *one)
    assert there.difference.interval.low == pytest.approx(-back.difference.interval.high, abs=1e-6)
    assert there.difference.interval.high == pytest.approx(-back.difference.interval.low, abs=1e-6)
    assert there.p == pytest.approx(back.p)


@pytest.mark.parametrize("counts", [(95, 100, 90, 100), (56, 70, 48, 80), (30, 80, 12, 60), (13, 6950, 2, 2260)])
def test_the_ends_are_where_the_likeliest_rates_are_barely_rejected(counts: tuple[int, int, int, int]) -> None:
    """By another way to the likeliest rates: SciPy's search for the greatest likelihood."""
    x, n, y, m = counts
    interval = difference(*counts).difference.interval
    for end, sign in ((interval.low, 1), (interval.high, -1)):

        def unlikely(rate: float, end: float = end) -> float:
            return -float(xlogy([x, n - x, y, m - y], [rate + end, 1 - rate - end, rate, 1 - rate]).sum())

        within = (max(0.0, -end), min(1.0, 1 - end))
        other = float(minimize_scalar(unlikely, bounds=within, method="bounded", options={"xatol": 1e-12}).x)
        one = other + end
        spread = (one * (1 - one) / n + other * (1 - other) / m) * (n + m) / (n + m - 1)
        assert (x / n - y / m - end) / spread**0.5 == pytest.approx(sign * 1.959964, abs=1e-4)


def test_p_is_fishers() -> None:
    assert difference(8, 10, 1, 6).p == pytest.approx(fisher_exact([[8, 2], [1, 5]]).pvalue)  # type: ignore[arg-type]


@pytest.mark.parametrize("sizes", [(10, 10), (30, 15)])
def test_score_intervals_cover_about_what_they_claim(sizes: tuple[int, int]) -> None:
    """Not simulated: over a grid of pairs of rates, nearly 95 % on average, and never far below."""
    first, second = (np.arange(n + 1) for n in sizes)
    ends = [[difference(int(x), sizes[0], int(y), sizes[1]).difference.interval for y in second] for x in first]
    low, high = (np.array([[getattr(each, end) for each in row] for row in ends]) for end in ("low", "high"))
    covered = []
    for one in np.linspace(0.02, 0.98, 25):
        for two in np.linspace(0.02, 0.98, 25):
            chance = np.outer(binom.pmf(first, sizes[0], one), binom.pmf(second, sizes[1], two))
            covered.append(float(chance[(low <= one - two) & (one - two <= high)].sum()))
    assert np.mean(covered) >= 0.95
    assert min(covered) >= 0.91


def test_few_hits_among_many_trials_are_no_difference() -> None:
    found = difference(13, 695_000, 2, 226_000)
    assert found.told is Told.UNDECIDED
    assert found.p == pytest.approx(0.55, abs=0.005)


def test_five_points_fewer_served_take_435_an_arm() -> None:
    assert difference(90, 100, 95, 100).told is Told.UNDECIDED
    assert difference(391, 435, 413, 435).told is Told.LESS


def test_nothing_in_both_arms_is_equivalent_only_with_enough_trials() -> None:
    assert difference(0, 50, 0, 50).told is Told.UNDECIDED
    assert difference(0, 50, 0, 50, margin=0.05).told is Told.UNDECIDED
    assert difference(0, 100, 0, 100, margin=0.05).told is Told.EQUIVALENT
    assert difference(0, 100_000, 0, 100_000).told is Told.UNDECIDED


@pytest.mark.parametrize("counts", [(1, 2, 0, 0), (3, 2, 1, 1), (1, 2, -1, 1)])
def test_impossible_arms_have_no_difference(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(NoEstimateError):
        difference(*counts)


@pytest.mark.parametrize("level", [0.0, 1.0, math.nan])
def test_a_level_is_checked(level: float) -> None:
    with pytest.raises(NoEstimateError):
        difference(1, 2, 1, 2, level=level)


def test_clustered_arms_tell_less_than_independent_trials() -> None:
    families = np.repeat(np.arange(10), 50)
    first = (np.arange(500) % 50 < 30).astype(float)
    agreeing = np.repeat([1, 1, 1, 1, 1, 1, 0, 0, 0, 0], 50)
    nothing = np.zeros(500)
    spread = clustered_difference(first, families, nothing, families)
    together = clustered_difference(agreeing, families, nothing, families)
    assert spread.difference.value == together.difference.value == 0.6
    assert together.difference.interval.width > spread.difference.interval.width
    assert together.difference.interval.low < 0.25 < spread.difference.interval.low
    assert spread.told is Told.MORE
    assert (spread.difference.n, spread.difference.clusters) == (1000, 20)
    assert spread.difference.estimand is Estimand.POPULATION
    assert spread.p is None


def test_clustered_arms_without_a_hit_are_not_equivalent() -> None:
    families, nothing = np.repeat(np.arange(5), 100), np.zeros(500)
    found = clustered_difference(nothing, families, nothing, families, margin=0.1)
    assert found.told is Told.UNDECIDED
    assert found.difference.interval.low == -found.difference.interval.high < -0.5
