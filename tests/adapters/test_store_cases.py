"""The contract of `services.cases.ports.Cases`, held by every store there is."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from licet.adapters.store import SqlStore, create_store, open_store
from licet.adapters.store_memory import MemoryStore
from licet.core.cases.entry import ClockKey, Entry, Exhibit
from licet.services.cases.ports import NAMED_LATER, Appending, CaseRow, Derived, DueRow, Letter, Opened, Opening
from licet.services.ports import Store, StoreConflict, StoreUnavailable
from licet.services.stored import StoredList
from licet.wire.canonical import digest

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PROCEDURE = "sha256:" + "1" * 64
LETTER = StoredList(digest(b"a letter"), b"a letter")
EXHIBIT = Exhibit("letter.txt", "text/plain", 8, LETTER.digest)


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store, empty."""
    made: Store = create_store(tmp_path / "state", NOW) if request.param == "sqlite" else MemoryStore()
    yield made
    events = list(made.events(0))
    assert [each.seq for each in events] == list(range(1, len(events) + 1))
    kinds = [each.kind for each in events]
    assert kinds.count("case opened") == len(list(made.stored_cases())) == len(made.case_rows())
    made.close()


def entry(number: int = 1, event: str = "file", **more: object) -> Entry:
    return Entry(number, event, "applicant", "ann", NOW, NOW, {"title": "ünï", "n": number}, party="acme", **more)  # type: ignore[arg-type]


def row(number: int = 1, *, final: bool = False, **more: Any) -> CaseRow:
    made = CaseRow("", "application", "p@1", "filed", final, "Fable", "acme", NOW, NOW, number, None)
    return made._replace(**more)


def due(clock: str = "decide", hours: int = 1, *, fires: bool = True, again: int = 0) -> DueRow:
    at = NOW + timedelta(hours=hours)
    return DueRow("", ClockKey(clock, 1, again), "Decide", "officer", at, at, fires, "sha256:0")


def opened(*due_rows: DueRow, **more: Any) -> Opened:
    return Opened(Opening(PROCEDURE, entry(), b"b" * 32), row(**more), due_rows)


def open_one(store: Store, *due_rows: DueRow, **more: Any) -> str:
    return store.open_cases([opened(*due_rows, **more)], [], actor="ann", at=NOW)[0]


def appending(case: str, *entries: Entry, expected: int = 1, due_rows: tuple[DueRow, ...] = ()) -> Appending:
    return Appending(case, expected, entries, row(expected + len(entries), case=case), due_rows)


def test_cases_are_named_in_the_order_of_their_opening_and_kept_with_all_they_say(store: Store) -> None:
    one = Opened(Opening(PROCEDURE, entry(exhibits=(EXHIBIT,)), b"b" * 32), row(2), (due(),), (), (entry(2, "link"),))
    assert store.open_cases([one, opened()], [LETTER], actor="ann", at=NOW) == ("C-1", "C-2")
    found = store.case("C-1")
    assert found is not None
    assert found.entries == (entry(exhibits=(EXHIBIT,)), entry(2, "link"))
    assert (found.id, found.procedure, found.blind, found.erased) == ("C-1", PROCEDURE, b"b" * 32, None)
    assert store.exhibit(LETTER.digest) == b"a letter"
    assert store.exhibit("sha256:" + "0" * 64) is None
    assert [each.case for each in store.case_rows()] == ["C-1", "C-2"]
    assert store.due_rows()[0] == due()._replace(case="C-1")
    assert [(each.kind, json.loads(each.body)) for each in store.events(0)] == [
        ("case opened", {"case": "C-1", "procedure": PROCEDURE, "entries": 2}),
        ("case opened", {"case": "C-2", "procedure": PROCEDURE, "entries": 1}),
        ("exhibits kept", {"digests": [LETTER.digest]}),
    ]


