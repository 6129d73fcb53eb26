"""What a judge's own errors do to a rate: the judge is a test with a sensitivity and a specificity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import betaincinv

from licet.core.evidence.estimate import Estimand, Estimate, Interval, Sides
from licet.core.evidence.judgement import JudgeQuality
from licet.evidence.statistics.counted import inside
from licet.evidence.statistics.rates import one_sided, rate

CORRECTED = "Rogan-Gladen"
_DRAWS = 10_000
_HALF = 0.5
_LEAST, _MOST = 1e-6, 1e12

Draws = NDArray[np.float64]


def quality(judge: str, positives: tuple[int, int], negatives: tuple[int, int], *, level: float = 0.95) -> JudgeQuality:
    """A judge against labels: of the labelled positives, how many it found; of the negatives, how many it let be.

    Both rates are two-sided exact intervals, and are about what the labelled trials stand for. Raises
    `NoEstimateError` if either has no label.
    """
    about = Estimand.POPULATION
    sensitivity = rate(*positives, level=level, estimand=about)
    specificity = rate(*negatives, level=level, estimand=about)
    return JudgeQuality(judge, positives, negatives, sensitivity, specificity)


def can_tell(quality: JudgeQuality) -> bool:
    """Whether the judge is shown to be right more often than wrong, on positives and on negatives alike.

    Both lower bounds lie over 1/2. A judge that calls most negatives positive (a specificity of 0.385) tells nothing
    that anybody should act on, even where its numbers could be corrected.
    """
    return quality.sensitivity.interval.low > _HALF and quality.specificity.interval.low > _HALF


def corrected(observed: Estimate, quality: JudgeQuality, *, level: float = 0.95, rng: np.random.Generator) -> Estimate:
    """The true rate behind an observed one: `(observed + specificity - 1) / (sensitivity + specificity - 1)`.

    Rogan and Gladen 1978, equation 1, kept within [0, 1]. Each end of the interval comes from draws in which all three
    rates vary towards that end, as their exact bounds do (Clopper-Pearson as beta distributions; the observed rate with
    the effective number of trials that its interval shows). Neither end excludes what could not have been excluded with
    nothing, or everything, seen by a judge that never errs that way: 0 of 59 says no less than "under 5 %", whatever
    the judge. A one-sided interval stays so. Where sensitivity and specificity may sum to 1 or less the interval is
    [0, 1]: the rate says nothing then. (Where they do sum to 1 or less, the value is the observed one.)
    """
    sides = observed.interval.sides
    missed = (1 - inside("level", level)) / (2 if sides is Sides.BOTH else 1)
    value = _true(observed.value, quality)
    low, high = 0.0, 1.0
    if _better_than_chance(quality, missed, rng):
        low = min(value, _low(observed, quality, missed, rng))
        high = max(value, _high(observed, quality, missed, rng))
    interval = one_sided(Interval(low, high, level, CORRECTED, sides))
    return Estimate(value, interval, observed.n, observed.estimand, clusters=observed.clusters)


def _true(seen: float, quality: JudgeQuality) -> float:
    sensitivity, specificity = quality.sensitivity.value, quality.specificity.value
    youden = sensitivity + specificity - 1
    return min(1.0, max(0.0, (seen + specificity - 1) / youden)) if youden > 0 else seen


def _better_than_chance(quality: JudgeQuality, missed: float, rng: np.random.Generator) -> bool:
    """Whether sensitivity and specificity are shown to sum to more than 1."""
    youden = _drawn(*quality.positives, rng, upper=False) + _drawn(*quality.negatives, rng, upper=False) - 1
    return float(np.quantile(youden, missed)) > 0


def _low(observed: Estimate, quality: JudgeQuality, missed: float, rng: np.random.Generator) -> float:
    n = _effective(observed, upper=False)
    seen = _drawn(observed.value * n, n, rng, upper=False)
    sensitivity = _drawn(*quality.positives, rng, upper=True)
    specificity = _drawn(*quality.negatives, rng, upper=False)
    everything = 1 - _drawn(0, n, rng, upper=True) / np.maximum(specificity, _LEAST)
    return min(_quantile(_behind(seen, sensitivity, specificity, 0.0), missed), _quantile(everything, missed))


def _high(observed: Estimate, quality: JudgeQuality, missed: float, rng: np.random.Generator) -> float:
    n = _effective(observed, upper=True)
    seen = _drawn(observed.value * n, n, rng, upper=True)
    sensitivity = _drawn(*quality.positives, rng, upper=False)
    specificity = _drawn(*quality.negatives, rng, upper=True)
    nothing = _drawn(0, n, rng, upper=True) / np.maximum(sensitivity, _LEAST)
    return max(_quantile(_behind(seen, sensitivity, specificity, 1.0), 1 - missed), _quantile(nothing, 1 - missed))


def _behind(seen: Draws, sensitivity: Draws, specificity: Draws, otherwise: float) -> Draws:
    """The true rates: they rise with the one that is seen and with specificity, and fall with sensitivity."""
    youden = sensitivity + specificity - 1
    better = youden > 0
    return np.where(better, (seen + specificity - 1) / np.where(better, youden, 1.0), otherwise)


def _quantile(draws: Draws, share: float) -> float:
    return float(np.quantile(np.clip(draws, 0, 1), share))


def _drawn(hits: float, n: float, rng: np.random.Generator, *, upper: bool) -> Draws:
    """Draws of a rate whose quantiles are its exact upper, or lower, bounds."""
    if upper:
        return rng.beta(hits + 1, n - hits, _DRAWS) if hits < n else np.ones(_DRAWS)
    return rng.beta(hits, n - hits + 1, _DRAWS) if hits > 0 else np.zeros(_DRAWS)


def _effective(observed: Estimate, *, upper: bool) -> float:
    """As many independent trials as would give this end of the interval: n, unless they are clustered."""
    interval, value = observed.interval, observed.value
    missed = (1 - interval.level) / (2 if interval.sides is Sides.BOTH else 1)
    end = interval.high if upper else interval.low
    if end in (0.0, 1.0):  # no bound on this side
        return float(observed.clusters or observed.n)

    def short(n: float) -> float:
        hits = value * n
        if upper:
            return float(betaincinv(hits + 1, n - hits, 1 - missed)) - end
        return end - float(betaincinv(hits, n - hits + 1, missed))

    if short(_LEAST) <= 0:
        return _LEAST
    if short(_MOST) >= 0:
        return _MOST
    return float(brentq(short, _LEAST, _MOST, rtol=1e-9))
