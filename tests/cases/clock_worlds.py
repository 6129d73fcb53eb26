"""Zones, tables, starts and limits as hypothesis draws them, for the tests of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from licet.core.cases.calendar import Table
from licet.core.cases.clock import Base, Choice, ClockRule, Limit, Roll, Toll

ZONES = (
    "UTC",
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Brussels",
    "America/Havana",  # midnight is skipped, and is there twice
    "America/Sao_Paulo",  # the same, the other way, until 2019
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kathmandu",
    "America/Nuuk",
)
FIRST, LAST = date(2000, 1, 1), date(2060, 12, 31)
BEGIN = datetime(2012, 1, 1, tzinfo=UTC)
SPAN = int(timedelta(days=16 * 365).total_seconds())
COUNTED_IN_DAYS = (Base.DAYS, Base.WEEKS, Base.WORKING_DAYS, Base.MONTHS, Base.YEARS)
MOST = {Base.HOURS: 3_000, Base.DAYS: 400, Base.WEEKS: 60, Base.WORKING_DAYS: 150, Base.MONTHS: 30, Base.YEARS: 6}

zones = st.sampled_from(ZONES)
instants = st.integers(0, SPAN).map(lambda second: BEGIN + timedelta(seconds=second))
"""Any second."""

ends_of_days = st.sampled_from((time(23, 59, 59), time(17), time(2, 30), time(0, 30), time(1, 30)))
rolls = st.sampled_from(tuple(Roll))


@st.composite
def near_changes(draw: st.DrawFn) -> datetime:
    """An instant within two days of one of the changes of clocks of most zones, or at midnight somewhere."""
    year = draw(st.integers(2012, 2027))
    month, day = draw(st.sampled_from(((3, 8), (3, 28), (11, 1), (10, 28), (4, 4), (10, 4), (2, 18), (2, 28))))
    second = draw(st.integers(-200_000, 200_000) | st.integers(-55, 55).map(lambda hours: hours * 3_600))
    return datetime(year, month, day, tzinfo=UTC) + timedelta(seconds=second)


starts = instants | near_changes()


@cache
def table_of(weekend: frozenset[int], first: int, step: int) -> Table:
    """A table in which every so-manieth day is not worked."""
    days = (FIRST + timedelta(days=first + step * each) for each in range((LAST - FIRST).days // step))
    return Table("drawn@1", (2000, 2300), weekend, dict.fromkeys(days, "drawn"), f"sha256:{weekend}{first}{step}")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table with many holidays, or with few."""
    weekend = draw(st.sampled_from((frozenset({5, 6}), frozenset({4, 5}), frozenset({6}))))
    step = draw(st.sampled_from((3, 11, 37)))
    return table_of(weekend, draw(st.integers(0, step - 1)), step)


@st.composite
def limits(draw: st.DrawFn, bases: tuple[Base, ...] = tuple(Base)) -> Limit:
    """A limit of one of these bases."""
    base = draw(st.sampled_from(bases))
    return Limit(draw(st.integers(1, 8) | st.integers(1, MOST[base])), base)


def rule(limit: Limit, zone: str, *tolls: tuple[str, Limit | None], **more: object) -> ClockRule:
    """A clock with one limit, and reasons for which it stops."""
    reasons = {reason: Toll(reason, reason, cap, "") for reason, cap in tolls}
    return ClockRule("c", "C", "o", (Choice(limit, None, ""),), zone, tolls=reasons, **more)  # type: ignore[arg-type]


def wall(at: datetime, zone: str) -> datetime:
    """What the clocks of a zone show at an instant."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
