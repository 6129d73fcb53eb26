"""Rates of trials in clusters: many trials of few families say little of other families."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.core.evidence.estimate import Estimand, Sides
from licet.evidence.statistics.clustered import breadth, clustered_rate, design_effect, effective
from licet.evidence.statistics.counted import Grouped, NoEstimateError
from licet.evidence.statistics.rates import exact, zero_failures

FAMILIES = st.lists(
    st.integers(1, 20).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=12
)


def columns(families: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    hits = [hit for k, n in families for hit in [1] * k + [0] * (n - k)]
    return hits, [family for family, (_, n) in enumerate(families) for _ in range(n)]


@given(FAMILIES, st.sampled_from(Sides))
@settings(max_examples=80, deadline=None)
def test_bounds_lie_within_the_scale_and_hold_the_rate(families: list[tuple[int, int]], sides: Sides) -> None:
    hits, clusters = columns(families)
    found = clustered_rate(hits, clusters, sides=sides)
    ends = (0.0, found.interval.low, found.value, found.interval.high, 1.0)
    assert all(one <= two for one, two in pairwise(ends))
    assert found.interval.width > 0
    assert (found.hits, found.n, found.clusters) == (sum(hits), len(hits), len(families))
    assert found.estimand is Estimand.POPULATION


@given(FAMILIES)
@settings(max_examples=60, deadline=None)
def test_clusters_never_tell_more_than_independent_trials(families: list[tuple[int, int]]) -> None:
    hits, clusters = columns(families)
    alone, together = exact(sum(hits), len(hits)), clustered_rate(hits, clusters).interval
    assert together.low <= alone.low + 1e-12
    assert together.high >= alone.high - 1e-12


@given(FAMILIES)
@settings(max_examples=60, deadline=None)
def test_hits_and_misses_are_mirrored(families: list[tuple[int, int]]) -> None:
    hits, clusters = columns(families)
    one, other = clustered_rate(hits, clusters), clustered_rate([1 - hit for hit in hits], clusters)
    assert one.interval.low == pytest.approx(1 - other.interval.high, abs=1e-9)
    assert one.interval.high == pytest.approx(1 - other.interval.low, abs=1e-9)


@pytest.mark.parametrize(("families", "tries"), [(1, 1000), (12, 5), (30, 10), (59, 20)])
def test_none_of_many_trials_is_none_of_as_many_families(families: int, tries: int) -> None:
    hits, clusters = columns([(0, tries)] * families)
    found = clustered_rate(hits, clusters, sides=Sides.UPPER)
    assert found.interval.high == pytest.approx(zero_failures(families))
    assert (found.interval.high < 0.05) == (families >= 59)


@pytest.mark.parametrize("hit", [1, 2, 5, 10])
def test_hits_never_bound_more_closely_than_none(hit: int) -> None:
    none, some = ([(int(family < count), 20) for family in range(29)] for count in (0, hit))
    for sides in (Sides.BOTH, Sides.UPPER):
        assert clustered_rate(*columns(some), sides=sides).interval.high >= (
            clustered_rate(*columns(none), sides=sides).interval.high
        )


def test_families_that_agree_count_as_one_trial_each() -> None:
    hits, clusters = columns([(20, 20)] * 10 + [(0, 20)] * 10)
    found = clustered_rate(hits, clusters).interval
    assert found.low <= exact(10, 20).low + 1e-9
    assert found.high >= exact(10, 20).high - 1e-9
    assert found.width < 0.55


def test_many_families_that_do_not_agree_are_nearly_independent_trials() -> None:
    hits, clusters = columns([(2, 5), (3, 5)] * 500)
    assert clustered_rate(hits, clusters).interval.width == pytest.approx(exact(2500, 5000).width, rel=0.01)


def test_trials_that_are_their_own_clusters_are_independent() -> None:
    hits = [1] * 5 + [0] * 95
    found = clustered_rate(hits, list(range(100))).interval
    assert (found.low, found.high) == pytest.approx((exact(5, 100).low, exact(5, 100).high), abs=1e-9)


def test_the_design_effect_is_that_of_the_variances() -> None:
    """Two families of 10 that hit always and never, twice: the rate varies as that of 4 trials, by 4/3 for few."""
    sums = Grouped(np.array([10.0, 0.0, 10.0, 0.0]), np.full(4, 10.0))
    assert design_effect(sums) == pytest.approx(10 * 4 / 3)
    assert effective(sums) == pytest.approx(4)
    spread = Grouped(np.array([5.0, 5.0, 5.0, 5.0]), np.full(4, 10.0))
    assert design_effect(spread) == 1.0
    assert 4 < effective(spread) < 40


def test_scores_between_0_and_1_have_a_mean() -> None:
    found = clustered_rate([0.25, 0.75, 0.5, 0.5], [1, 1, 2, 2])
    assert found.value == 0.5
    assert found.hits is None
    assert 0 < found.interval.low < 0.1
    assert 0.9 < found.interval.high < 1


def test_the_order_and_names_of_clusters_do_not_matter() -> None:
    hits, clusters = columns([(3, 7), (0, 2), (9, 9), (1, 5)])
    named = [f"kind {'dacb'[number]}" for number in clusters]
    assert clustered_rate(hits, clusters) == clustered_rate(hits, named)
    assert clustered_rate(hits[::-1], clusters[::-1]) == clustered_rate(hits, clusters)


def test_all_of_8_families_says_at_least_63_per_cent() -> None:
    found = breadth(8, 8)
    assert found.interval.low == pytest.approx(0.63, abs=0.001)
    assert found.estimand is Estimand.POPULATION
    assert breadth(5, 8).interval.low < 0.5


@pytest.mark.parametrize(
    ("hits", "clusters"),
    [([], []), ([1], [1, 2]), ([2], [1]), ([-1], [1]), ([math.nan], [1]), ([math.inf], [1]), (["x"], [1])],
)
def test_what_is_no_column_is_refused(hits: list[float], clusters: list[int]) -> None:
    with pytest.raises(NoEstimateError):
        clustered_rate(hits, clusters)


def test_a_cluster_has_a_number_or_a_name() -> None:
    with pytest.raises(NoEstimateError, match="whole numbers or names"):
        clustered_rate([1, 0], [1.0, math.nan])


def test_a_level_and_families_are_checked() -> None:
    with pytest.raises(NoEstimateError):
        clustered_rate([1], [1], level=0)
    with pytest.raises(NoEstimateError):
        breadth(0, 0)
