"""Clocks of cases run out exactly once: whoever runs, after a restart, two at once, and when the wall clock jumps."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.services.cases_world import NOW, Court, court

from licet.adapters.store import create_store, open_store
from licet.adapters.store_memory import MemoryStore
from licet.core.cases.calendar import Calendar, Table
from licet.services.acts.carried import Carried
from licet.services.acts.what import What
from licet.services.cases.asked import exhibit
from licet.services.cases.firing import Fired, fire
from licet.services.cases.indexing import derived_of, is_stale, reindex
from licet.services.cases.laws import law_of
from licet.services.cases.looking import due
from licet.services.cases.pace import STEADY, TOLERANCE, Pace, paced
from licet.services.cases.ports import Appending
from licet.services.ports import Store, StoreConflict, StoreUnavailable


@pytest.fixture(params=["sqlite", "memory"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Court]:
    """Officers who work on cases, on each store."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    yield court(made)
    made.close()


def events(at: Court, case: str = "C-1") -> list[str]:
    return [each.entry.event for each in at.case(case).entries]


def test_nothing_runs_out_before_its_instant(at: Court) -> None:
    at.open()
    at.now += timedelta(hours=72)
    assert at.fire() == ()
    at.now += timedelta(microseconds=1)
    assert [each.entries[0].event for each in at.fire()] == ["ran out"]


def test_a_missed_deadline_is_entered_once_and_goes_on_being_due(at: Court) -> None:
    at.open()
    at.now += timedelta(days=4)
    (fired,) = at.fire()
    assert [(each.event, each.actor, each.clock) for each in fired.entries] == [("ran out", "clock", ("hearing", 1, 0))]
    assert fired.entries[0].happened == NOW + timedelta(hours=72)
    assert at.fire() == ()
    first = due(at.store, at.now)[0]
    assert (first.row.key.clock, first.overdue, first.row.fires) == ("hearing", True, False)
    at.act(at.entry("hear"))
    assert [each.row.key.clock for each in due(at.store, at.now)] == ["whole"]


def test_a_clock_makes_its_event_happen_and_the_case_is_what_it_is_then(at: Court) -> None:
    at.open()
    at.now += timedelta(days=40)
    (fired,) = at.fire()
    assert [each.event for each in fired.entries] == ["ran out", "lapse"]
    assert at.case().state.name == "granted"
    assert at.store.case_rows(is_open=False)[0].state == "granted"
    assert not [each for each in at.store.due_rows() if each.fires]


def test_a_clock_that_goes_back_enters_nothing_twice(at: Court) -> None:
    at.open()
    at.now += timedelta(days=4)
    assert len(at.fire()) == 1
    at.now -= timedelta(days=3)
    assert at.fire() == ()
    at.now += timedelta(days=3)
    assert at.fire() == ()
    assert events(at) == ["file", "ran out"]


def test_many_cases_run_out_soonest_due_first(at: Court) -> None:
    for _ in range(3):
        at.open()
        at.now += timedelta(hours=1)
    at.act(at.entry("hear", "C-1"))
    at.now += timedelta(days=4)
    assert [each.case for each in at.fire()] == ["C-2", "C-3"]


def test_one_case_that_cannot_be_read_keeps_no_other_from_running_out(at: Court) -> None:
    at.open(at.new("a"), at.new("b"))
    at.now += timedelta(days=4)
    broken = replace(at.law, by_digest={})
    assert [(each.case, bool(each.failed)) for each in fire(at.store, broken, at.now, at.casework)] == [
        ("C-1", True),
        ("C-2", True),
    ]
    assert [each.failed for each in at.fire()] == [None, None]


def test_a_case_that_somebody_else_changed_meanwhile_is_left_to_them_and_no_other_is() -> None:
    at = court(MemoryStore())
    at.open(at.new("a"), at.new("b"))
    at.now += timedelta(days=4)
    append = at.store.append_entries

    def beaten(changes: Sequence[Appending], *given: Any, **named: Any) -> None:
        if changes[0].case == "C-1":
            raise StoreConflict("somebody was there first")
        append(changes, *given, **named)

    at.store.append_entries = beaten  # type: ignore[method-assign]
    assert [(each.case, each.failed) for each in at.fire()] == [("C-2", None)]


def test_a_store_that_is_gone_is_told_and_not_taken_for_a_case_that_cannot_be_read() -> None:
    at = court(MemoryStore())
    at.open()
    at.now += timedelta(days=4)

    def gone(*_: object, **__: object) -> None:
        raise StoreUnavailable("the disk is full")

    at.store.append_entries = gone  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailable):
        at.fire()


def test_nothing_is_entered_in_a_case_that_was_destroyed_since_its_deadline_was_found() -> None:
    at = court(MemoryStore())
    brought, content = exhibit("no.txt", "text/plain", b"no")
    at.open(at.new("a"), at.new("b"))
    rows = at.store.due_rows(fires=True)
    at.act(at.entry("hear"))
    refuse = at.entry("refuse", role="judge", fields={"verdict": "no"}, exhibits=(brought,))
    at.act(refuse, carried=Carried(exhibits=(content,)))
    at.now += timedelta(days=365 * 5 + 3)
    at.ministry.approve(at.ministry.do(What.DESTROY_CASES, "ann", cases=["C-1"], reason="it is over"))
    never = rows[0]._replace(case="C-9")
    at.store.due_rows = lambda **_: (never, *rows)  # type: ignore[method-assign]
    assert [(each.case, each.failed) for each in at.fire()] == [("C-2", None)]


