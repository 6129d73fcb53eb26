"""What an interval of a difference tells. No significant difference is not equivalence: that needs a stated margin."""

from __future__ import annotations

from licet.core.evidence.estimate import Interval, Told
from licet.evidence.statistics.counted import margin_of


def tells(interval: Interval, *, margin: float | None = None) -> Told:
    """What the interval of a difference tells: equivalent within the margin, more, less, or nothing.

    Equivalent, if all of the interval lies within `(-margin, margin)`: two one-sided tests (Schuirmann 1987), each at
    half of `1 - level`. More or less, if the interval leaves out 0. Equivalence goes first: a difference may be shown
    and yet be too small to count. Without a margin nothing is ever equivalent.
    """
    if margin is not None and -margin_of(margin) < interval.low and interval.high < margin:
        return Told.EQUIVALENT
    if interval.low > 0:
        return Told.MORE
    return Told.LESS if interval.high < 0 else Told.UNDECIDED


def not_inferior(interval: Interval, *, margin: float, more_is_better: bool = True) -> Told:
    """Whether the first arm is worse than the second by no more than the margin.

    `NOT_INFERIOR` if the interval of the difference lies above `-margin`, `INFERIOR` if all of it lies below; where
    more is worse (attacks that work), above and below change places.
    """
    allowed = margin_of(margin)
    worst, best = (interval.low, interval.high) if more_is_better else (-interval.high, -interval.low)
    if worst > -allowed:
        return Told.NOT_INFERIOR
    return Told.INFERIOR if best < -allowed else Told.UNDECIDED


def both_tell(interval: Interval, p: float, margin: float | None) -> Told:
    """What interval and test tell together: a difference that only one of them shows is not told."""
    told = tells(interval, margin=margin)
    return Told.UNDECIDED if told in (Told.MORE, Told.LESS) and p > 1 - interval.level else told
