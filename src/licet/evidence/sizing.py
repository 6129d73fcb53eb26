"""How many more trials settle on which side of a share a rate lies."""

from __future__ import annotations

from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.power import tries_to_clear, tries_to_reach

POWER = 0.8
"""How likely it is that so many trials show it, if the true rate is the one that was measured."""

NEAREST = 0.0005
"""A rate that is nearer to a share than this takes millions of trials to tell from it."""

MOST = 10_000_000
"""More trials than anybody runs: what so many do not settle, trials do not settle."""


def tries_at(share: float, rate: float, level: float) -> int | None:
    """How many trials show on which side of a share a rate lies; None if no number that anybody runs."""
    if abs(rate - share) < NEAREST:
        return None
    try:
        if rate > share:
            needed = tries_to_reach(share, rate=rate, level=level, power=POWER)
        else:
            needed = tries_to_clear(share, rate=rate, level=level, power=POWER)
    except NoEstimateError:
        return None
    return needed if needed <= MOST else None
