"""What is derived of cases, in every store there is: chosen, ordered, counted and bounded there, not by who asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from licet.adapters.store import case_words as words
from licet.adapters.store import create_store, open_store, sqlite
from licet.adapters.store.migrations import migrate
from licet.adapters.store.query import PAGE
from licet.adapters.store_memory import MemoryStore
from licet.core.cases.case import Link
from licet.core.cases.entry import ClockKey, Entry
from licet.services.cases.ports import Appending, CaseRow, Derived, DueRow, Opened, Opening, place_of
from licet.services.ports import Store

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
PROCEDURE = "sha256:" + "1" * 64
APPEAL = Link("appeals", "C-1")


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    yield made
    made.close()


def due(clock: str = "decide", hours: float = 1, owner: str = "clerk", fires: bool = True) -> DueRow:
    at = NOW + timedelta(hours=hours)
    return DueRow("", ClockKey(clock, 1), "Decide", owner, at, at, fires, "")


def entry(number: int = 1, event: str = "file", **fields: Any) -> Entry:
    return Entry(number, event, "clerk", "ann", NOW, NOW, fields)


def opened(*due_rows: DueRow, links: tuple[Link, ...] = (), **more: Any) -> Opened:
    row = CaseRow("", "application", "p@1", "filed", False, "Fable", "acme", NOW, NOW, 1, None)._replace(**more)
    return Opened(Opening(PROCEDURE, entry(), b"b" * 32), row, due_rows, links=links)


def opening(store: Store, *cases: Opened) -> None:
    store.open_cases(cases, [], actor="ann", at=NOW)


def pointing(store: Store, *targets: str, **asked: Any) -> list[tuple[str, str, str]]:
    return [(each.row.case, each.relation, each.target) for each in store.linked_to(targets, **asked)]


def test_what_points_at_a_case_is_found_in_the_order_of_opening(store: Store) -> None:
    part = Link("part of", "C-1")
    opening(store, opened(), opened(links=(APPEAL, APPEAL, part)), opened(links=(Link("follows", "C-2"), part)))
    assert pointing(store, "C-1") == [
        ("C-2", "appeals", "C-1"),
        ("C-2", "part of", "C-1"),
        ("C-3", "part of", "C-1"),
    ]
    assert pointing(store, "C-1", relation="part of", limit=1) == [("C-2", "part of", "C-1")]
    assert pointing(store, "C-1", after="C-2") == [("C-3", "part of", "C-1")]
    assert pointing(store, "C-2", "C-1", relation="follows") == [("C-3", "follows", "C-2")]
    assert pointing(store, "C-3") == pointing(store) == []
    assert dict(store.link_counts("C-1")) == {"appeals": 1, "part of": 2}
    assert list(store.link_counts("C-1")) == ["appeals", "part of"]
    assert store.link_counts("C-3") == {}
    assert store.linked_to(["C-2"])[0].row == store.case_rows()[2]


def test_links_change_with_the_case_that_says_them(store: Store) -> None:
    opening(store, opened(), opened(links=(APPEAL,)))
    (row,) = store.case_rows(after="C-1")
    new = Appending("C-2", 1, (entry(2, "link"),), row._replace(number=2), (), links=(Link("concerns", "C-1"),))
    store.append_entries([new], [], actor="ann", at=NOW)
    assert pointing(store, "C-1") == [("C-2", "concerns", "C-1")]
    assert store.reindex([Derived(row._replace(number=2), (), (APPEAL,))]) == 1
    assert pointing(store, "C-1") == [("C-2", "appeals", "C-1")]
    assert store.reindex([Derived(row._replace(number=9), (), ())]) == 0
    assert pointing(store, "C-1") == [("C-2", "appeals", "C-1")]


def test_what_a_destroyed_case_was_linked_to_goes_and_what_is_linked_to_it_stays(store: Store) -> None:
    opening(store, opened(), opened(links=(APPEAL,)), opened(links=(Link("follows", "C-2"),)))
    store.erase_case("C-2", actor="ann", at=NOW)
    assert pointing(store, "C-1") == []
    assert pointing(store, "C-2") == [("C-3", "follows", "C-2")]
    store.erase_case("C-3", actor="ann", at=NOW)
    assert pointing(store, "C-2") == []


def test_many_targets_are_one_question(store: Store) -> None:
    opening(store, *(opened(links=(Link("part of", f"C-{number}"),)) for number in range(1, PAGE + 200)))
    every = [f"C-{number}" for number in range(1, PAGE + 200)]
    found = pointing(store, *reversed(every))
    assert [case for case, _, _ in found] == every
    assert pointing(store, *every, limit=3) == found[:3]
    assert len(store.case_rows(cases=every)) == len(every)
    assert [each.case for each in store.case_rows(cases=["C-9", "C-2", "nobody"])] == ["C-2", "C-9"]
    assert store.case_rows(cases=[]) == ()


def test_what_is_due_is_chosen_ordered_and_bounded(store: Store) -> None:
    opening(
        store,
        opened(due("b", 2, "judge"), due("a", 2, "clerk", fires=False)),
        *(opened(due(hours=1)) for _ in range(9)),
        opened(due("z", 1), due("y", 1)),
    )
    every = store.due_rows()
    first = [("C-2", "decide"), ("C-3", "decide")]
    assert [(each.case, each.key.clock) for each in every[:2]] == first
    assert [(each.case, each.key.clock) for each in every[-4:]] == [
        ("C-11", "y"),
        ("C-11", "z"),
        ("C-1", "a"),
        ("C-1", "b"),
    ]
    for limit in (1, 3, 5):
        pages: list[DueRow] = []
        while page := store.due_rows(limit=limit, after=place_of(pages[-1]) if pages else None):
            assert len(page) <= limit
            pages += page
        assert tuple(pages) == every
    assert [each.key.clock for each in store.due_rows(owner="judge")] == ["b"]
    assert [each.case for each in store.due_rows(cases=["C-11", "C-4"])] == ["C-4", "C-11", "C-11"]
    assert [each.key.clock for each in store.due_rows(fires=False)] == ["a"]
    assert store.due_rows(cases=[]) == ()
    soon = NOW + timedelta(hours=1)
    assert (store.due_count(), store.due_count(until=soon), store.due_count(owner="judge")) == (13, 11, 1)
    assert store.due_count(owner="clerk", cases=["C-1", "C-2"], until=soon) == 1
    assert [each.case for each in store.due_rows(until=soon, after=place_of(every[8]))] == ["C-11", "C-11"]


def test_what_is_due_of_more_cases_than_one_question_takes_is_in_order(store: Store) -> None:
    hours = [(7 * number) % 1201 for number in range(PAGE + 200)]
    opening(store, *(opened(due(hours=each)) for each in hours))
    names = [f"C-{number}" for number in range(1, len(hours) + 1)]
    assert [each.due for each in store.due_rows(cases=names)] == sorted(NOW + timedelta(hours=each) for each in hours)
    assert store.due_rows(cases=names, limit=3) == store.due_rows(limit=3)
    assert store.due_count(cases=names) == len(names)


def test_cases_in_which_something_is_overdue(store: Store) -> None:
    opening(
        store,
        opened(due(hours=-1), due("b", hours=-2)),
        opened(due(hours=0), state="heard", parent="C-1"),
        opened(due(hours=1), parent="C-1"),
        opened(final=True, state="closed", party="zeta"),
    )
    assert [each.case for each in store.case_rows(overdue=NOW)] == ["C-1", "C-2"]
    assert [each.case for each in store.case_rows(overdue=NOW, limit=1)] == ["C-1"]
    assert [each.case for each in store.case_rows(overdue=NOW, after="C-1")] == ["C-2"]
    assert [each.case for each in store.case_rows(party="zeta")] == ["C-4"]
    assert [tuple(each) for each in store.case_counts()] == [
        ("p@1", "closed", True, 1),
        ("p@1", "filed", False, 2),
        ("p@1", "heard", False, 1),
    ]
    filed, heard = ("p@1", "filed", False, 1), ("p@1", "heard", False, 1)
    assert [tuple(each) for each in store.case_counts(overdue=NOW)] == [filed, heard]
    those: dict[str, Any] = {"parent": "C-1", "is_open": True, "state": "filed", "topic": "application"}
    assert [tuple(each) for each in store.case_counts(**those)] == [filed]
    assert store.case_counts(topic="appeal") == ()


AT = "2026-06-12T21:21:00.000000Z"
OLD = (
    (1, entry()),
    (2, entry(appealed=["C-1"], title="not a link")),
    (2, replace(entry(event="link", relation="follows", target="C-1"), number=2)),
    (
        3,
        entry(
            part_of=["C-1"],
            concerns="prose that is no list",
            licensed_by=["a-licence"],
            relation="appeals",
            target="C-9",
        ),
    ),
    (4, entry(text='"appeals": ["C-1"]')),
)


def test_an_older_store_gets_the_links_that_its_cases_say(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    path = state / "licet.db"
    path.touch(mode=0o600)
    engine = sqlite._engine(path)
    with engine.connect().execution_options(licet_write=True) as connection, connection.begin():
        migrate(connection, sqlite.forbid_changes, NOW, to=6)
    engine.dispose()
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("INSERT INTO event VALUES (1, ?, 'ann', 'x', NULL, NULL, x'7b7d')", (AT,))
        for case in (1, 2, 3, 4, 5):
            old.execute("INSERT INTO case_opened VALUES (?, ?, ?, 1)", (case, PROCEDURE, b"b"))
            row = (
                "application",
                "p@1",
                "filed",
                0,
                "",
                "",
                "2026-06-12T21:21:00.000000Z",
                "2026-06-12T21:21:00.000000Z",
                1,
            )
            old.execute("INSERT INTO case_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", (case, *row))
        add = "INSERT INTO case_entry VALUES (?, ?, ?, 'x', 'x', NULL, NULL, NULL, NULL, ?, 1)"
        for case, each in OLD:
            old.execute(add, (case, each.number, each.event, words.entry_content(each)))
        old.execute(add, (5, 1, "link", words.ERASED_CONTENT))
    with closing(open_store(state, NOW)) as store:
        assert pointing(store, "C-1") == [
            ("C-2", "appeals", "C-1"),
            ("C-2", "follows", "C-1"),
            ("C-3", "part of", "C-1"),
        ]
        assert pointing(store, "a-licence") == [("C-3", "licensed by", "a-licence")]
        assert pointing(store, "C-9", "no list", "n") == []


SOONEST = "ORDER BY due, case_no, clock, started_by, again LIMIT 5"


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (
            "SELECT * FROM case_due WHERE owner = 'x' ORDER BY due, case_no, clock, started_by, again LIMIT 5",
            "case_due_by_owner",
        ),
        (f"SELECT * FROM case_due {SOONEST}", "case_due_by_due"),
        ("SELECT * FROM case_row WHERE party = 'x' ORDER BY case_no", "case_row_by_party"),
        ("SELECT * FROM case_link WHERE target = 'x' ORDER BY case_no", "PRIMARY KEY"),
        ("DELETE FROM case_link WHERE case_no = 1", "case_link_by_case"),
    ],
)
def test_nothing_is_sorted_or_read_whole(tmp_path: Path, asked: str, index: str) -> None:
    create_store(tmp_path / "state", NOW).close()
    with closing(sqlite3.connect(tmp_path / "state" / "licet.db")) as connection:
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}"))
    assert index in plan
    assert "TEMP B-TREE" not in plan