@pytest.mark.parametrize("name", ["C-2", "C-0", "C-01", "c-1", "C-", "1", "C-1 ", "C-\uff19", "C-" + "9" * 30, ""])
def test_what_names_no_case_finds_none(store: Store, name: str) -> None:
    open_one(store)
    assert store.case(name) is None
    with pytest.raises(StoreConflict, match="there is no case"):
        store.append_entries([appending(name, entry(2))], [], actor="ann", at=NOW)
    with pytest.raises(StoreConflict, match="there is no case"):
        store.erase_case(name, actor="ann", at=NOW)


def test_entries_are_appended_on_what_was_seen_and_nothing_else(store: Store) -> None:
    open_one(store)
    store.append_entries([appending("C-1", entry(2, "note"), entry(3, "decide"))], [], actor="ben", at=LATER)
    with pytest.raises(StoreConflict, match=r"`C-1` has 3 entries, not 1: `ann` entered `decide` at 2026-06-12T21:21"):
        store.append_entries([appending("C-1", entry(2, "grant"))], [], actor="ben", at=LATER)
    with pytest.raises(ValueError, match="without gaps"):
        store.append_entries([appending("C-1", entry(5), expected=3)], [], actor="ben", at=LATER)
    found = store.case("C-1")
    assert found is not None
    assert [each.event for each in found.entries] == ["file", "note", "decide"]
    assert [(each.kind, each.actor) for each in store.events(1)] == [("case entered", "ben")]


@pytest.mark.parametrize("numbers", [(2,), (1, 3), (1, 1), (2, 1)])
def test_a_case_is_opened_with_entries_from_the_first_without_gaps(store: Store, numbers: tuple[int, ...]) -> None:
    first, *rest = (entry(each) for each in numbers)
    with pytest.raises(ValueError, match="without gaps"):
        store.open_cases(
            [Opened(Opening(PROCEDURE, first, b"b" * 32), row(), (), (), tuple(rest))], [], actor="ann", at=NOW
        )
    assert store.case("C-1") is None


def test_all_or_none(store: Store) -> None:
    open_one(store)
    open_one(store)
    wrong = [appending("C-1", entry(2)), appending("C-2", entry(3), expected=2)]
    with pytest.raises(StoreConflict, match="`C-2`"):
        store.append_entries(wrong, [LETTER], actor="ann", at=NOW)
    assert [len(each.entries) for each in store.stored_cases()] == [1, 1]
    assert store.exhibit(LETTER.digest) is None
    assert store.head() == 2


def test_a_clock_runs_out_once(store: Store) -> None:
    open_one(store, due())
    key = ClockKey("decide", 1)
    store.append_entries([appending("C-1", entry(2, "ran out", clock=key))], [], actor="clock", at=NOW)
    again = appending("C-1", entry(3, "ran out", clock=key), expected=2)
    with pytest.raises(StoreConflict, match="the clock `decide` of `C-1`, started by number 1, ran out already"):
        store.append_entries([again], [], actor="clock", at=NOW)
    moved = entry(3, "ran out", clock=ClockKey("decide", 1, 1))
    store.append_entries([appending("C-1", moved, expected=2)], [], actor="clock", at=NOW)
    found = store.case("C-1")
    assert found is not None
    assert found.entries[2].clock == ClockKey("decide", 1, 1)


def test_lists_are_narrowed_by_all_that_is_asked(store: Store) -> None:
    open_one(store)
    open_one(store, topic="appeal", state="heard", parent="C-1")
    open_one(store, final=True, parent="C-1")

    def names(**asked: object) -> list[str]:
        return [each.case for each in store.case_rows(**asked)]  # type: ignore[arg-type]

    assert names(topic="appeal") == ["C-2"]
    assert names(state="filed") == ["C-1", "C-3"]
    assert names(parent="C-1") == ["C-2", "C-3"]
    assert names(parent="C-1", is_open=True) == ["C-2"]
    assert names(is_open=False) == ["C-3"]
    assert names(after="C-1") == ["C-2", "C-3"]
    assert names(after="C-1", limit=1) == ["C-2"]
    assert store.case_rows(parent="C-1")[1] == row(case="C-3", final=True, parent="C-1")
    assert [each.id for each in store.stored_cases("C-2")] == ["C-3"]


