"""Looking while a suite runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, xlog1py, xlogy

from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.rates import exact
from licet.evidence.statistics.sequence import running

TRIALS = st.lists(st.booleans(), min_size=1, max_size=200)


@given(TRIALS, st.floats(0.5, 0.999))
@settings(deadline=None)
def test_each_end_is_a_rate_that_the_mixture_barely_beats(hits: list[bool], level: float) -> None:
    found = running(hits, level=level)
    for ends, tight in ((found.low, found.hits > 0), (found.high, found.hits < found.tries)):
        k, n, end = found.hits[tight], found.tries[tight], ends[tight]
        ratio = betaln(k + 1, n - k + 1) - xlogy(k, end) - xlog1py(n - k, -end)
        assert ratio == pytest.approx(np.full(len(k), -np.log(1 - level)), abs=1e-6)


@given(TRIALS)
@settings(deadline=None)
def test_bounds_lie_within_the_scale_and_hold_the_rate(hits: list[bool]) -> None:
    found = running(hits)
    shares = found.hits / found.tries
    assert np.all((found.low >= 0) & (found.low <= shares) & (shares <= found.high) & (found.high <= 1))
    assert np.all(found.high > found.low)
    assert not np.any(np.isnan(found.low) | np.isnan(found.high))


@given(TRIALS)
@settings(deadline=None)
def test_looking_whenever_costs_something(hits: list[bool]) -> None:
    """At each look it is wider than an interval for one look that was settled before."""
    found, once = running(hits)[-1], exact(sum(hits), len(hits))
    assert found.low <= once.low + 1e-9
    assert found.high >= once.high - 1e-9


@given(TRIALS)
@settings(deadline=None)
def test_hits_and_misses_are_mirrored(hits: list[bool]) -> None:
    found, other = running(hits), running([not hit for hit in hits])
    assert found.low == pytest.approx(1 - other.high, abs=1e-12)


def test_the_first_look_says_hardly_anything() -> None:
    first = running([True, False, False])[0]
    assert first.low == pytest.approx(0.025, abs=1e-9)
    assert first.high == 1.0
    assert first.method == "beta-binomial confidence sequence"


def test_looks_are_those_of_every_trial() -> None:
    hits = np.random.default_rng(1).random(500) < 0.1
    every, some = running(hits), running(hits, looks=[10, 100, 500])
    assert len(every) == 500
    assert list(some) == [every[9], every[99], every[499]]
    assert list(some.tries) == [10, 100, 500]
    assert list(some.hits) == [int(hits[:n].sum()) for n in (10, 100, 500)]


def test_a_long_run_without_a_hit_is_bounded() -> None:
    found = running(np.zeros(200), looks=[59, 157, 158])
    assert found.high[1] >= 0.05 > found.high[2]
    assert np.all(found.low == 0)


def test_a_long_run_is_narrow() -> None:
    hits = np.arange(200_000) % 20 == 0
    last = running(hits, looks=[200_000])[0]
    assert 0.045 < last.low < 0.05 < last.high < 0.055


@pytest.mark.parametrize(
    ("hits", "looks"),
    [
        ([], None),
        ([0.5], None),
        ([np.nan], None),
        ([1, 0], []),
        ([1, 0], [0]),
        ([1, 0], [3]),
        ([1, 0], [2, 1]),
        ([1, 0], [1, 1]),
        ([1, 0], [1.0]),
    ],
)
def test_what_is_no_run_is_refused(hits: list[float], looks: list[int] | None) -> None:
    with pytest.raises(NoEstimateError):
        running(hits, looks=looks)


def test_a_level_is_checked() -> None:
    with pytest.raises(NoEstimateError):
        running([1], level=1.0)
