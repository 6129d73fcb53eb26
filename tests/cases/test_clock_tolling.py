"""What does not count: beside a day-by-day reckoning, and what holds of all stretches, caps and orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cases.clock_worlds import COUNTED_IN_DAYS, ends_of_days, limits, rolls, rule, starts, tables, zones

from licet.cases.clocks.days import begins, day_of, ends
from licet.cases.clocks.deadline import deadline
from licet.cases.clocks.limits import calendar_days
from licet.cases.clocks.spent import spent
from licet.cases.clocks.stretches import FOREVER, Stretch, holding, length, merged
from licet.cases.clocks.tolling import UnknownToll, uncounted
from licet.core.cases.calendar import Table
from licet.core.cases.clock import Base, ClockRule, Deadline, Limit, Roll, Running, Tolled

DAY = timedelta(days=1)
SOME = settings(max_examples=40, deadline=None)
PLAIN = Table("plain@1", (1990, 2100), frozenset({5, 6}), {}, "sha256:plain")
ANY = "any"
FREE = ((ANY, None), ("other", None))

offsets = st.integers(-50, 2_000).map(lambda hours: hours * 3_600) | st.integers(-100_000, 40_000_000)
spans = st.lists(st.tuples(offsets, st.integers(0, 30 * 86_400), st.sampled_from((ANY, "other"))), max_size=6)
caps = limits((Base.HOURS, Base.DAYS, Base.WEEKS, Base.WORKING_DAYS, Base.MONTHS))


def tolls_of(spans: Sequence[tuple[int, int, str]], start: datetime) -> list[Tolled]:
    """Stretches by their distance from a start."""
    since = [(start + timedelta(seconds=each), length, reason) for each, length, reason in spans]
    return [Tolled(reason, at, at + timedelta(seconds=length)) for at, length, reason in since]


def made(
    clock: ClockRule, start: datetime, tolls: Sequence[Tolled], table: Table, now: datetime | None = None
) -> Deadline:
    return deadline(
        clock, started=start, started_by=1, tolls=tolls, ended=None, now=now or start, table=table, fields={}
    )


def stretches_of(clock: ClockRule, tolls: Sequence[Tolled], start: datetime, table: Table) -> tuple[Stretch, ...]:
    hours = clock.limits[0].limit.base is Base.HOURS
    return uncounted(clock, tolls, start, None, hours, table).stretches


def naive(clock: ClockRule, start: datetime, stretches: Sequence[Stretch], table: Table) -> datetime:
    """Day by day, as `spec/clocks.md` says it."""
    limit, zone = clock.limits[0].limit, clock.zone
    first = day_of(start, zone)
    counts_first = clock.first_day and start <= ends(first, zone, clock.end_of_day)
    day = anchor = first - DAY if counts_first else first
    working = limit.base is Base.WORKING_DAYS
    wanted = limit.count if working else calendar_days(limit, anchor, counts_first)
    counted = worked = 0
    while True:
        day += DAY
        runs = holding(stretches, begins(day, zone)) is None
        counted += runs and (not working or table.is_working(day))
        worked += runs and table.is_working(day)
        end = ends(day, zone, clock.end_of_day)
        if counted < wanted or holding(stretches, end) is not None:
            continue
        if clock.roll is Roll.NONE and not working:
            return end
        few = clock.roll is Roll.TWO_WORKING_DAYS and not working and wanted >= 2 and worked < 2
        if table.is_working(day) and not few:
            return end


@SOME
@given(starts, limits(COUNTED_IN_DAYS), zones, tables(), st.booleans(), ends_of_days, rolls, spans)
def test_days_count_as_day_by_day(
    start: datetime,
    limit: Limit,
    zone: str,
    table: Table,
    first_day: bool,
    end: object,
    roll: Roll,
    spans: list[tuple[int, int, str]],
) -> None:
    clock = rule(limit, zone, *FREE, first_day=first_day, end_of_day=end, roll=roll)
    tolls = tolls_of(spans, start)
    found = made(clock, start, tolls, table)
    assert found.due == naive(clock, start, stretches_of(clock, tolls, start, table), table)
    assert found.gross == naive(clock, start, (), table)


@SOME
@given(starts, limits((Base.HOURS,)), zones, spans)
def test_hours_count_to_the_second(start: datetime, limit: Limit, zone: str, spans: list[tuple[int, int, str]]) -> None:
    """Between the start and what is due there is exactly the limit, without what was tolled."""
    clock = rule(limit, zone, *FREE)
    tolls = tolls_of(spans, start)
    found = made(clock, start, tolls, PLAIN)
    assert found.due is not None
    without = [
        Stretch(each.since, min(each.until, found.due.astimezone(UTC)))
        for each in stretches_of(clock, tolls, start, PLAIN)
        if each.since < found.due
    ]
    assert found.due - start - length(without) == timedelta(hours=limit.count)
    assert all(not each.since < found.due < each.until for each in without)


worlds = st.tuples(starts, limits(), zones, tables(), rolls, spans)
World = tuple[datetime, Limit, str, Table, Roll, list[tuple[int, int, str]]]


def latest(found: Deadline) -> datetime:
    return found.due or FOREVER


@SOME
@given(worlds)
def test_tolling_never_shortens(world: World) -> None:
    start, limit, zone, table, roll, spans = world
    found = made(rule(limit, zone, *FREE, roll=roll), start, tolls_of(spans, start), table)
    assert latest(found) >= found.gross


@SOME
@given(worlds, caps, caps)
def test_capped_tolling_never_shortens(world: World, cap: Limit, other: Limit) -> None:
    start, limit, zone, table, roll, spans = world
    found = made(rule(limit, zone, (ANY, cap), ("other", other), roll=roll), start, tolls_of(spans, start), table)
    assert latest(found) >= found.gross


@SOME
@given(worlds, st.tuples(offsets, st.integers(0, 90 * 86_400), st.just(ANY)))
def test_another_toll_is_never_due_earlier(world: World, another: tuple[int, int, str]) -> None:
    start, limit, zone, table, roll, spans = world
    clock = rule(limit, zone, *FREE, roll=roll)
    before, after = (made(clock, start, tolls_of(each, start), table) for each in (spans, [*spans, another]))
    assert latest(before) <= latest(after)


@SOME
@given(worlds, st.tuples(offsets, st.integers(0, 90 * 86_400), st.just(ANY)), limits((Base.HOURS, Base.DAYS)))
def test_another_toll_of_a_capped_reason_is_never_due_earlier(
    world: World, another: tuple[int, int, str], cap: Limit
) -> None:
    """One reason by itself; where there are two, time under both uses up both caps."""
    start, limit, zone, table, roll, spans = world
    clock = rule(limit, zone, (ANY, cap), roll=roll)
    only = [(since, length, ANY) for since, length, _ in spans]
    before, after = (made(clock, start, tolls_of(each, start), table) for each in (only, [*only, another]))
    if (limit.base is Base.HOURS) == (cap.base is Base.HOURS):
        assert latest(before) <= latest(after)
    else:
        assert latest(after) >= after.gross


@SOME
@given(worlds, st.integers(0, 40_000_000))
def test_a_later_start_is_never_due_earlier_with_the_same_tolls(world: World, later: int) -> None:
    start, limit, zone, table, roll, spans = world
    clock, tolls = rule(limit, zone, *FREE, roll=roll), tolls_of(spans, start)
    moved = made(clock, start + timedelta(seconds=later), tolls, table)
    assert latest(made(clock, start, tolls, table)) <= latest(moved)


@SOME
@given(worlds, st.integers(1, 30))
def test_a_longer_limit_is_never_due_earlier_with_the_same_tolls(world: World, more: int) -> None:
    start, limit, zone, table, roll, spans = world
    tolls = tolls_of(spans, start)
    longer = Limit(limit.count + more, limit.base)
    one, other = (made(rule(each, zone, *FREE, roll=roll), start, tolls, table) for each in (limit, longer))
    assert latest(one) <= latest(other)


@SOME
@given(worlds, caps, st.randoms(use_true_random=False))
def test_the_order_of_tolls_does_not_matter(world: World, cap: Limit, random: object) -> None:
    start, limit, zone, table, roll, spans = world
    clock = rule(limit, zone, (ANY, cap), ("other", None), roll=roll)
    tolls = tolls_of(spans, start)
    shuffled = sorted(tolls, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert made(clock, start, tolls, table) == made(clock, start, shuffled, table)


@SOME
@given(worlds, caps)
def test_stretches_count_as_their_union_does(world: World, cap: Limit) -> None:
    """Merged, or cut in pieces that touch or overlap: the same time is the same time."""
    start, limit, zone, table, roll, spans = world
    clock = rule(limit, zone, (ANY, cap), ("other", None), roll=roll)
    tolls = tolls_of(spans, start)
    pieces = [
        Tolled(each.reason, since, until)
        for each in tolls
        if each.until is not None
        for half in [each.since + (each.until - each.since) / 2]
        for since, until in ((each.since, half), (half, each.until), (each.since, half + (each.until - half) / 2))
    ]
    whole = [
        Tolled(reason, since, until)
        for reason in (ANY, "other")
        for since, until in merged(Stretch(t.since, t.until or FOREVER) for t in tolls if t.reason == reason)
    ]
    assert made(clock, start, tolls, table) == made(clock, start, pieces, table) == made(clock, start, whole, table)


@SOME
@given(starts, limits(), zones, tables(), spans, caps)
def test_what_a_capped_reason_takes_is_at_most_its_cap(
    start: datetime, limit: Limit, zone: str, table: Table, spans: list[tuple[int, int, str]], cap: Limit
) -> None:
    clock = rule(limit, zone, (ANY, cap))
    tolls = tolls_of([(since, length, ANY) for since, length, _ in spans], start)
    taken = stretches_of(clock, tolls, start, table)
    if cap.base is Base.HOURS:
        assert length(taken) <= timedelta(hours=cap.count)
    elif limit.base is Base.HOURS and cap.base in (Base.DAYS, Base.WEEKS):
        assert length(taken) <= timedelta(days=cap.count * (7 if cap.base is Base.WEEKS else 1))
    if cap.base is Base.WORKING_DAYS:
        assert sum(map(table.is_working, begun_in(taken, zone))) <= cap.count
    elif limit.base is not Base.HOURS:
        assert len(begun_in(taken, zone)) <= most_days(cap, taken, zone)


def most_days(cap: Limit, taken: Sequence[Stretch], zone: str) -> int:
    if cap.base is Base.HOURS:
        return -(-cap.count // 24)
    return calendar_days(cap, day_of(taken[0].since, zone), first_day=False) if taken else 0


def begun_in(stretches: Sequence[Stretch], zone: str) -> list[date]:
    found = []
    for since, until in stretches:
        day = day_of(since, zone)
        while begins(day, zone) < until:
            if begins(day, zone) >= since:
                found.append(day)
            day += DAY
    return found


@SOME
@given(starts, limits((Base.DAYS,)), zones, st.lists(st.tuples(st.integers(0, 9), st.integers(1, 80)), max_size=4))
def test_days_that_did_not_count_add_up(start: datetime, limit: Limit, zone: str, pairs: list[tuple[int, int]]) -> None:
    """Tolls one after another that end before the gross deadline: it moves by as many days as began in them."""
    clock = rule(limit, zone, *FREE)
    gross, at, tolls = made(clock, start, (), PLAIN).gross, start, list[Tolled]()
    for gap, hours in pairs:
        since = at + timedelta(hours=gap)
        at = since + timedelta(hours=hours)
        if at < gross:
            tolls.append(Tolled(ANY, since, at))
    days = len(begun_in(merged(Stretch(t.since, t.until or FOREVER) for t in tolls), zone))
    days -= any(t.since == start == begins(day_of(start, zone), zone) for t in tolls)  # it does not count anyway
    due = made(clock, start, tolls, PLAIN).due
    assert due is not None
    assert day_of(due, zone) - day_of(gross, zone) == days * DAY


@SOME
@given(worlds)
def test_a_tolled_deadline_that_rolls_is_a_working_day_and_never_in_a_stretch(world: World) -> None:
    start, limit, zone, table, roll, spans = world
    clock, tolls = rule(limit, zone, *FREE, roll=roll), tolls_of(spans, start)
    found = made(clock, start, tolls, table)
    assert found.due is not None
    if limit.base is not Base.HOURS:
        assert holding(stretches_of(clock, tolls, start, table), found.due) is None
        if roll is not Roll.NONE or limit.base is Base.WORKING_DAYS:
            assert table.is_working(day_of(found.due, zone))


@SOME
@given(worlds, st.integers(1, 10**7), st.integers(1, 10**7))
def test_what_was_missed_stays_missed(world: World, later: int, lasts: int) -> None:
    """A toll that begins after a deadline does not move it."""
    start, limit, zone, table, roll, spans = world
    clock, tolls = rule(limit, zone, *FREE, roll=roll), tolls_of(spans, start)
    before = made(clock, start, tolls, table)
    assert before.due is not None
    since = before.due + timedelta(seconds=later)
    now = since + timedelta(seconds=2 * lasts)
    after = made(clock, start, [*tolls, Tolled(ANY, since, since + timedelta(seconds=lasts))], table, now)
    assert after.due == before.due
    assert after.running is Running.MISSED


@SOME
@given(worlds, caps)
def test_an_open_toll_is_due_at_the_latest_when_its_cap_allows(world: World, cap: Limit) -> None:
    """Whenever it then ends, the deadline is no later than was said; and its cap ends it by itself."""
    start, limit, zone, table, roll, spans = world
    clock = rule(limit, zone, (ANY, cap), ("other", None), roll=roll)
    others = [each for each in tolls_of(spans, start) if each.reason == "other"]
    since = start + timedelta(hours=5)
    open_ = made(clock, start, [*others, Tolled(ANY, since, None)], table, since)
    assert open_.due is not None
    for hours in (0, 1, 30, 24 * 40, 24 * 365 * 5):
        closed = made(clock, start, [*others, Tolled(ANY, since, since + timedelta(hours=hours))], table)
        assert latest(closed) <= open_.due
    capped = next(each.capped for each in open_.tolled if each.reason == ANY)
    assert capped is not None
    assert made(clock, start, [Tolled(ANY, since, None)], table, capped).running is not Running.TOLLED
    assert made(clock, start, [Tolled(ANY, since, None)], table, capped - timedelta(seconds=1)).running in (
        Running.TOLLED,
        Running.MISSED,
    )


@SOME
@given(worlds, st.integers(0, 40_000_000))
def test_a_toll_without_a_cap_has_no_deadline_unless_it_was_due_before(world: World, later: int) -> None:
    start, limit, zone, table, roll, _ = world
    clock = rule(limit, zone, *FREE, roll=roll)
    since = start + timedelta(seconds=later)
    found = made(clock, start, [Tolled(ANY, since, None)], table, since)
    assert found.due in (None, found.gross)
    assert (found.due is None) == (since < found.gross or (since == found.gross and limit.base is not Base.HOURS))


@SOME
@given(worlds, st.integers(0, 40_000_000))
def test_gross_is_tolled_and_net(world: World, later: int) -> None:
    start, limit, zone, table, roll, spans = world
    clock, tolls = rule(limit, zone, *FREE, roll=roll), tolls_of(spans, start)
    now = start + timedelta(seconds=later)
    took = spent(made(clock, start, tolls, table, now), now)
    within = [Stretch(max(t.since, start), min(t.until or FOREVER, now)) for t in tolls]
    assert took.gross == timedelta(seconds=later)
    assert took.tolled == length(merged(within))
    assert took.net == took.gross - took.tolled >= timedelta()


def test_a_reason_that_the_clock_does_not_know_is_refused() -> None:
    start = datetime(2026, 6, 12, tzinfo=UTC)
    with pytest.raises(UnknownToll, match="the clock `c` knows no reason `rain` not to count time; known: `any`"):
        made(rule(Limit(9, Base.DAYS), "UTC", (ANY, None)), start, [Tolled("rain", start, None)], PLAIN)


def test_stretches_of_equal_hands_in_the_hour_that_is_twice_are_told_apart() -> None:
    """1:30 to 1:30 is an hour on that night. Times of one zone would be compared by their hands, and be equal."""
    one, two = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))
    clock = rule(Limit(10, Base.HOURS), "America/New_York", (ANY, None))
    found = made(clock, one - timedelta(hours=1), [Tolled(ANY, one, two)], PLAIN)
    assert found.due == one + timedelta(hours=10)
    assert [(each.since.isoformat(), each.until and each.until.isoformat()) for each in found.tolled] == [
        ("2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00")
    ]
