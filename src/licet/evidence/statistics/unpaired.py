"""Two arms on different items: how much more often something happened in the first than in the second."""

from __future__ import annotations

import math
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import fisher_exact

from licet.core.evidence.estimate import Comparison, Estimand, Estimate, Interval
from licet.evidence.statistics import score
from licet.evidence.statistics.clustered import clustered_rate
from licet.evidence.statistics.counted import counted, inside
from licet.evidence.statistics.telling import both_tell, tells

FISHER = "Fisher's exact test"
SCORE = "Miettinen-Nurminen"
SQUARED = "Zou-Donner of Korn-Graubard"


def difference(
    hits_1: SupportsIndex,
    n_1: SupportsIndex,
    hits_2: SupportsIndex,
    n_2: SupportsIndex,
    *,
    level: float = 0.95,
    margin: float | None = None,
    estimand: Estimand = Estimand.ITEMS,
) -> Comparison:
    """The difference of two rates of independent trials, first minus second, with its score interval.

    A difference is told only if the interval and the exact test both show it. `n` of the estimate is that of both arms.
    Raises `NoEstimateError` for impossible counts.
    """
    (one, of_1), (two, of_2) = counted(hits_1, n_1), counted(hits_2, n_2)
    low, high = score.independent(one, of_1, two, of_2, inside("level", level))
    p = min(1.0, float(fisher_exact(np.array([[one, of_1 - one], [two, of_2 - two]])).pvalue))
    found = Estimate(one / of_1 - two / of_2, Interval(low, high, level, SCORE), of_1 + of_2, estimand)
    return Comparison(found, both_tell(found.interval, p, margin), FISHER, p, margin)


def clustered_difference(
    first: ArrayLike,
    first_clusters: ArrayLike,
    second: ArrayLike,
    second_clusters: ArrayLike,
    *,
    level: float = 0.95,
    margin: float | None = None,
    estimand: Estimand = Estimand.POPULATION,
) -> Comparison:
    """The difference of the rates of two arms that share no item, each clustered by its own families.

    The two intervals are carried into that of the difference (Zou and Donner 2008, equation 4); the interval alone
    decides. Arms on the same items are compared by `paired_difference`, which tells more.
    """
    one = clustered_rate(first, first_clusters, level=level, estimand=estimand)
    two = clustered_rate(second, second_clusters, level=level, estimand=estimand)
    value = one.value - two.value
    low = value - math.hypot(one.value - one.interval.low, two.interval.high - two.value)
    high = value + math.hypot(one.interval.high - one.value, two.value - two.interval.low)
    interval = Interval(max(-1.0, low), min(1.0, high), level, SQUARED)
    clusters = (one.clusters or one.n) + (two.clusters or two.n)
    found = Estimate(value, interval, one.n + two.n, estimand, clusters=clusters)
    return Comparison(found, tells(interval, margin=margin), SQUARED, margin=margin)
