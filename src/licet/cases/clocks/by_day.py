"""Clocks with one limit, counted in days, of which nothing was tolled: most starts of most clocks.

When one of these is due follows from the day on which it started, and from nothing else that differs from case to case:
it is worked out once for each day, by the same functions as for every other clock.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from licet.cases.clocks.days import begins, local
from licet.cases.clocks.limits import before, counting, due
from licet.core.by_identity import ByIdentity
from licet.core.cases.calendar import Table
from licet.core.cases.clock import Base, ClockRule
from licet.core.cases.limit_text import limit_text


class ByDay:
    """What a rule gives by a table, by the day of the start: when it is due, and from when that is announced."""

    __slots__ = ("because", "found", "rule", "table", "zone")

    def __init__(self, rule: ClockRule, table: Table) -> None:
        self.rule = rule
        self.table = table
        self.zone = rule.zone
        self.because = limit_text(rule.limits[0].limit)
        self.found: dict[date, tuple[datetime, datetime | None]] = {}

    def of(self, started: datetime) -> tuple[datetime, datetime | None]:
        """When it is due, and from when that is announced (None: it is not). Raises `BeyondCalendar`."""
        there = local(started, self.zone)
        day = there.date()
        found = self.found.get(day)
        if found is None:
            found = self.found[day] = self._of(started, begins(day, self.zone))
        ends, warned = found
        return ends, None if warned is None else max(warned, there)

    def _of(self, started: datetime, since: datetime) -> tuple[datetime, datetime | None]:
        rule = self.rule
        ends = due(rule.limits[0].limit, started, counting(rule), self.table)
        assert ends is not None
        warned = None if rule.warns is None else before(ends, rule.warns, zone=rule.zone, table=self.table, since=since)
        return ends, warned


_PLAIN: Final = ByIdentity(lambda rule, table: ByDay(rule, table) if _is_by_day(rule) else None)


def by_day(rule: ClockRule, table: Table) -> ByDay | None:
    """What is remembered of a rule and a table; None where a day does not say when the clock is due."""
    return _PLAIN.of(rule, table)


def _is_by_day(rule: ClockRule) -> bool:
    """(Where the first day counts, it does only if something of it is left at the start.)"""
    return (
        len(rule.limits) == 1
        and rule.limits[0].when is None
        and rule.limits[0].limit.base is not Base.HOURS
        and not rule.first_day
    )
