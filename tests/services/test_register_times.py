"""Times against the clocks: what is still open makes no figure better, and what did not count is left out once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from licet.core.cases.clock import Deadline, Running, Tolled
from licet.services.cases.register.times import Times, drawn, is_overdue, spread

START = datetime(2026, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def deadline(
    days: float = 10, running: Running = Running.RUNNING, ended: float | None = None, *tolls: Tolled
) -> Deadline:
    end = None if ended is None else START + ended * DAY
    due = START + days * DAY
    return Deadline("c", "C", "officer", START, 1, due, due, running, end, tolls, "", "10 d")


def counted(*of: Deadline, now: datetime, final: bool = False) -> Times:
    times = Times()
    for each in of:
        times.count(each, final=final, now=now)
    return times


def test_an_open_one_counts_with_its_age_and_the_figure_says_so() -> None:
    met = deadline(ended=2, running=Running.MET)
    seen = counted(met, deadline(), deadline(), now=START + 5 * DAY)
    found = spread(seen.net, seen.lasting)
    assert found is not None
    assert (found.median, found.median_at_least) == (5 * 86_400, True)
    assert (found.worst, found.worst_at_least) == (5 * 86_400, True)
    assert (seen.started, seen.met, seen.missed, seen.open) == (3, 1, 0, 2)


def test_an_open_one_that_is_older_than_the_median_leaves_it_exact() -> None:
    met = deadline(ended=2, running=Running.MET)
    seen = counted(met, met, deadline(), now=START + 5 * DAY)
    found = spread(seen.net, seen.lasting)
    assert found is not None and (found.median, found.median_at_least) == (2 * 86_400, False)


def test_what_is_stopped_is_counted_and_has_no_time() -> None:
    seen = counted(deadline(ended=1, running=Running.STOPPED), now=START + 5 * DAY)
    assert (seen.started, seen.stopped, len(seen.net)) == (1, 1, 0)


def test_missed_is_missed_whether_it_was_done_or_not() -> None:
    late = deadline(ended=12, running=Running.MISSED)
    never = deadline(running=Running.MISSED)
    seen = counted(late, never, now=START + 20 * DAY)
    assert (seen.missed, seen.open, seen.overdue) == (2, 1, 1)
    closed = counted(never, now=START + 20 * DAY, final=True)
    assert (closed.missed, closed.open, closed.overdue) == (1, 0, 0)
    assert is_overdue(never, final=False, now=START + 20 * DAY)
    assert not is_overdue(late, final=False, now=START + 20 * DAY)
    assert not is_overdue(deadline(), final=False, now=START + 10 * DAY)


def test_times_that_are_withheld_are_counted_and_in_no_figure() -> None:
    times = Times()
    times.count(deadline(ended=2, running=Running.MET), final=False, now=START + 3 * DAY, timed=False)
    assert (times.met, times.untimed, len(times.net), len(times.share)) == (1, 1, 0, 0)


stretches = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.none() | st.integers(0, 20)), max_size=5)


@given(stretches, st.integers(0, 20))
def test_overlapping_tolls_count_once(of: list[tuple[int, int, int | None]], end: int) -> None:
    tolls = [
        Tolled("r", START + a * DAY, START + (a + b) * DAY, None if c is None else START + (a + c) * DAY)
        for a, b, c in of
    ]
    days = {n for a, b, c in of for n in range(a, a + (b if c is None else min(b, c))) if n < end}
    seen = counted(deadline(10, Running.RUNNING, None, *tolls), now=START + end * DAY)
    assert list(seen.net) == [(end - len(days)) * 86_400]


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans(), st.integers(0, 50)), min_size=1, max_size=9))
def test_the_true_median_is_never_shorter(of: list[tuple[int, bool, int]]) -> None:
    """And it is exactly this one where the figure does not say `at least`, however long those that run still take."""
    found = spread([float(now) for now, _, _ in of], [open_ for _, open_, _ in of])
    assert found is not None
    truth = median_low([float(now + (more if open_ else 0)) for now, open_, more in of])
    assert truth >= found.median
    assert found.median_at_least or truth == found.median


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans())), st.integers(0, 40))
def test_parts_add_up(of: list[tuple[int, bool]], cut: int) -> None:
    made = [deadline(ended=None if open_ else n, running=Running.RUNNING if open_ else Running.MET) for n, open_ in of]
    now = START + 5 * DAY
    one, other = counted(*made[:cut], now=now), counted(*made[cut:], now=now)
    one.add(other)
    assert one == counted(*made, now=now)


def test_a_chart_gets_a_hundred_with_both_ends() -> None:
    found = drawn([n / 1000 for n in range(1001)], [0] * 1001)
    assert len(found) == 100 and found[0] == (0.0, False) and found[-1] == (1.0, False)