def test_what_is_due_comes_soonest_first_and_is_replaced_with_each_entry(store: Store) -> None:
    open_one(store, due("decide", 3), due("answer", 1, fires=False))
    open_one(store, due("decide", 2))
    assert [(each.case, each.key.clock) for each in store.due_rows()] == [
        ("C-1", "answer"),
        ("C-2", "decide"),
        ("C-1", "decide"),
    ]
    assert [each.case for each in store.due_rows(until=NOW + timedelta(hours=2), fires=True)] == ["C-2"]
    assert len(store.due_rows(until=NOW + timedelta(hours=2))) == 2
    assert [each.key.clock for each in store.due_rows(limit=1)] == ["answer"]
    store.append_entries([appending("C-1", entry(2), due_rows=(due("cure", 9),))], [], actor="ann", at=NOW)
    assert [(each.case, each.key.clock) for each in store.due_rows()] == [("C-2", "decide"), ("C-1", "cure")]


def test_the_index_is_made_anew_but_not_of_what_changed_meanwhile(store: Store) -> None:
    open_one(store, due())
    open_one(store, due())
    store.append_entries([appending("C-2", entry(2))], [], actor="ann", at=NOW)
    before = store.head()
    anew = [Derived(row(1, case=name, title="new"), (due("other", 5),), ()) for name in ("C-1", "C-2")]
    assert store.reindex(iter(anew)) == 1
    assert [each.title for each in store.case_rows()] == ["new", "Fable"]
    assert [(each.case, each.key.clock) for each in store.due_rows()] == [("C-1", "other")]
    assert store.head() == before


def test_letters_wait_until_they_are_sent(store: Store) -> None:
    to = [Letter("", "", 1, f"{who}@example.com", f"Case {NAMED_LATER}", f"see {NAMED_LATER}") for who in ("a", "b")]
    store.open_cases([Opened(Opening(PROCEDURE, entry(), b"b" * 32), row(), (), tuple(to))], [], actor="ann", at=NOW)
    waiting = store.letters(unsent=True)
    assert waiting == (
        Letter("C-1.1.1", "C-1", 1, "a@example.com", "Case C-1", "see C-1"),
        Letter("C-1.1.2", "C-1", 1, "b@example.com", "Case C-1", "see C-1"),
    )
    store.mark_sent("C-1.1.1", at=LATER)
    assert store.letters(unsent=True) == waiting[1:]
    store.mark_sent("C-1.1.2", at=LATER, refused="550 nobody")
    assert store.letters(unsent=True) == ()
    assert store.letters(unsent=False) == waiting


def test_exhibits_are_kept_once_and_only_if_they_are_what_they_say(store: Store) -> None:
    store.keep_files([LETTER], actor="ann", at=NOW)
    store.keep_files([LETTER], actor="ann", at=NOW)
    assert [each.kind for each in store.events(0)] == ["exhibits kept"]
    with pytest.raises(ValueError, match="digest"):
        store.keep_files([StoredList(LETTER.digest, b"another")], actor="ann", at=NOW)


