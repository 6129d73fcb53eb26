"""Where a limit ends, from a start: hours on the line of time, everything else by the days of a zone."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, assert_never

from licet.cases.clocks.days import DAY, begins, begun, day_of, ends, local
from licet.cases.clocks.stretches import FOREVER, Stretch, holding
from licet.core.cases.calendar import Table
from licet.core.cases.clock import Base, ClockRule, Limit, Roll

LATEST = time(23, 59, 59)
Run = tuple[date, date]
"""The first and the last of days in a row, none of which counts."""


class Counting(NamedTuple):
    """How days are counted: where, whether that of the start counts, when the last ends, and what it may not be."""

    zone: str
    first_day: bool = False
    end_of_day: time = LATEST
    roll: Roll = Roll.NONE


def counting(rule: ClockRule) -> Counting:
    """How a clock counts."""
    return Counting(rule.zone, rule.first_day, rule.end_of_day, rule.roll)


def after(
    start: datetime,
    limit: Limit,
    *,
    zone: str,
    table: Table,
    first_day: bool = False,
    end_of_day: time = LATEST,
    roll: Roll = Roll.NONE,
) -> datetime:
    """The last instant that is within a limit from a start, in the zone's offset. Raises `BeyondCalendar`."""
    found = due(limit, start, Counting(zone, first_day, end_of_day, roll), table)
    assert found is not None
    return found


def due(
    limit: Limit, started: datetime, how: Counting, table: Table, uncounted: Sequence[Stretch] = ()
) -> datetime | None:
    """The last instant that is within a limit, where the time in `uncounted` does not count.

    `uncounted` is in order, without overlaps, not before the start. None where a stretch without an end keeps it open.
    Raises `BeyondCalendar`.
    """
    assert started.tzinfo is not None, "an instant without an offset is none"
    if limit.base is Base.HOURS:
        return _hours(limit.count, started, how.zone, uncounted)
    start = started.astimezone(UTC)
    day = day_of(start, how.zone)
    # a day of the start of which nothing is left cannot be the first
    first_day = how.first_day and start <= ends(day, how.zone, how.end_of_day)
    if not uncounted:
        return ends(last_day(day, limit, table, first_day, how.roll), how.zone, how.end_of_day)
    return _tolled(limit, day - DAY if first_day else day, how._replace(first_day=first_day), table, uncounted)


def before(at: datetime, limit: Limit, *, zone: str, table: Table, since: datetime) -> datetime:
    """When to announce what is due at an instant: so many hours before, or the beginning of the day that lies so many
    days before; never before `since`. Raises `BeyondCalendar`.
    """
    if limit.base is Base.HOURS:
        return local(max(at.astimezone(UTC) - timedelta(hours=limit.count), since.astimezone(UTC)), zone)
    first, day = day_of(since, zone), day_of(at, zone)
    match limit.base:
        case Base.WORKING_DAYS:
            left = limit.count
            while left and day > first:
                day -= DAY
                left -= table.is_working(day)
        case Base.DAYS | Base.WEEKS:
            day -= timedelta(days=limit.count * (7 if limit.base is Base.WEEKS else 1))
        case Base.MONTHS | Base.YEARS:
            day = months_on(day, -limit.count * (12 if limit.base is Base.YEARS else 1))
        case _ as unreachable:
            assert_never(unreachable)
    return max(begins(day, zone), local(since, zone))


@lru_cache(maxsize=65_536)
def last_day(start: date, limit: Limit, table: Table, first_day: bool, roll: Roll) -> date:
    """The last day of a limit in days, weeks, working days, months or years that begins on a day.

    All that it depends on is in its arguments, the days of the table included. Raises `BeyondCalendar`.
    """
    anchor = start - DAY if first_day else start
    last = _nth(limit, anchor, first_day, table, ())
    assert last is not None
    while not _may_end(last, limit, anchor, first_day, roll, table, ()):
        last += DAY
    return last


