"""Score intervals of differences: every difference that a score test does not reject.

SciPy has none. Statsmodels (0.15) has one for two independent arms, but it fails where a cell is 0, and misses a
published figure in the second digit: 56 of 70 against 48 of 80 is 0.0528 to 0.3382 (Newcombe 1998), not to 0.3440.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq
from scipy.stats import norm

_ENDLESS = 1e9
_NEAR = 1e-12


def independent(hits_1: int, n_1: int, hits_2: int, n_2: int, level: float) -> tuple[float, float]:
    """The interval of a difference of two independent rates (Miettinen and Nurminen 1985, equations 4 to 9)."""
    rate_1, rate_2 = hits_1 / n_1, hits_2 / n_2
    everybody = n_1 + n_2

    def score(difference: float) -> float:
        other = _restricted(hits_1, n_1, hits_2, n_2, difference)
        one = min(1.0, max(0.0, other + difference))
        spread = (one * (1 - one) / n_1 + other * (1 - other) / n_2) * everybody / (everybody - 1)
        return _ratio(rate_1 - rate_2 - difference, spread)

    return _not_rejected(score, rate_1 - rate_2, level)


def pairs(first_only: int, second_only: int, n: int, level: float) -> tuple[float, float]:
    """The interval of a difference of two rates on the same n items (Tango 1998, equation 11)."""

    def score(difference: float) -> float:
        a = 2 * n
        b = (2 * n - first_only + second_only) * difference - first_only - second_only
        c = -second_only * difference * (1 - difference)
        restricted = (math.sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
        spread = n * (2 * restricted + difference * (1 - difference))
        return _ratio(first_only - second_only - n * difference, spread)

    return _not_rejected(score, (first_only - second_only) / n, level)


def _restricted(hits_1: int, n_1: int, hits_2: int, n_2: int, difference: float) -> float:
    """The likeliest rate of the second arm if the first is higher by `difference`."""
    low, high = max(0.0, -difference), min(1.0, 1 - difference)

    def slope(other: float) -> float:
        one = other + difference
        return _part(hits_1, one) - _part(n_1 - hits_1, 1 - one) + _part(hits_2, other) - _part(n_2 - hits_2, 1 - other)

    near = min(_NEAR, (high - low) / 4)
    if near <= 0 or slope(low + near) <= 0:
        return low
    if slope(high - near) >= 0:
        return high
    return float(brentq(slope, low + near, high - near, xtol=1e-15))


def _part(count: int, share: float) -> float:
    return count / max(share, 1e-300) if count else 0.0


def _ratio(distance: float, spread: float) -> float:
    if spread > 0:
        return max(-_ENDLESS, min(_ENDLESS, distance / math.sqrt(spread)))
    return 0.0 if abs(distance) < _NEAR else math.copysign(_ENDLESS, distance)


def _not_rejected(score: Callable[[float], float], found: float, level: float) -> tuple[float, float]:
    """Where the score, which falls as the difference grows, passes the critical values on either side of `found`."""
    critical = float(norm.isf((1 - level) / 2))

    def end(at: float, value: float) -> float:
        if (score(at) - value) * (score(found) - value) >= 0:
            return at
        return float(brentq(lambda difference: score(difference) - value, min(at, found), max(at, found), xtol=1e-14))

    return end(-1.0, critical), end(1.0, -critical)
