"""How many trials a question needs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from licet.core.evidence.estimate import Sides, Told
from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.paired import of_gains
from licet.evidence.statistics.power import power_of, tries_paired, tries_to_clear, tries_to_reach, tries_unpaired
from licet.evidence.statistics.rates import exact, tries_without_failure

RATES = st.floats(0.02, 0.98)


@given(RATES, RATES)
@settings(deadline=None)
def test_as_few_tries_as_have_the_power(p1: float, p2: float) -> None:
    assume(abs(p1 - p2) > 0.01)
    n = tries_unpaired(p1, p2)
    assert n == tries_unpaired(p2, p1)
    assert power_of(n, p1, p2) >= 0.8 - 1e-6
    assert n < 3 or power_of(n - 1, p1, p2) < 0.8 + 1e-6


@given(RATES, RATES)
@settings(deadline=None)
def test_pairs_that_agree_need_fewer(p1: float, p2: float) -> None:
    assume(abs(p1 - p2) > 0.01)
    apart, independent = abs(p1 - p2), tries_paired(p1, p2)
    assert tries_paired(p1, p2, discordant=apart) <= independent
    assert tries_paired(p1, p2, correlation=0.0) == independent


def test_between_95_and_90_per_cent() -> None:
    assert tries_unpaired(0.95, 0.9) == 435
    assert tries_paired(0.95, 0.9, discordant=0.05) == 155
    assert tries_paired(0.95, 0.9, discordant=0.11) == 343
    assert tries_paired(0.95, 0.9, correlation=0.23) == pytest.approx(343, abs=2)
    assert tries_unpaired(0.95, 0.9, power=0.95) > tries_unpaired(0.95, 0.9, power=0.9) > 435
    assert tries_unpaired(0.95, 0.9, level=0.99) > 435


def test_so_many_items_tell_as_often_as_they_should() -> None:
    """343 items of which the arms differ on 11 %, first worse on 8 %: 80 %, less what the exact test takes."""
    rng = np.random.default_rng(11)
    told = [
        of_gains(np.repeat([1.0, -1.0, 0.0], rng.multinomial(343, [0.03, 0.08, 0.89])), rng=rng).told
        for _ in range(400)
    ]
    assert told.count(Told.LESS) / 400 == pytest.approx(0.78, abs=3 * (0.8 * 0.2 / 400) ** 0.5)


@given(st.floats(0.005, 0.9))
@settings(deadline=None)
def test_clearing_a_bound_with_no_hit_expected(bound: float) -> None:
    assert tries_to_clear(bound) == pytest.approx(tries_without_failure(bound), abs=1)


@given(st.floats(0.05, 0.5), st.floats(0.0, 0.6))
@settings(max_examples=40, deadline=None)
def test_so_many_trials_clear_a_bound_as_often_as_asked(bound: float, part: float) -> None:
    true = bound * part
    n = tries_to_clear(bound, rate=true)
    clears = [k for k in range(n + 1) if exact(k, n, sides=Sides.UPPER).high <= bound + 1e-9][-1]
    assert float(binom.cdf(clears, n, true)) >= 0.8 - 1e-9


@given(st.floats(0.05, 0.95), st.floats(0.3, 1.0))
@settings(max_examples=40, deadline=None)
def test_so_many_trials_reach_a_bound_as_often_as_asked(bound: float, part: float) -> None:
    true = bound + (1 - bound) * part
    n = tries_to_reach(bound, rate=true)
    reaches = next(k for k in range(n + 1) if exact(k, n, sides=Sides.LOWER).low >= bound - 1e-9)
    assert float(binom.sf(reaches - 1, n, true)) >= 0.8 - 1e-9


def test_a_rate_near_the_bound_needs_many() -> None:
    needed = [tries_to_clear(0.05, rate=rate) for rate in (0.0, 0.01, 0.02, 0.04, 0.049)]
    assert needed[:2] == [59, 124]
    assert needed == sorted(needed)
    assert needed[-1] > 100_000
    assert tries_to_clear(0.05, rate=0.04999) == pytest.approx(6.2 * 0.05 * 0.95 / 1e-10, rel=0.02)
    assert tries_to_reach(0.5) == 5


@pytest.mark.parametrize(
    "ask",
    [
        lambda: tries_unpaired(0.5, 0.5),
        lambda: tries_unpaired(1.5, 0.5),
        lambda: tries_unpaired(math.nan, 0.5),
        lambda: tries_unpaired(0.4, 0.5, power=1.0),
        lambda: tries_unpaired(0.4, 0.5, level=0.0),
        lambda: tries_paired(0.95, 0.9, discordant=0.04),
        lambda: tries_paired(0.95, 0.9, discordant=0.2),
        lambda: tries_paired(0.95, 0.9, correlation=0.99),
        lambda: tries_paired(0.95, 0.9, discordant=0.1, correlation=0.2),
        lambda: tries_to_clear(0.05, rate=0.05),
        lambda: tries_to_clear(0.05, rate=-0.1),
        lambda: tries_to_clear(0.05, rate=math.nan),
        lambda: tries_to_clear(0.05, rate=0.05 - 1e-12),
        lambda: tries_to_clear(0.0),
        lambda: tries_to_reach(0.5, rate=0.5),
        lambda: tries_to_reach(0.5, rate=1.1),
        lambda: power_of(0, 0.5, 0.6),
        lambda: power_of(10, 0.5, 0.5),
    ],
)
def test_questions_that_no_number_answers(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(NoEstimateError):
        ask()
