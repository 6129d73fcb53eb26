"""Two arms on the same items: how much more often something happened in the first than in the second."""

from __future__ import annotations

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import bootstrap, t
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_test

from licet.core.evidence.estimate import Comparison, Estimand, Estimate, Interval
from licet.evidence.statistics import score
from licet.evidence.statistics.clustered import variance
from licet.evidence.statistics.counted import Column, Grouped, column, grouped, inside, same_length, whole
from licet.evidence.statistics.rates import zero_failures
from licet.evidence.statistics.telling import both_tell, tells

MCNEMAR = "McNemar's exact test"
TANGO = "Tango"
DRAWN = "cluster bootstrap"
_DRAWS = 4999
_BATCH = 500
_MANY = 1000  # clusters from which the mean is normal enough, and drawing them would take long


def mcnemar(first_only: SupportsIndex, second_only: SupportsIndex) -> float:
    """The p-value of McNemar's exact test: pairs of which only the first, and only the second, succeeded."""
    one, two = whole("first_only", first_only), whole("second_only", second_only)
    return min(1.0, float(mcnemar_test([[0, one], [two, 0]], exact=True).pvalue)) if one + two else 1.0


def paired_difference(
    first: ArrayLike,
    second: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    margin: float | None = None,
    estimand: Estimand | None = None,
    rng: np.random.Generator,
) -> Comparison:
    """The difference of two arms on the same items, first minus second, an item a row in both.

    Without clusters, of yes and no: McNemar's exact test and Tango's score interval. With clusters, or of scores in
    [0, 1]: see `of_gains`. The estimand is the population if there are clusters, else these items, unless it is said.
    Raises `NoEstimateError` for empty or unequal columns and values outside [0, 1].
    """
    one, two = column("first", first), column("second", second)
    same_length("second", one, two)
    return of_gains(one - two, clusters, level=level, margin=margin, estimand=estimand, rng=rng)


def of_gains(
    gains: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    margin: float | None = None,
    estimand: Estimand | None = None,
    rng: np.random.Generator,
) -> Comparison:
    """The mean gain over items, each in [-1, 1]: what the first arm scored there minus what the second did.

    With clusters, each end is the wider of Student's interval over clusters and of the percentiles of drawn clusters
    (Efron and Tibshirani 1993, sections 8 and 13), never narrower than without clusters. And neither end that lies off
    0 excludes what the clusters, each taken as one trial, could not: an unseen kind of family in which one arm does all
    and the other nothing. So equivalence within 5 % needs 72 clusters; that there is a difference needs fewer. The
    interval alone decides then, and there is no p-value.
    """
    values = column("gains", gains, -1.0, 1.0)
    inside("level", level)
    ups, downs = int(np.count_nonzero(values == 1)), int(np.count_nonzero(values == -1))
    yes_or_no = ups + downs == np.count_nonzero(values)
    discordant = (ups, downs) if yes_or_no else None
    about = estimand or (Estimand.ITEMS if clusters is None else Estimand.POPULATION)
    if clusters is None and yes_or_no:
        return _exactly(values, (ups, downs), level, margin, about)
    sums = grouped(values, np.arange(len(values)) if clusters is None else clusters)
    alone = score.pairs(ups, downs, len(values), level) if yes_or_no else (sums.mean, sums.mean)
    interval = _clustered(sums, alone, level, rng)
    found = Estimate(sums.mean, interval, sums.n, about, clusters=sums.count)
    return Comparison(found, tells(interval, margin=margin), DRAWN, margin=margin, discordant=discordant)


def _exactly(values: Column, only: tuple[int, int], level: float, margin: float | None, about: Estimand) -> Comparison:
    n = len(values)
    interval = Interval(*score.pairs(*only, n, level), level, TANGO)
    p = mcnemar(*only)
    found = Estimate((only[0] - only[1]) / n, interval, n, about, clusters=n)
    return Comparison(found, both_tell(interval, p, margin), MCNEMAR, p, margin, only)


def _clustered(sums: Grouped, alone: tuple[float, float], level: float, rng: np.random.Generator) -> Interval:
    """The widest of what the clusters, the pairs alone, and one trial a cluster say, within [-1, 1]."""
    unseen = zero_failures(sums.count, level=(1 + level) / 2)
    low, high = _varied(sums, level, rng) if np.ptp(sums.sums / sums.sizes) > 0 else _constant(sums.mean, unseen)
    low, high = min(low, alone[0]), max(high, alone[1])
    low, high = min(low, -unseen) if low < 0 else low, max(high, unseen) if high > 0 else high
    return Interval(max(-1.0, low), min(1.0, high), level, DRAWN)


def _constant(mean: float, unseen: float) -> tuple[float, float]:
    """The interval where the clusters do not vary, so that nothing shows how much they could."""
    return (1 - unseen) * mean - unseen, (1 - unseen) * mean + unseen


def _varied(sums: Grouped, level: float, rng: np.random.Generator) -> tuple[float, float]:
    """The wider of Student's interval, honest with few clusters, and of the percentiles of drawn ones, if skewed."""
    apart = float(t.isf((1 - level) / 2, sums.count - 1)) * variance(sums) ** 0.5
    low, high = sums.mean - apart, sums.mean + apart
    if sums.count > _MANY:
        return low, high
    drawn = bootstrap(
        (sums.sums, sums.sizes),
        _ratio,
        paired=True,
        vectorized=True,
        n_resamples=_DRAWS,
        batch=_BATCH,
        confidence_level=level,
        method="percentile",
        rng=rng,
    ).confidence_interval
    return min(low, float(drawn.low)), max(high, float(drawn.high))


def _ratio(sums: Column, sizes: Column, axis: int = -1) -> Column:
    return np.asarray(sums.sum(axis=axis) / sizes.sum(axis=axis))
