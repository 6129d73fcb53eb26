"""Rates: exact and Wilson intervals against SciPy and Inspect, and what holds of them whatever the counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_ai.scorer import SampleScore, Score, ci_wilson
from scipy.stats import binom, binomtest

from licet.core.evidence.estimate import Estimand, Sides
from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.rates import (
    detectable,
    exact,
    hits_for_share,
    rate,
    tries_for_share,
    tries_without_failure,
    wilson,
    zero_failures,
)

COUNTS = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.floats(0.3, 0.9999)
SIDES = st.sampled_from(Sides)
ALTERNATIVE = {Sides.BOTH: "two-sided", Sides.LOWER: "greater", Sides.UPPER: "less"}


@given(COUNTS, LEVELS, SIDES)
@settings(deadline=None)
def test_exact_bounds_are_scipys(counts: tuple[int, int], level: float, sides: Sides) -> None:
    ours = exact(*counts, level=level, sides=sides)
    theirs = binomtest(*counts, alternative=ALTERNATIVE[sides]).proportion_ci(level, method="exact")  # type: ignore[arg-type]
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(COUNTS, LEVELS)
@settings(deadline=None)
def test_wilson_is_scipys(counts: tuple[int, int], level: float) -> None:
    ours, theirs = wilson(*counts, level=level), binomtest(*counts).proportion_ci(level, method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@pytest.mark.parametrize(("hits", "n"), [(0, 12), (1, 12), (6, 12), (12, 12), (3, 700)])
def test_wilson_is_inspects(hits: int, n: int) -> None:
    scores = [SampleScore(score=Score(value=1.0 if i < hits else 0.0)) for i in range(n)]
    theirs = ci_wilson()(scores)  # type: ignore[arg-type]
    assert isinstance(theirs, dict)
    ours = wilson(hits, n)
    assert (ours.low, ours.high) == pytest.approx((theirs["lower"], theirs["upper"]), abs=1e-9)


@given(COUNTS, LEVELS, SIDES)
@settings(deadline=None)
def test_bounds_lie_within_the_scale_and_hold_the_rate(counts: tuple[int, int], level: float, sides: Sides) -> None:
    if sides is Sides.BOTH or level >= 0.5:
        found = rate(*counts, level=level, sides=sides)
        assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
        assert found.interval.width > 0
        assert found.value in wilson(*counts, level=level)


@given(COUNTS, SIDES)
@settings(deadline=None)
def test_more_hits_never_lower_a_bound(counts: tuple[int, int], sides: Sides) -> None:
    hits, n = counts
    if hits < n:
        less, more = exact(hits, n, sides=sides), exact(hits + 1, n, sides=sides)
        assert less.low <= more.low
        assert less.high <= more.high
        assert wilson(hits, n).low <= wilson(hits + 1, n).low


@given(COUNTS, st.integers(2, 5))
@settings(deadline=None)
def test_more_trials_at_the_same_rate_narrow_the_interval(counts: tuple[int, int], times: int) -> None:
    hits, n = counts
    assert exact(times * hits, times * n).width < exact(hits, n).width
    assert wilson(times * hits, times * n).width < wilson(hits, n).width


@given(COUNTS, LEVELS)
@settings(deadline=None)
def test_hits_and_misses_are_mirrored(counts: tuple[int, int], level: float) -> None:
    hits, n = counts
    one, other = exact(hits, n, level=level), exact(n - hits, n, level=level)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-12)


@pytest.mark.parametrize("n", [1, 5, 12, 30, 59])
def test_exact_intervals_cover_every_rate(n: int) -> None:
    """Not simulated: the probability of each outcome is known."""
    outcomes = np.arange(n + 1)
    for sides in Sides:
        bounds = [exact(int(hits), n, sides=sides) for hits in outcomes]
        for true in np.linspace(0, 1, 101):
            covered = sum(float(binom.pmf(k, n, true)) for k in outcomes if true in bounds[k])
            assert covered >= 0.95 - 1e-9


def test_one_side_spends_all_on_its_side() -> None:
    assert exact(3, 40, level=0.95, sides=Sides.UPPER).high == pytest.approx(exact(3, 40, level=0.90).high, abs=1e-12)
    assert exact(3, 40, sides=Sides.UPPER).low == 0.0
    assert exact(3, 40, sides=Sides.LOWER).high == 1.0


def test_none_of_n_is_never_nothing() -> None:
    assert exact(0, 12).high > 0.22
    assert wilson(0, 12).high > 0.24
    assert rate(0, 12).interval.high > 0.05 > rate(0, 59, sides=Sides.UPPER).interval.high
    assert rate(0, 12, sides=Sides.UPPER).interval.high > 0.05


def test_over_99_per_cent_needs_299() -> None:
    assert rate(100, 100, sides=Sides.LOWER).interval.low < 0.99
    assert rate(298, 298, sides=Sides.LOWER).interval.low < 0.99
    assert rate(299, 299, sides=Sides.LOWER).interval.low > 0.99


def test_an_estimate_says_what_it_is_about() -> None:
    found = rate(3, 4, estimand=Estimand.POPULATION)
    assert (found.value, found.hits, found.n, found.clusters) == (0.75, 3, 4, 4)
    assert found.estimand is Estimand.POPULATION
    assert rate(3, 4).estimand is Estimand.ITEMS
    assert found.interval.method == "Clopper-Pearson"


@given(st.floats(1e-5, 0.999), st.floats(0.5, 0.999))
@settings(deadline=None)
def test_as_few_tries_as_bound_a_rate(bound: float, level: float) -> None:
    n = tries_without_failure(bound, level=level)
    assert zero_failures(n, level=level) < bound
    assert n == 1 or zero_failures(n - 1, level=level) >= bound * (1 - 1e-12)


@given(st.integers(1, 10_000), st.floats(0.5, 0.999))
@settings(deadline=None)
def test_what_would_have_been_found(n: int, power: float) -> None:
    assert 1 - (1 - detectable(n, power=power)) ** n == pytest.approx(power, abs=1e-9)


@given(st.floats(0.01, 0.99), st.integers(1, 400), st.floats(0.5, 0.999))
@settings(deadline=None)
def test_the_fewest_hits_that_show_a_share(share: float, n: int, level: float) -> None:
    needed = hits_for_share(share, n, level=level)
    if needed is None:
        assert exact(n, n, level=level, sides=Sides.LOWER).low < share + 1e-9
    else:
        assert exact(needed, n, level=level, sides=Sides.LOWER).low >= share - 1e-9
        assert needed == 0 or exact(needed - 1, n, level=level, sides=Sides.LOWER).low < share + 1e-9


@given(st.floats(0.05, 0.95), st.integers(0, 30))
@settings(deadline=None)
def test_the_fewest_tries_that_show_a_share(share: float, failures: int) -> None:
    n = tries_for_share(share, failures=failures)
    assert exact(n - failures, n, sides=Sides.LOWER).low >= share - 1e-9
    assert n == failures + 1 or exact(n - 1 - failures, n - 1, sides=Sides.LOWER).low < share + 1e-9


@pytest.mark.parametrize(("hits", "n"), [(0, 0), (5, 4), (-1, 4), (1, -4)])
def test_impossible_counts_give_no_number(hits: int, n: int) -> None:
    for estimate in (exact, wilson, rate):
        with pytest.raises(NoEstimateError):
            estimate(hits, n)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 95.0, math.nan, math.inf])
def test_a_level_lies_between_0_and_1(level: float) -> None:
    for ask in (
        lambda: exact(1, 2, level=level),
        lambda: wilson(1, 2, level=level),
        lambda: rate(1, 2, level=level),
        lambda: zero_failures(2, level=level),
        lambda: tries_without_failure(0.1, level=level),
        lambda: tries_without_failure(level),
        lambda: detectable(2, power=level),
        lambda: hits_for_share(level, 2),
        lambda: tries_for_share(level),
    ):
        with pytest.raises(NoEstimateError, match="must lie between 0 and 1"):
            ask()


def test_a_count_may_be_numpys_and_must_be_whole() -> None:
    assert exact(np.int64(3), np.int32(9)) == exact(3, 9)
    with pytest.raises(NoEstimateError, match="whole number"):
        exact(2.5, 9)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="run at least one"):
        zero_failures(0)
