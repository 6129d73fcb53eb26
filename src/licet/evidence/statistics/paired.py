"""Two arms on the same items: how much more often something happened in the first than in the second."""

from __future__ import annotations

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import bootstrap, norm, t
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

    With clusters whole clusters are drawn, and the interval is made wider for few of them (Hesterberg 2015, section
    5.3); it is never narrower than it would be without clusters, and where nothing varies, than what the clusters could
    not have shown. Then the interval alone decides, and there is no p-value.
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
    low, high = _drawn(sums, level, rng)
    if yes_or_no:
        alone = score.pairs(ups, downs, len(values), level)
        low, high = min(low, alone[0]), max(high, alone[1])
    interval = Interval(low, high, level, DRAWN)
    found = Estimate(sums.mean, interval, sums.n, about, clusters=sums.count)
    return Comparison(found, tells(interval, margin=margin), DRAWN, margin=margin, discordant=discordant)


def _exactly(values: Column, only: tuple[int, int], level: float, margin: float | None, about: Estimand) -> Comparison:
    n = len(values)
    interval = Interval(*score.pairs(*only, n, level), level, TANGO)
    p = mcnemar(*only)
    found = Estimate((only[0] - only[1]) / n, interval, n, about, clusters=n)
    return Comparison(found, both_tell(interval, p, margin), MCNEMAR, p, margin, only)


def _drawn(sums: Grouped, level: float, rng: np.random.Generator) -> tuple[float, float]:
    """The interval of a mean over clusters, within [-1, 1]."""
    rates = sums.sums / sums.sizes
    if np.ptp(rates) == 0:  # nothing varies, so nothing shows how much it could
        unseen = zero_failures(sums.count, level=(1 + level) / 2)
        return (1 - unseen) * sums.mean - unseen, (1 - unseen) * sums.mean + unseen
    wide = float(t.isf((1 - level) / 2, sums.count - 1))
    if sums.count > _MANY:
        apart = wide * variance(sums) ** 0.5
        return max(-1.0, sums.mean - apart), min(1.0, sums.mean + apart)
    expanded = 1 - 2 * float(norm.sf(wide * (sums.count / (sums.count - 1)) ** 0.5))
    drawn = bootstrap(
        (sums.sums, sums.sizes),
        _ratio,
        paired=True,
        vectorized=True,
        n_resamples=_DRAWS,
        batch=_BATCH,
        confidence_level=expanded,
        method="percentile",
        rng=rng,
    ).confidence_interval
    return float(drawn.low), float(drawn.high)


def _ratio(sums: Column, sizes: Column, axis: int = -1) -> Column:
    return np.asarray(sums.sum(axis=axis) / sizes.sum(axis=axis))