def months_on(day: date, months: int) -> date:
    """The same day of another month, or its last where it is shorter (Regulation 1182/71, Article 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def calendar_days(limit: Limit, anchor: date, first_day: bool) -> int:
    """How many days a limit in days, weeks, months or years has, where the day after `anchor` is the first of them."""
    match limit.base:
        case Base.DAYS:
            return limit.count
        case Base.WEEKS:
            return limit.count * 7
        case Base.MONTHS | Base.YEARS:
            months = limit.count * (12 if limit.base is Base.YEARS else 1)
            if not first_day:
                return (months_on(anchor, months) - anchor).days
            # from the 31st, the first day counted, a month ends with the 28th of February, not with the 27th
            start = anchor + DAY
            same = months_on(start, months)
            return (same - anchor).days - (same.day == start.day)
        case Base.HOURS | Base.WORKING_DAYS:
            raise AssertionError(f"{limit} is not counted in days of the calendar")
        case _ as unreachable:
            assert_never(unreachable)


def _hours(count: int, started: datetime, zone: str, uncounted: Sequence[Stretch]) -> datetime | None:
    left, at = timedelta(hours=count), started.astimezone(UTC)
    for since, until in uncounted:
        if at + left <= since:
            break
        if until == FOREVER:
            return None
        left -= since - at
        at = until
    return local(at + left, zone)


def _tolled(limit: Limit, anchor: date, how: Counting, table: Table, uncounted: Sequence[Stretch]) -> datetime | None:
    """The end of the first day by which enough days counted, at whose end the clock runs, and which may be the last."""
    runs = _runs(uncounted, how.zone)
    last = _nth(limit, anchor, how.first_day, table, runs)
    while last is not None:
        end = ends(last, how.zone, how.end_of_day)
        stretch = holding(uncounted, end)
        if stretch is not None and stretch.until == FOREVER:
            return None
        if stretch is not None:
            last = max(last + DAY, day_of(stretch.until, how.zone))
        elif _may_end(last, limit, anchor, how.first_day, how.roll, table, runs):
            return end
        else:
            last += DAY
    return None


def _runs(uncounted: Sequence[Stretch], zone: str) -> tuple[Run, ...]:
    """The days that began while time did not count, in order."""
    found = [
        begun(since, until, zone) if until != FOREVER else (begun(since, since, zone)[0], date.max)
        for since, until in uncounted
    ]
    return tuple((first, last) for first, last in found if first <= last)


def _nth(limit: Limit, anchor: date, first_day: bool, table: Table, runs: Sequence[Run]) -> date | None:
    """The day with which the last of so many days that count begins; None if it never does."""
    if limit.base is Base.WORKING_DAYS:
        return _nth_working(limit.count, anchor, table, runs)
    last = anchor + timedelta(days=calendar_days(limit, anchor, first_day))
    for first, final in runs:
        if first > last:
            break
        if final == date.max:
            return None
        last += final - max(first, anchor + DAY) + DAY if final > anchor else timedelta()
    return last


def _nth_working(count: int, anchor: date, table: Table, runs: Sequence[Run]) -> date | None:
    day = anchor
    while count:
        day += DAY
        run = _run_of(day, runs)
        if run is None:
            count -= table.is_working(day)
        elif run[1] == date.max:
            return None
        else:
            day = run[1]
    return day


def _may_end(
    last: date, limit: Limit, anchor: date, first_day: bool, roll: Roll, table: Table, runs: Sequence[Run]
) -> bool:
    """Whether a period may end with a day (Regulation 1182/71, Article 3(4) and (5))."""
    if roll is Roll.NONE and limit.base is not Base.WORKING_DAYS:
        return True
    if not table.is_working(last):
        return False
    if roll is not Roll.TWO_WORKING_DAYS or limit.base is Base.WORKING_DAYS:
        return True
    if calendar_days(limit, anchor, first_day) < 2:
        return True
    day, found = last, 0
    while found < 2 and day > anchor:
        found += table.is_working(day) and _run_of(day, runs) is None
        day -= DAY
    return found == 2


def _run_of(day: date, runs: Sequence[Run]) -> Run | None:
    return next((run for run in runs if run[0] <= day <= run[1]), None)
