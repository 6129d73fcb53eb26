"""The gain over the best of several baselines, corrected for having looked for the best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from licet.core.evidence.estimate import Comparison, Estimand, Estimate, Interval
from licet.evidence.statistics.counted import NoEstimateError, inside
from licet.evidence.statistics.paired import of_gains
from licet.evidence.statistics.telling import tells

BEST = "least of the gains, Bonferroni above"


def best_of(
    gains: Sequence[ArrayLike],
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    margin: float | None = None,
    estimand: Estimand | None = None,
    rng: np.random.Generator,
) -> Comparison:
    """The gain over the best baseline. `gains` has a column for each baseline: by item, what the technique scored there
    minus what the baseline did, over the same items in the same order.

    The true gain over the best is the least of the true gains. It is at least the least of the lower bounds (an
    intersection-union test, Berger 1982: each at its own level is enough). It is at most the least of the upper bounds,
    each at `1 - (1 - level)/2 / k` (Bonferroni over k): which baseline seems best is partly luck, and luck makes the
    gain look small. The value is the least of the gains as found, so it leans towards no gain. With one baseline it is
    `of_gains`. Raises `NoEstimateError` for no baseline, and columns that are empty or of unequal lengths.
    """
    if not gains:
        raise NoEstimateError("a gain needs at least one baseline; say which public models it was compared with")
    if len({len(np.asarray(column)) for column in gains}) != 1:
        raise NoEstimateError("the gains over the baselines must be over the same items, one a row")
    apart = 1 - (1 - inside("level", level)) / len(gains)
    plain = [of_gains(each, clusters, level=level, margin=margin, estimand=estimand, rng=rng) for each in gains]
    if len(plain) == 1:
        return plain[0]
    wider = [of_gains(each, clusters, level=apart, estimand=estimand, rng=rng) for each in gains]
    least = min(plain, key=lambda each: each.difference.value)
    return _least(least, _bounds(plain, wider, least), level, margin)


def _bounds(plain: list[Comparison], wider: list[Comparison], least: Comparison) -> tuple[float, float]:
    low = min(each.difference.interval.low for each in plain)
    high = min(each.difference.interval.high for each in wider)
    return min(low, least.difference.value), max(high, least.difference.value)


def _least(least: Comparison, bounds: tuple[float, float], level: float, margin: float | None) -> Comparison:
    found, interval = least.difference, Interval(*bounds, level, BEST)
    estimate = Estimate(found.value, interval, found.n, found.estimand, clusters=found.clusters)
    return Comparison(estimate, tells(interval, margin=margin), BEST, margin=margin, discordant=least.discordant)
