"""How many trials a question needs, and how likely so many answer it: before a campaign, and for what comes next."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import SupportsIndex

from scipy.stats import norm
from statsmodels.stats.proportion import power_proportions_2indep, samplesize_proportions_2indep_onetail

from licet.evidence.statistics.counted import NoEstimateError, counted, inside
from licet.evidence.statistics.rates import at_most, fewest


def tries_unpaired(p1: float, p2: float, *, power: float = 0.8, level: float = 0.95) -> int:
    """How many trials an arm tell rates of p1 and p2 apart, on different items: 435 for 95 % against 90 %.

    Two-sided normal approximation, with the pooled variance if they are the same (Fleiss 1981, equation 3.14).
    """
    _apart(p1, p2)
    missed = 1 - inside("level", level)
    needed = samplesize_proportions_2indep_onetail(
        p1 - p2, p2, inside("power", power), alpha=missed, alternative="two-sided"
    )
    return math.ceil(float(needed))


def tries_paired(
    p1: float,
    p2: float,
    *,
    discordant: float | None = None,
    correlation: float | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> int:
    """How many items tell rates of p1 and p2 apart, both arms on the same items (Miettinen 1968; Connor 1987).

    `discordant` is the share of items on which the arms differ, at least `|p1 - p2|`; or `correlation` that of the two
    outcomes, from which it follows. Neither: independent. 95 % against 90 %: 155 at the least discordance, 343 at 0.11.
    """
    apart, share = _apart(p1, p2), _discordant(p1, p2, discordant, correlation)
    critical, reached = norm.isf((1 - inside("level", level)) / 2), norm.isf(1 - inside("power", power))
    needed = (critical * math.sqrt(share) + reached * math.sqrt(share - apart**2)) ** 2 / apart**2
    return math.ceil(float(needed))


def tries_to_clear(bound: float, *, rate: float = 0.0, level: float = 0.95, power: float = 0.8) -> int:
    """How many trials show, with this power, that a rate lies under `bound`, if it is truly `rate`.

    Shown by the one-sided exact bound. Without a hit 59 show it for 5 %. Raises `NoEstimateError` unless `rate` is
    less than `bound`.
    """
    inside("bound", bound)
    if not 0 <= rate < bound:
        raise NoEstimateError(f"no number of trials shows a rate of {rate!r} to be under {bound!r}; raise the bound")
    missed, wanted = 1 - inside("level", level), inside("power", power)

    def enough(hits: int) -> bool:
        return at_most(hits, fewest(hits, bound, missed), rate) >= wanted

    return fewest(_first(enough), bound, missed)


def tries_to_reach(bound: float, *, rate: float = 1.0, level: float = 0.95, power: float = 0.8) -> int:
    """How many trials show, with this power, that a rate is at least `bound`, if it is truly `rate`."""
    inside("bound", bound)
    if not bound < rate <= 1:
        raise NoEstimateError(f"no number of trials shows a rate of {rate!r} to be over {bound!r}; lower the bound")
    return tries_to_clear(1 - bound, rate=1 - rate, level=level, power=power)


def power_of(n: SupportsIndex, p1: float, p2: float, *, level: float = 0.95) -> float:
    """How likely n trials an arm tell rates of p1 and p2 apart, on different items."""
    _, tries = counted(0, n)
    _apart(p1, p2)
    missed = 1 - inside("level", level)
    return float(power_proportions_2indep(p1 - p2, p2, tries, alpha=missed, return_results=False))


def _apart(p1: float, p2: float) -> float:
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1):
        raise NoEstimateError(f"rates must lie from 0 to 1, not {p1!r} and {p2!r}")
    if p1 == p2:
        raise NoEstimateError(f"no number of trials tells {p1!r} from itself; say which difference matters")
    return p1 - p2


def _discordant(p1: float, p2: float, discordant: float | None, correlation: float | None) -> float:
    """The share of items on which the arms differ, which must be one that these rates allow."""
    if discordant is not None and correlation is not None:
        raise NoEstimateError("say discordant or correlation, not both; one follows from the other")
    if discordant is None:
        alike = (correlation or 0.0) * math.sqrt(p1 * (1 - p1) * p2 * (1 - p2))
        discordant = p1 * (1 - p2) + p2 * (1 - p1) - 2 * alike
    least, most = abs(p1 - p2), min(p1 + p2, 2 - p1 - p2)
    if not least - 1e-12 <= discordant <= most + 1e-12:
        raise NoEstimateError(
            f"rates of {p1!r} and {p2!r} differ on {least:.4g} to {most:.4g} of the items, not on {discordant:.4g}"
        )
    return max(least, min(most, discordant))


def _first(enough: Callable[[int], bool]) -> int:
    """The first number that is enough, or one close to it: doubling, then halving between."""
    if enough(0):
        return 0
    high = 1
    while not enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
