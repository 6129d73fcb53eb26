"""Rates of trials that are not independent: tries of the same item, items of the same family.

The families are the sample. Many trials in few families say much of those families and little of the others.
"""

from __future__ import annotations

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from licet.core.evidence.estimate import Estimand, Estimate, Interval, Sides
from licet.evidence.statistics.counted import Grouped, column, grouped, inside
from licet.evidence.statistics.rates import exact_of, rate

CLUSTERED = "Korn-Graubard"


def clustered_rate(
    hits: ArrayLike,
    clusters: ArrayLike,
    *,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
    estimand: Estimand = Estimand.POPULATION,
    rng: np.random.Generator | None = None,  # noqa: ARG001 - nothing is drawn; one call for all clustered estimates
) -> Estimate:
    """A rate over trials in clusters, `hits` 0 or 1 (or a score between) and `clusters` a number for each trial.

    The interval is exact for an effective number of trials (Korn and Graubard 1998): n over the design effect, which is
    not let below 1, made smaller by what Student's t takes for few clusters. Beyond that no bound excludes what the
    clusters, each taken as one trial, could not: an unseen kind of family. So 0 of n gives the bound of 0 of as many
    trials as there are clusters. Raises `NoEstimateError` for empty or unequal columns and values outside [0, 1].
    """
    values = column("hits", hits)
    sums = grouped(values, clusters)
    interval = _interval(sums, inside("level", level), sides)
    counted = int(values.sum()) if np.all((values == 0) | (values == 1)) else None
    return Estimate(sums.mean, interval, sums.n, estimand, counted, sums.count)


def _interval(sums: Grouped, level: float, sides: Sides) -> Interval:
    n = effective(sums)
    found = exact_of(sums.mean * n, n, level, sides, CLUSTERED)
    families = float(sums.count)
    unseen = exact_of(0.0, families, level, sides).high if sides is not Sides.LOWER else 1.0
    always = exact_of(families, families, level, sides).low if sides is not Sides.UPPER else 0.0
    return Interval(min(found.low, always), max(found.high, unseen), level, CLUSTERED, sides)


def effective(sums: Grouped) -> float:
    """How many independent trials tell as much as these, counting what few clusters leave uncertain.

    `n / design effect * (t(n-1) / t(G-1)) ** 2` with G clusters (Korn and Graubard 1998, section 2); G itself where
    all hit, or none, because then nothing shows how much the trials of a cluster agree.
    """
    if sums.count == 1 or not 0 < sums.mean < 1:
        return float(sums.count)
    few = float(t.isf(0.025, sums.n - 1) / t.isf(0.025, sums.count - 1)) ** 2
    return sums.n / design_effect(sums) * min(1.0, few)


def design_effect(sums: Grouped) -> float:
    """How many times wider than for independent trials the variance of the rate is; at least 1."""
    mean = sums.mean
    alone = mean * (1 - mean) / sums.n
    return max(1.0, variance(sums) / alone) if alone > 0 else 1.0


def variance(sums: Grouped) -> float:
    """The variance of the mean as a ratio of sums by cluster, linearised (Cochran 1977, equation 6.13)."""
    if sums.count == 1:
        return float("inf")
    apart = sums.sums - sums.mean * sums.sizes
    return float(np.square(apart).sum()) * sums.count / (sums.count - 1) / sums.n**2


def breadth(worked: SupportsIndex, families: SupportsIndex, *, level: float = 0.95) -> Estimate:
    """In which share of the families something worked: each family is one trial. 8 of 8 says at least 0.63."""
    return rate(worked, families, level=level, estimand=Estimand.POPULATION)
