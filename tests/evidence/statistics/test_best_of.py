"""The gain over the best of several baselines."""

from __future__ import annotations

import numpy as np
import pytest

from licet.core.evidence.estimate import Estimand, Told
from licet.evidence.statistics.best_of import best_of
from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.paired import of_gains


def drawn(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def gains(first_only: int, second_only: int, same: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.repeat([1.0, -1.0, 0.0], [first_only, second_only, same])


def test_one_baseline_needs_no_correction() -> None:
    values = gains(20, 5, 75)
    assert best_of([values], margin=0.1, rng=drawn()) == of_gains(values, margin=0.1, rng=drawn())


def test_the_gain_is_that_over_the_best() -> None:
    found = best_of([gains(80, 0, 20), gains(40, 0, 60), gains(60, 0, 40)], rng=drawn())
    assert found.difference.value == 0.4
    assert found.told is Told.MORE
    assert found.discordant == (40, 0)
    assert (found.difference.n, found.difference.estimand) == (100, Estimand.ITEMS)


def test_a_gain_over_each_is_a_gain_over_the_best() -> None:
    """The lower end needs no correction: a gain over the best is shown exactly if one over each is."""
    columns = [gains(20, 5, 75), gains(30, 5, 65)]
    lows = [of_gains(each, rng=drawn()).difference.interval.low for each in columns]
    assert best_of(columns, rng=drawn()).difference.interval.low == min(lows)
    assert best_of([*columns, gains(6, 5, 89)], rng=drawn()).told is Told.UNDECIDED


def test_more_baselines_make_no_gain_harder_to_show() -> None:
    """The upper end is corrected: among many equal baselines one seems better by luck."""
    column = gains(6, 6, 288)
    highs = [best_of([column] * k, margin=0.05, rng=drawn()).difference.interval.high for k in (1, 2, 5, 20)]
    assert highs == sorted(highs)
    assert len(set(highs)) == 4
    assert best_of([column], margin=0.04, rng=drawn()).told is Told.EQUIVALENT
    assert best_of([column] * 20, margin=0.04, rng=drawn()).told is Told.UNDECIDED


def test_baselines_that_solve_it_all_are_equivalent() -> None:
    same = np.zeros(80)
    assert best_of([same, gains(40, 0, 40)], margin=0.1, rng=drawn()).told is Told.EQUIVALENT
    assert best_of([same, gains(40, 0, 40)], rng=drawn()).told is Told.UNDECIDED


def test_clusters_go_through() -> None:
    families = np.repeat(np.arange(10), 10)
    found = best_of([gains(50, 0, 50), gains(80, 0, 20)], families, rng=drawn())
    assert (found.difference.clusters, found.difference.estimand) == (10, Estimand.POPULATION)
    assert found.difference.interval.width > best_of([gains(50, 0, 50)] * 2, rng=drawn()).difference.interval.width


def test_no_baseline_or_other_items_is_refused() -> None:
    with pytest.raises(NoEstimateError, match="at least one baseline"):
        best_of([], rng=drawn())
    with pytest.raises(NoEstimateError, match="the same items"):
        best_of([gains(1, 1, 1), gains(1, 1, 2)], rng=drawn())
    with pytest.raises(NoEstimateError):
        best_of([[], []], rng=drawn())
    with pytest.raises(NoEstimateError):
        best_of([[1.0], [1.0]], level=1.5, rng=drawn())
