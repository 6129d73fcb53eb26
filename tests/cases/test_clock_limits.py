"""Where limits end: what holds of every start, limit, zone and table; beside numpy's working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.cases.clock_worlds import (
    COUNTED_IN_DAYS,
    ends_of_days,
    limits,
    rolls,
    starts,
    tables,
    wall,
    zones,
)

from licet.cases.clocks.days import begins, begun, day_of, ends
from licet.cases.clocks.limits import after, before, calendar_days, months_on
from licet.cases.clocks.reach import at_most_days
from licet.core.cases.calendar import BeyondCalendar, Table
from licet.core.cases.clock import Base, Limit, Roll

DAY = timedelta(days=1)
SOME = settings(max_examples=60, deadline=None)
NEVER = Table("plain@1", (1990, 2100), frozenset({5, 6}), {}, "sha256:plain")


@SOME
@given(starts, starts, limits(), zones, tables(), st.booleans(), ends_of_days, rolls)
def test_a_later_start_is_never_due_earlier(
    one: datetime, other: datetime, limit: Limit, zone: str, table: Table, first_day: bool, end: time, roll: Roll
) -> None:
    early, late = sorted((one, other))
    assert after(early, limit, zone=zone, table=table, first_day=first_day, end_of_day=end, roll=roll) <= after(
        late, limit, zone=zone, table=table, first_day=first_day, end_of_day=end, roll=roll
    )


@SOME
@given(starts, limits(), st.integers(1, 50), zones, tables(), st.booleans(), rolls)
def test_a_longer_limit_is_never_due_earlier(
    start: datetime, limit: Limit, more: int, zone: str, table: Table, first_day: bool, roll: Roll
) -> None:
    longer = Limit(limit.count + more, limit.base)
    assert after(start, limit, zone=zone, table=table, first_day=first_day, roll=roll) <= after(
        start, longer, zone=zone, table=table, first_day=first_day, roll=roll
    )


@SOME
@given(starts, limits((Base.HOURS, Base.DAYS, Base.WEEKS, Base.WORKING_DAYS)), st.integers(1, 60), zones, tables())
def test_limits_add_up(start: datetime, limit: Limit, more: int, zone: str, table: Table) -> None:
    """One limit after another is both together; months do not add up, because they are of different lengths."""
    first = after(start, limit, zone=zone, table=table)
    second = after(first, Limit(more, limit.base), zone=zone, table=table)
    assert second == after(start, Limit(limit.count + more, limit.base), zone=zone, table=table)


@SOME
@given(starts, limits(), zones, tables(), st.booleans(), rolls)
def test_nothing_is_due_before_it_starts(
    start: datetime, limit: Limit, zone: str, table: Table, first_day: bool, roll: Roll
) -> None:
    assert after(start, limit, zone=zone, table=table, first_day=first_day, roll=roll) >= start


@SOME
@given(starts, st.integers(1, 5_000), zones, rolls)
def test_hours_are_absolute_time(start: datetime, count: int, zone: str, roll: Roll) -> None:
    assert after(start, Limit(count, Base.HOURS), zone=zone, table=NEVER, roll=roll) - start == timedelta(hours=count)


@SOME
@given(starts, st.integers(1, 800), zones, st.booleans())
def test_days_are_those_of_the_calendar(start: datetime, count: int, zone: str, first_day: bool) -> None:
    found = after(start, Limit(count, Base.DAYS), zone=zone, table=NEVER, first_day=first_day, end_of_day=time(12))
    gone = first_day and wall(start, zone).time() > time(12)  # nothing is left of the first day
    assert wall(found, zone).date() == wall(start, zone).date() + (count - first_day + gone) * DAY
    assert wall(found, zone).time() == time(12)


@SOME
@given(starts, st.integers(1, 300), zones, tables(), st.booleans())
def test_working_days_are_those_of_numpy(start: datetime, count: int, zone: str, table: Table, first_day: bool) -> None:
    limit = Limit(count, Base.WORKING_DAYS)
    found = after(start, limit, zone=zone, table=table, first_day=first_day, end_of_day=time(23, 59, 59, 999_999))
    expected = np.busday_offset(
        np.datetime64(wall(start, zone).date()),
        count - first_day,
        roll="forward" if first_day else "backward",
        weekmask=[each not in table.weekend for each in range(7)],
        holidays=[np.datetime64(day) for day in table.holidays],
    )
    assert day_of(found, zone) == expected.astype(date)


@SOME
@given(starts, limits(COUNTED_IN_DAYS), zones, tables(), st.booleans(), ends_of_days)
def test_a_deadline_that_rolled_is_the_next_working_day(
    start: datetime, limit: Limit, zone: str, table: Table, first_day: bool, end: time
) -> None:
    plain = after(start, limit, zone=zone, table=table, first_day=first_day, end_of_day=end)
    rolled = after(
        start, limit, zone=zone, table=table, first_day=first_day, end_of_day=end, roll=Roll.NEXT_WORKING_DAY
    )
    day, last = day_of(plain, zone), day_of(rolled, zone)
    assert table.is_working(last)
    assert not any(table.is_working(day + each * DAY) for each in range((last - day).days))


@SOME
@given(starts, limits((Base.DAYS, Base.WEEKS, Base.MONTHS)), zones, tables())
def test_a_period_of_two_days_has_two_working_days(start: datetime, limit: Limit, zone: str, table: Table) -> None:
    first = day_of(start, zone)
    once, last = (
        day_of(after(start, limit, zone=zone, table=table, roll=roll), zone)
        for roll in (Roll.NEXT_WORKING_DAY, Roll.TWO_WORKING_DAYS)
    )
    worked = sum(table.is_working(first + each * DAY) for each in range(1, (last - first).days + 1))
    assert table.is_working(last)
    assert worked >= (1 if limit == Limit(1, Base.DAYS) else 2)
    assert once == last or worked == 2  # and no more time than that takes


@SOME
@given(starts, limits((Base.MONTHS, Base.YEARS)), st.booleans())
def test_months_end_on_the_same_number_or_on_their_last_day(start: datetime, limit: Limit, first_day: bool) -> None:
    day = start.date()
    last = after(start, limit, zone="UTC", table=NEVER, first_day=first_day).date()
    months = limit.count * (12 if limit.base is Base.YEARS else 1)
    reached = (day.year * 12 + day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    end_of_month = date(reached[0] + reached[1] // 12, reached[1] % 12 + 1, 1) - DAY
    wanted = day.day - first_day
    if wanted == 0:  # the first day counts, and is the first of a month: the last of the month before
        assert last == date(*reached, 1) - DAY
    else:
        assert last == date(*reached, min(wanted, end_of_month.day))


@SOME
@given(starts.map(datetime.date), zones, ends_of_days)
def test_a_day_ends_at_the_later_of_what_the_clocks_show_twice(day: date, zone: str, end: time) -> None:
    """Beside every instant of three days at which the clocks show it, looked for by each offset that is in use then."""
    shown = datetime.combine(day, end)
    noon = datetime.combine(day, time(12), UTC)
    offsets = {(noon + each * DAY).astimezone(ZoneInfo(zone)).utcoffset() for each in (-2, -1, 0, 1, 2)}
    instants = [(shown - offset).replace(tzinfo=UTC) for offset in offsets if offset is not None]
    real = [at for at in instants if wall(at, zone) == shown]
    found = ends(day, zone, end)
    if real:
        assert found == max(real)
    elif wall(max(instants), zone).date() == day:
        assert found == max(instants)
        assert wall(found, zone) > shown
    else:  # the clocks skip the last of the day
        assert wall(found, zone).date() == day < wall(found + timedelta(seconds=1), zone).date()


@SOME
@given(starts, zones)
def test_days_follow_one_another_without_a_gap(at: datetime, zone: str) -> None:
    day = day_of(at, zone)
    assert begins(day, zone) <= at < begins(day + DAY, zone)
    assert day_of(begins(day, zone), zone) == day
    assert day_of(begins(day, zone) - timedelta(seconds=1), zone) == day - DAY


@SOME
@given(starts, st.integers(1, 600_000), zones)
def test_the_days_that_began_in_a_stretch_are_those_whose_first_instant_is_in_it(
    since: datetime, seconds: int, zone: str
) -> None:
    until = since + timedelta(seconds=seconds)
    first, last = begun(since, until, zone)
    around = [day_of(since, zone) + each * DAY for each in range(-1, 10)]
    assert [day for day in around if since <= begins(day, zone) < until] == [
        day for day in around if first <= day <= last
    ]


@SOME
@given(starts, limits(), limits(), zones, tables())
def test_a_warning_comes_before_what_is_due_and_not_before_its_start(
    start: datetime, limit: Limit, warns: Limit, zone: str, table: Table
) -> None:
    due = after(start, limit, zone=zone, table=table)
    warned = before(due, warns, zone=zone, table=table, since=start)
    assert start <= warned <= due
    if warns.base in (Base.DAYS, Base.WORKING_DAYS, Base.WEEKS) and warned > start:
        days = warns.count * (7 if warns.base is Base.WEEKS else 1)
        if warns.base is Base.WORKING_DAYS:
            between = range((day_of(due, zone) - day_of(warned, zone)).days)
            assert sum(table.is_working(day_of(warned, zone) + each * DAY) for each in between) == days
        else:
            assert day_of(due, zone) - day_of(warned, zone) == days * DAY


@SOME
@given(starts, limits(), zones, tables(), rolls)
def test_reach_is_enough(start: datetime, limit: Limit, zone: str, table: Table, roll: Roll) -> None:
    assume(len(table.holidays) < 5_000)  # no law has a holiday every third day
    due = after(start, limit, zone=zone, table=table, roll=roll)
    assert due - start <= timedelta(days=at_most_days(limit) + 30)


@SOME
@given(starts, limits((Base.WORKING_DAYS,)), zones, st.sampled_from(tuple(Roll)))
def test_beyond_its_years_a_table_says_nothing(start: datetime, limit: Limit, zone: str, roll: Roll) -> None:
    year = start.year - 2
    table = Table("short@1", (year, year), frozenset({5, 6}), {}, "sha256:short")
    with pytest.raises(BeyondCalendar, match=f"`short@1` covers {year} to {year}, not {start.year}-"):
        after(start.replace(month=6, day=1), limit, zone=zone, table=table, roll=roll)


def test_what_does_not_roll_asks_no_table() -> None:
    table = Table("none@1", (1900, 1900), frozenset({5, 6}), {}, "sha256:none")
    start = datetime(2026, 6, 12, tzinfo=UTC)
    for limit in (Limit(72, Base.HOURS), Limit(90, Base.DAYS), Limit(4, Base.WEEKS), Limit(5, Base.YEARS)):
        assert after(start, limit, zone="UTC", table=table) > start
    with pytest.raises(BeyondCalendar):
        after(start, Limit(90, Base.DAYS), zone="UTC", table=table, roll=Roll.NEXT_WORKING_DAY)


def test_two_tables_of_one_digest_with_other_days_are_not_taken_for_one_another() -> None:
    """What is remembered of a table goes by its days, not by what it calls itself."""
    start = datetime(2026, 6, 12, 12, tzinfo=UTC)
    limit = Limit(2, Base.WORKING_DAYS)
    plain = Table("same@1", (2026, 2026), frozenset({5, 6}), {}, "sha256:same")
    other = Table("same@1", (2026, 2026), frozenset({5, 6}), {date(2026, 6, 16): "closed"}, "sha256:same")
    assert [after(start, limit, zone="UTC", table=each).day for each in (plain, other, plain)] == [16, 17, 16]


@SOME
@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)), st.integers(-200, 200))
def test_months_on_goes_as_many_months(day: date, months: int) -> None:
    found = months_on(day, months)
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day == day.day or (found.day < day.day and (found + DAY).day == 1)


def test_hours_and_working_days_are_no_days_of_the_calendar() -> None:
    for base in (Base.HOURS, Base.WORKING_DAYS):
        with pytest.raises(AssertionError):
            calendar_days(Limit(1, base), date(2026, 6, 12), first_day=False)