def test_a_destroyed_case_leaves_numbers_events_and_instants(store: Store) -> None:
    only, both = (
        store.add_act("work cases", content, actor="ann", at=NOW, subject=None, signature=None, alone=True).id
        for content in (b'{"a":"secret"}', b'{"b":"shared"}')
    )
    other = StoredList(digest(b"shared"), b"shared")
    shared = Exhibit("s", "text/plain", 6, other.digest)
    letter = Letter("", "", 1, "a@example.com", "s", "t")
    first = Opening(PROCEDURE, entry(act=only, exhibits=(EXHIBIT, shared)), b"b" * 32)
    store.open_cases([Opened(first, row(), (due(),), (letter,))], [LETTER, other], actor="ann", at=NOW)
    second = Opening(PROCEDURE, entry(act=both, exhibits=(shared,)), b"b" * 32)
    store.open_cases([Opened(second, row(), ())], [], actor="ann", at=NOW)
    fired = entry(2, "ran out", clock=ClockKey("decide", 1), act=both)
    store.append_entries([appending("C-1", fired)], [], actor="clock", at=NOW)
    assert store.erase_case("C-1", actor="ann and ben", at=LATER) == (both,)
    found = store.case("C-1")
    assert found is not None
    assert (found.erased, found.blind) == (LATER, b"")
    assert found.entries == (
        Entry(1, "file", "", "", NOW, NOW, {}),
        Entry(2, "ran out", "", "", NOW, NOW, {}, clock=ClockKey("decide", 1)),
    )
    assert next(iter(store.stored_cases())) == found
    assert (store.exhibit(LETTER.digest), store.exhibit(other.digest)) == (None, b"shared")
    acts = {each.id: each.content for each in store.acts()}
    assert acts == {only: b"", both: b'{"b":"shared"}'}
    assert (store.due_rows(), store.letters(unsent=False)) == ((), ())
    assert [(each.title, each.party) for each in store.case_rows()] == [("", ""), ("Fable", "acme")]
    with pytest.raises(StoreConflict, match="was destroyed"):
        store.append_entries([appending("C-1", entry(3), expected=2)], [], actor="ann", at=LATER)
    with pytest.raises(StoreConflict, match="was destroyed"):
        store.erase_case("C-1", actor="ann", at=LATER)
    assert store.erase_case("C-2", actor="ann", at=LATER) == ()
    assert {each.content for each in store.acts()} == {b""}
    assert store.exhibit(other.digest) is None


def test_of_two_officers_at_once_one_wins(store: Store) -> None:
    open_one(store)
    barrier, told = threading.Barrier(2), []

    def act(who: str) -> None:
        barrier.wait()
        made = appending("C-1", Entry(2, "decide", "officer", who, NOW, NOW, {}))
        try:
            store.append_entries([made], [], actor=who, at=NOW)
        except StoreConflict as error:
            told.append(str(error))

    threads = [threading.Thread(target=act, args=(who,)) for who in ("ann", "ben")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = store.case("C-1")
    assert found is not None
    assert len(found.entries) == 2
    assert len(told) == 1
    assert f"`{found.entries[1].actor}` entered `decide`" in told[0]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[SqlStore]:
    """A store on a database, with a case and an exhibit."""
    made = create_store(tmp_path / "state", NOW)
    attached = Opening(PROCEDURE, entry(exhibits=(EXHIBIT,)), b"b" * 32)
    made.open_cases([Opened(attached, row(), (due(),))], [LETTER], actor="ann", at=NOW)
    yield made
    made.close()


def test_nothing_of_a_destroyed_case_is_in_the_files(kept: SqlStore, tmp_path: Path) -> None:
    files = [tmp_path / "state" / name for name in ("licet.db", "licet.db-wal")]
    assert any("ünï".encode() in each.read_bytes() for each in files)
    kept.erase_case("C-1", actor="ann", at=LATER)
    assert not any("ünï".encode() in each.read_bytes() or b"a letter" in each.read_bytes() for each in files)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE case_entry SET content = CAST('' AS BLOB)",
        "UPDATE case_opened SET blind = CAST('' AS BLOB)",
        "DELETE FROM case_exhibit",
        "DELETE FROM case_attached",
        "UPDATE case_entry SET event = 'other'",
    ],
)
def test_only_a_destruction_that_is_recorded_passes_the_triggers(kept: SqlStore, tmp_path: Path, change: str) -> None:
    with closing(sqlite3.connect(tmp_path / "state" / "licet.db", isolation_level=None)) as connection:
        connection.execute("INSERT INTO case_erasing VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError, match="appended and never changed"):
            connection.execute(change)


def test_a_damaged_entry_is_not_read(kept: SqlStore, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "state" / "licet.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER case_entry_no_update")
        connection.execute("UPDATE case_entry SET content = CAST('{}' AS BLOB)")
    with pytest.raises(StoreUnavailable, match="an entry of a case in the store is damaged"):
        kept.case("C-1")


def test_two_processes_at_once_name_their_cases_apart(kept: SqlStore, tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "state", NOW)) as other:
        names = [open_one(each) for each in (other, kept, other)]
    assert names == ["C-2", "C-3", "C-4"]
