"""Days of a time zone, as instants: when one begins, when it ends, and which one an instant is in.

Instants are given with a fixed offset, never with a zone: Python compares two times of the same zone by the hands of
the clock, which go back once a year.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
MIDNIGHT = time()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(at: datetime, zone: str) -> datetime:
    """An instant with the offset that holds in a zone then."""
    steady = _steady((at - EPOCH) // HOUR, zone)
    return _there(at, zone) if steady is None else at.astimezone(steady)


def day_of(at: datetime, zone: str) -> date:
    """The day that it is in a zone at an instant."""
    return local(at, zone).date()


@lru_cache(maxsize=65_536)
def _steady(hour: int, zone: str) -> timezone | None:
    """The offset of a zone in an hour (counted from `EPOCH`) in which it does not change; None where it may.

    No zone changes its offset twice within an hour, so it is the same throughout where it is so at both ends.
    """
    try:
        first, last = (_there(EPOCH + HOUR * each, zone).utcoffset() for each in (hour, hour + 1))
    except OverflowError:
        return None
    return timezone(first) if first is not None and first == last else None


def _there(at: datetime, zone: str) -> datetime:
    there = at.astimezone(ZoneInfo(zone))
    offset = there.utcoffset()
    assert offset is not None
    return there.replace(tzinfo=timezone(offset), fold=0)


@lru_cache(maxsize=8_192)
def begins(day: date, zone: str) -> datetime:
    """The first instant of a day; where the clocks skip midnight, the first instant after what they skip."""
    # before a gap, `fold=0` takes the offset from before it: midnight by that offset is the instant of the change
    return _there(datetime.combine(day, MIDNIGHT, ZoneInfo(zone)).astimezone(UTC), zone)


@lru_cache(maxsize=65_536)
def ends(day: date, zone: str, end_of_day: time) -> datetime:
    """The last instant of a day that is in time.

    Where the clocks show `end_of_day` twice, the later; where they skip it, as much after the change as it would be
    after the beginning of what they skip, but not in the next day: then the last second of the day. Of a day that the
    clocks skip as a whole it is in the next. So a change of clocks takes time away from nobody.
    """
    either = (datetime.combine(day, end_of_day.replace(fold=fold), ZoneInfo(zone)) for fold in (0, 1))
    found = local(max(each.astimezone(UTC) for each in either), zone)
    next_day = begins(day + DAY, zone)
    if found >= next_day > begins(day, zone):
        return local(next_day - SECOND, zone)
    return found


def begun(since: datetime, until: datetime, zone: str) -> tuple[date, date]:
    """The first and the last day that began in `[since, until)`; the first is after the last where none did."""
    first = day_of(since, zone)
    if begins(first, zone) < since:
        first += DAY
        if until < begins(first, zone):
            return first, first - DAY
    after = day_of(until, zone)
    return first, after if begins(after, zone) < until else after - DAY