def test_an_index_that_says_too_soon_is_put_right_and_nothing_is_entered() -> None:
    at = court(MemoryStore())
    at.open()
    due_then = at.store.due_rows()
    at.store.reindex([derived_of(at.case())._replace(due=tuple(each._replace(due=NOW) for each in due_then))])
    at.now += timedelta(hours=1)
    assert at.fire() == ()
    assert at.store.due_rows() == due_then


def test_two_at_once_enter_once(at: Court) -> None:
    at.open(*(at.new(str(n)) for n in range(20)))
    at.now += timedelta(days=4)
    barrier = threading.Barrier(2)
    found: list[tuple[Fired, ...]] = []

    def run() -> None:
        barrier.wait()
        found.append(at.fire())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(each.case for fired in found for each in fired) == sorted(f"C-{n}" for n in range(1, 21))
    assert all(events(at, f"C-{n}") == ["file", "ran out"] for n in range(1, 21))


KILLED = """
    import os, signal, sys
    sys.path.insert(0, sys.argv[3])
    from datetime import datetime
    from pathlib import Path
    from licet.adapters.calendars import Holidays
    from licet.adapters.store import open_store
    from licet.services.cases.firing import fire
    from licet.services.cases.laws import law_of
    from licet.services.cases.ports import Casework

    now = datetime.fromisoformat(sys.argv[2])
    store = open_store(Path(sys.argv[1]), now)
    append = store.append_entries

    def killed(*given, **named):
        if sys.argv[4] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        append(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    store.append_entries = killed
    fire(store, law_of(store, Holidays(), now), now, Casework(Holidays()))
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_that_is_killed_beside_its_append_has_entered_once(tmp_path: Path, when: str) -> None:
    with closing(create_store(tmp_path / "state", NOW)) as store:
        at = court(store)
        at.open(at.new("a"), at.new("b"))
        at.now += timedelta(days=4)
        command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "state"), at.now.isoformat()]
        ended = subprocess.run([*command, str(Path.cwd()), when], check=False, env=dict(os.environ))
        assert ended.returncode == -signal.SIGKILL
    with closing(open_store(tmp_path / "state", NOW)) as store:
        law = law_of(store, at.casework.calendars, at.now)
        fired = fire(store, law, at.now, at.casework)
        assert [each.case for each in fired] == (["C-2"] if when == "after" else ["C-1", "C-2"])
        for case in ("C-1", "C-2"):
            found = store.case(case)
            assert found is not None
            assert [each.event for each in found.entries] == ["file", "ran out"]


class OtherDays:
    """Tables that have a holiday more."""

    def __init__(self, at: Court) -> None:
        self._at = at

    def table(self, calendar: Calendar, first: int, last: int) -> Table:
        """See the port."""
        return replace(self._at.casework.calendars.table(calendar, first, last), digest="sha256:" + "5" * 64)


def test_what_is_due_is_found_anew_when_a_table_of_working_days_changed(at: Court) -> None:
    at.open(at.new("a"), at.new("b"))
    assert not is_stale(at.store, at.law)
    other = law_of(at.store, OtherDays(at), at.now)
    assert is_stale(at.store, other)
    assert reindex(at.store, other, at.now) == 2
    assert {each.calendar for each in at.store.due_rows()} == {"sha256:" + "5" * 64}
    assert not is_stale(at.store, other)


def test_a_wall_clock_that_goes_with_the_boots_clock_is_steady() -> None:
    pace = paced(None, "b", 1000.0, 10.0)
    for second in range(1, 100):
        pace = paced(pace, "b", 1000.0 + second * 1.0005, 10.0 + second)
        assert pace.is_steady


@pytest.mark.parametrize("jump", [3600.0, -3600.0, TOLERANCE + 1])
def test_a_jump_stops_clocks_until_the_wall_clock_has_been_steady(jump: float) -> None:
    pace = paced(paced(None, "b", 1000.0, 10.0), "b", 1001.0 + jump, 11.0)
    assert not pace.is_steady
    assert not paced(pace, "b", 1000.0 + jump + STEADY, 10.0 + STEADY).is_steady
    assert paced(pace, "b", 1001.0 + jump + STEADY, 11.0 + STEADY).is_steady
    assert pace.confirmed().is_steady
    again = paced(pace, "b", 1000.0 + STEADY, 11.0 + STEADY)
    assert not again.is_steady


def test_a_sleeping_machine_is_no_jump_and_another_boot_only_if_time_went_back() -> None:
    pace = paced(None, "b", 1000.0, 10.0)
    assert paced(pace, "b", 1000.0 + 86400, 10.0 + 86400).is_steady
    assert paced(pace, "c", 5000.0, 1.0).is_steady
    assert not paced(pace, "c", 900.0, 1.0).is_steady
    assert not paced(Pace("b", 1000.0, 990.0, jumped=5.0), "c", 5000.0, 1.0).is_steady


def test_after_another_boot_the_wall_clock_is_held_against_that_boots_clock() -> None:
    other = paced(Pace("b", 1000.0, 990.0, jumped=5.0), "c", 5000.0, 1.0)
    assert other == Pace("c", 5000.0, 4999.0, jumped=1.0)
    assert not paced(other, "c", 5000.0 + STEADY - 1, STEADY).is_steady
    assert paced(other, "c", 5000.0 + STEADY, 1.0 + STEADY).is_steady


@pytest.mark.parametrize("parts", [TOLERANCE, -TOLERANCE])
def test_clocks_that_part_by_no_more_than_the_tolerance_are_steady(parts: float) -> None:
    assert paced(Pace("b", 1000.0, 990.0), "b", 1001.0 + parts, 11.0).is_steady
    assert paced(Pace("b", 1000.0, 990.0), "c", 1000.0 - abs(parts), 11.0).is_steady
