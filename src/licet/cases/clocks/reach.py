"""How far ahead clocks can reach, so that tables of working days are asked for with enough years."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from licet.core.cases.clock import Base, ClockRule, Limit

YEAR = 365
MORE = 1
"""A year for what rolls past the end of one, and for a toll without a cap."""


def years_ahead(rules: Iterable[ClockRule]) -> int:
    """How many years past the year of its start a clock of these can be due, at most.

    A toll without a cap can last for ever; of a clock that was tolled longer than this, the table ends first, and
    that is an error that says so.
    """
    longest = max((_days_of(rule) for rule in rules), default=0)
    return -(-longest // YEAR) + MORE


def _days_of(rule: ClockRule) -> int:
    caps = (toll.cap for toll in rule.tolls.values())
    return max((at_most_days(each.limit) for each in rule.limits), default=0) + sum(
        at_most_days(cap) for cap in caps if cap is not None
    )


def at_most_days(limit: Limit) -> int:
    """A number of days that a limit never exceeds, holidays in a row and leap days included."""
    match limit.base:
        case Base.HOURS:
            return limit.count // 24 + 1
        case Base.DAYS:
            return limit.count
        case Base.WORKING_DAYS:
            return limit.count * 2 + 30
        case Base.WEEKS:
            return limit.count * 7
        case Base.MONTHS:
            return limit.count * 31
        case Base.YEARS:
            return limit.count * 366
        case _ as unreachable:
            assert_never(unreachable)
