"""Rates: how often something happened in n independent trials, and between which bounds it truly lies.

Gates go by the exact bounds, which are never narrower than they claim; pages show Wilson's interval, which is closer.
"""

from __future__ import annotations

import math
from typing import SupportsIndex

from scipy.special import betaincc
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from licet.core.evidence.estimate import Estimand, Estimate, Interval, Sides
from licet.evidence.statistics.counted import NoEstimateError, counted, inside, whole

EXACT = "Clopper-Pearson"
WILSON = "Wilson"
_MOST = 10**12


def exact(hits: SupportsIndex, n: SupportsIndex, *, level: float = 0.95, sides: Sides = Sides.BOTH) -> Interval:
    """The exact interval of a binomial rate (Clopper and Pearson 1934): covers it in at least `level` of cases.

    A one-sided bound spends the whole of `1 - level` on its side. Raises `NoEstimateError` for impossible counts.
    """
    checked, tries = counted(hits, n)
    return exact_of(float(checked), float(tries), inside("level", level), sides)


def exact_of(hits: float, n: float, level: float, sides: Sides, method: str = EXACT) -> Interval:
    """The same for counts that need not be whole: an effective number of trials (Korn and Graubard 1998)."""
    missed = 1 - level if sides is Sides.BOTH else 2 * (1 - level)
    low, high = proportion_confint(hits, n, alpha=missed, method="beta")
    return one_sided(Interval(float(low), float(high), level, method, sides))


def one_sided(interval: Interval, least: float = 0.0, most: float = 1.0) -> Interval:
    """The interval with the end that is no bound moved to the end of the scale."""
    low = least if interval.sides is Sides.UPPER else interval.low
    high = most if interval.sides is Sides.LOWER else interval.high
    return Interval(low, high, interval.level, interval.method, interval.sides)


def wilson(hits: SupportsIndex, n: SupportsIndex, *, level: float = 0.95) -> Interval:
    """Wilson's score interval (1927), for display: covers about `level` of cases, on average over rates."""
    checked, tries = counted(hits, n)
    low, high = proportion_confint(checked, tries, alpha=1 - inside("level", level), method="wilson")
    return Interval(0.0 if checked == 0 else float(low), 1.0 if checked == tries else float(high), level, WILSON)


def rate(
    hits: SupportsIndex,
    n: SupportsIndex,
    *,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
    estimand: Estimand = Estimand.ITEMS,
) -> Estimate:
    """A rate with its exact interval. Raises `NoEstimateError` for impossible counts."""
    checked, tries = counted(hits, n)
    interval = exact(checked, tries, level=level, sides=sides)
    return Estimate(checked / tries, interval, tries, estimand, checked, tries)


def zero_failures(n: SupportsIndex, *, level: float = 0.95) -> float:
    """The one-sided upper bound of a rate of which n trials showed nothing: 0 of 59 says under 5 %.

    It is `1 - (1 - level) ** (1/n)`.
    """
    return exact(0, n, level=level, sides=Sides.UPPER).high


def tries_without_failure(bound: float, *, level: float = 0.95) -> int:
    """How many trials, none of them a hit, put the rate under `bound`: 59 for 5 %, 299 for 1 %, 2,995 for 0.1 %."""
    spare = math.log(1 - inside("level", level)) / math.log1p(-inside("bound", bound))
    n = max(1, math.floor(spare))
    return n if zero_failures(n, level=level) < bound else n + 1


def detectable(n: SupportsIndex, *, power: float = 0.95) -> float:
    """The smallest true rate of which n trials would have shown at least one hit with probability `power`."""
    return zero_failures(n, level=inside("power", power))


def hits_for_share(share: float, n: SupportsIndex, *, level: float = 0.95) -> int | None:
    """How many hits of n trials show a rate of at least `share`; None if not even n do: 5 of 5, 7 of 8, 9 of 10.

    That is: the one-sided lower bound is `share` or more.
    """
    _, tries = counted(0, n)
    found = int(binom.isf(1 - inside("level", level), tries, inside("share", share))) + 1
    return found if found <= tries else None


def tries_for_share(share: float, *, failures: SupportsIndex = 0, level: float = 0.95) -> int:
    """The fewest trials that show a rate of at least `share` although `failures` of them fail.

    "At least 50 %" needs 5 trials without failure (5 of 5), 8 with one (7 of 8), 11 with two.
    """
    allowed, other, missed = whole("failures", failures), 1 - inside("share", share), 1 - inside("level", level)
    return fewest(allowed, other, missed)


def at_most(hits: int, n: int, share: float) -> float:
    """How likely at most so many of n trials hit, fewer than n, at this rate (SciPy's `bdtr` fails from 1e9 on)."""
    return float(betaincc(hits + 1, n - hits, share))


def fewest(hits: int, share: float, missed: float) -> int:
    """The smallest n of which at most `hits` would hit with a probability of at most `missed`, at this rate.

    Raises `NoEstimateError` if it is more than anybody runs.
    """
    high = hits + 1
    while at_most(hits, high, share) > missed:
        high *= 2
        if high > _MOST:
            raise NoEstimateError(f"more than {_MOST:,} trials; ask for less")
    low = max(hits, high // 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at_most(hits, middle, share) > missed else (low, middle)
    return high
