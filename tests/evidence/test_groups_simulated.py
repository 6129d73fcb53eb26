"""The intervals that verdicts go by, over worlds of items and families that agree and that do not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray

from licet.core.evidence.estimate import Estimand, Estimate
from licet.evidence.statistics.clustered import clustered_rate
from licet.evidence.threshold.measured import rate_by_group

WORLDS = 300
CONFIDENCE = 0.975
"""Of each end; so the two-sided level is 95 %."""


def estimate(hits: NDArray[np.bool_], groups: NDArray[np.int64]) -> Estimate:
    return rate_by_group(hits, groups, CONFIDENCE, Estimand.POPULATION, "by family")


def world(rng: Generator, families: int, sizes: tuple[int, int], mean: float, alike: float) -> Estimate:
    """Families drawn from a population of families with this mean; `alike` is 1 where all trials of one agree."""
    count = rng.integers(*sizes, size=families, endpoint=True)
    if alike == 0:
        rates = np.full(families, mean)
    elif alike == 1:
        rates = (rng.random(families) < mean).astype(np.float64)
    else:
        spread = (1 - alike) / alike
        rates = rng.beta(mean * spread, (1 - mean) * spread, families)
    groups = np.repeat(np.arange(families), count)
    return estimate(rng.random(len(groups)) < rates[groups], groups)


@pytest.mark.parametrize("families", [4, 40])
@pytest.mark.parametrize("sizes", [(5, 5), (1, 20)])
@pytest.mark.parametrize("mean", [0.02, 0.2, 0.5, 0.9])
def test_groups_means_cover(families: int, sizes: tuple[int, int], mean: float) -> None:
    """Each end by itself misses in at most 2.5 % of worlds, within three standard errors, however much trials agree."""
    rng = np.random.default_rng(17)
    for alike in (0.0, 0.3, 1.0):
        found = [world(rng, families, sizes, mean, alike).interval for _ in range(WORLDS)]
        allowed = 0.025 + 3 * np.sqrt(0.025 * 0.975 / len(found))
        assert np.mean([each.low > mean for each in found]) <= allowed, alike
        assert np.mean([each.high < mean for each in found]) <= allowed, alike


def test_a_success_more_never_lowers_a_bound() -> None:
    """The property for which verdicts go by groups' means; an estimated design effect has it not, as the page says."""
    rng = np.random.default_rng(3)
    fell = 0
    for _ in range(300):
        groups = rng.integers(0, 6, 24)
        hits = rng.random(24) < 0.4
        if hits.all():
            continue
        more = hits.copy()
        more[rng.choice(np.flatnonzero(~hits))] = True
        before, after = estimate(hits, groups).interval, estimate(more, groups).interval
        assert after.low >= before.low
        assert after.high >= before.high
        fell += clustered_rate(more, groups).interval.high < clustered_rate(hits, groups).interval.high - 1e-9
    assert fell > 0
