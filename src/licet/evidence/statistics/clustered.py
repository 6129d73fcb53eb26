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
) -> Estimate:
    """A rate over trials in clusters, `hits` 0 or 1 (or a score between) and `clusters` a number for each trial.

    The interval is exact for an effective number of trials (Korn and Graubard 1998; see `effective`). Beyond that no
    bound excludes what the clusters, each taken as one trial, could not: an unseen kind of family. So 0 of n gives the
    bound of 0 of as many trials as there are clusters. Raises `NoEstimateError` for empty or unequal columns and values
    outside [0, 1].
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

    `n / design effect * (t(n-1) / t(g-1)) ** 2` (Korn and Graubard 1998, section 2), with the design effect not let
    below 1. Of the clusters only those g count that show the rarer outcome: with 6 hit families among 60, it is 6 from
    which the agreement within a family is known (with all 60, upper bounds covered 92 % in simulations, not 95 %).
    Never less than if the trials of a cluster always agreed; and just that where all hit, or none.
    """
    if sums.count == 1 or not 0 < sums.mean < 1:
        return float(sums.count)
    seen = min(int(np.count_nonzero(sums.sums)), int(np.count_nonzero(sums.sums < sums.sizes)))
    few = float(t.isf(0.025, sums.n - 1) / t.isf(0.025, max(1, seen - 1))) ** 2
    return max(sums.n / design_effect(sums) * min(1.0, few), _alike(sums))


def _alike(sums: Grouped) -> float:
    """How many trials these tell as much as if those of a cluster always agreed: G, if all are of one size (Kish)."""
    return sums.n**2 / float(np.square(sums.sizes).sum())


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
