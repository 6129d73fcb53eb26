"""What is remembered by the day or by the hour is what would be worked out for each instant."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cases.clock_worlds import ends_of_days, limits, rolls, starts, tables, zones

from licet.cases.clocks.by_day import by_day
from licet.cases.clocks.days import day_of, local
from licet.cases.clocks.deadline import deadline
from licet.cases.clocks.limits import before, counting, due
from licet.core.by_identity import MOST, ByIdentity
from licet.core.cases.calendar import BeyondCalendar, Table
from licet.core.cases.clock import Base, Choice, ClockRule, Limit, Roll

SOME = settings(max_examples=150, deadline=None)
SECOND = timedelta(seconds=1)


def outcome(found: object) -> object:
    """What was worked out; the same for all that no calendar reaches."""
    try:
        return found() if callable(found) else found
    except BeyondCalendar:
        return BeyondCalendar


@SOME
@given(st.lists(starts, min_size=1, max_size=4), limits(), limits(), zones, tables(), ends_of_days, rolls)
def test_a_deadline_by_the_day_is_the_one_of_the_instant(
    begun: list[datetime], limit: Limit, warns: Limit, zone: str, table: Table, end: time, roll: Roll
) -> None:
    rule = ClockRule("c", "c", "o", (Choice(limit, None, ""),), zone, end_of_day=end, roll=roll, warns=warns)

    def slowly(at: datetime) -> tuple[datetime, datetime]:
        ends = due(limit, at, counting(rule), table)
        assert ends is not None
        return ends, before(ends, warns, zone=zone, table=table, since=at)

    def quickly(at: datetime) -> tuple[datetime | None, datetime | None]:
        found = deadline(rule, started=at, started_by=1, tolls=(), ended=None, now=at, table=table, fields={})
        assert found.gross == found.due and not found.tolled
        return found.due, found.warned_from

    for at in [each + timedelta(seconds=n) for each in begun for n in (0, 1, 40_000)]:
        slow, quick = outcome(lambda at=at: slowly(at)), outcome(lambda at=at: quickly(at))
        assert quick == slow
        if isinstance(slow, tuple) and isinstance(quick, tuple):
            assert [each.isoformat() for each in quick] == [each.isoformat() for each in slow]


def test_a_clock_of_which_the_day_does_not_say_when_it_is_due_is_not_remembered_by_it() -> None:
    table = Table("t", (2020, 2030), frozenset({5, 6}), {}, "sha256:t")
    days = (Choice(Limit(2, Base.DAYS), None, ""),)
    assert by_day(ClockRule("c", "c", "o", days, "UTC"), table) is not None
    assert by_day(ClockRule("c", "c", "o", days, "UTC", first_day=True), table) is None
    assert by_day(ClockRule("c", "c", "o", (Choice(Limit(2, Base.HOURS), None, ""),), "UTC"), table) is None
    assert by_day(ClockRule("c", "c", "o", (*days, *days), "UTC"), table) is None


def test_an_instant_by_the_hour_is_the_one_of_the_zone_at_every_change_of_its_clocks() -> None:
    for name in sorted(available_timezones())[::7]:
        zone = ZoneInfo(name)
        days = [datetime(year, month, 1, tzinfo=UTC) for year in (1944, 1981, 2011, 2026) for month in range(1, 13)]
        for first, last in pairwise(days):
            if first.astimezone(zone).utcoffset() == last.astimezone(zone).utcoffset():
                continue
            for at in around(change(first, last, zone)):
                there = at.astimezone(zone)
                assert local(at, name).replace(tzinfo=None) == there.replace(tzinfo=None, fold=0), (name, at)
                assert local(at, name).utcoffset() == there.utcoffset(), (name, at)
                assert day_of(at, name) == there.date()


def change(first: datetime, last: datetime, zone: ZoneInfo) -> datetime:
    """One of the instants between two at which the offset of a zone becomes another."""
    while last - first > SECOND:
        middle = first + (last - first) // 2
        if middle.astimezone(zone).utcoffset() == first.astimezone(zone).utcoffset():
            first = middle
        else:
            last = middle
    return last.replace(microsecond=0)


def around(at: datetime) -> list[datetime]:
    """Instants before and after one, some of them in another offset."""
    steps = (-3_601, -3_600, -1_800, -1, 0, 1, 1_799, 1_800, 3_599, 3_600)
    other = timezone(timedelta(hours=5, minutes=45))
    return [each for step in steps for each in (at + SECOND * step, (at + SECOND * step).astimezone(other))]


def test_what_is_remembered_by_identity_is_made_once_and_held() -> None:
    made: list[object] = []

    def make(*each: object) -> int:
        made.append(each)
        return len(made)

    kept: ByIdentity[int] = ByIdentity(make)
    one, other = [1], [1]
    assert kept.of(one, other) == kept.of(one, other) == 1
    assert kept.of(other, one) == 2
    for n in range(MOST + 5):
        kept.of([n])  # gone by itself: another list may come to be in its place
    assert len(made) == MOST + 7
    assert kept.of(one, other) == len(made) == MOST + 8
