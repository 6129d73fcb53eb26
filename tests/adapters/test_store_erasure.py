"""What is particular to SQLite about identities: erased bytes, triggers, plans, several processes."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from licet.adapters.store import SqlStore, create_store, open_store
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.services.identity.ports import Binding, Hit, Member
from licet.services.ports import StoreUnavailable
from licet.services.stored import KeyRecord, SubjectRecord

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
IDP = "https://idp.example"
NAME, ORG, REASON, MARK = (
    "mary-elizabeth-quux",
    "Quuxco-Vertraulich",
    "divorced and left Quuxtown",
    b"\xfe" + b"quux" * 7,
)
TRACES = (NAME.encode(), ORG.encode(), REASON.encode(), MARK, b"passport of quux", b"/status/quux")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the state directory will be."""
    return tmp_path / "state"


@pytest.fixture
def store(state: Path) -> Iterator[SqlStore]:
    """A store with enough subjects that its pages were split, and somebody among them."""
    made = create_store(state, NOW)
    made.add_subjects((crowd(number) for number in range(400)), actor="me", at=NOW)
    said(made, NAME, 20)
    made.add_subjects((crowd(number) for number in range(400, 800)), actor="me", at=NOW)
    yield made
    made.close()


def crowd(number: int) -> SubjectRecord:
    name = f"{number * 7919 % 997:03}-{'mn'[number % 2]}{number:04}"
    return SubjectRecord(name, "person", (Attestation(name, "org", f"org-{number}", "hr", "file", "low", NOW),))


def said(store: SqlStore, name: str, times: int) -> None:
    """Every kind of row about a subject, some of them often."""
    store.add_subject(name, "person", actor="me", at=NOW)
    store.bind(Binding(IDP, MARK, name), "person", actor="me", at=NOW)
    for number in range(times):
        status = StatusReference("https://idp.example/status/quux", number)
        full = (name, "org", ORG, IDP, "passport of quux", "high", NOW, None, "nist", Carrier.JWT, "sha256:1", status)
        store.attest([Attestation(*full)], actor="me", at=NOW)
    store.add_key(KeyRecord("k", name, (), NOW, "me"), b"k")
    store.revoke_key("k", actor="me", at=NOW, reason=REASON)
    store.suspend(name, actor="me", at=NOW, reason=REASON)
    store.put_member(Member("m", "acme", name, MARK, b"ext" + MARK, True, NOW, 1), actor="c")
    store.dispose(Hit(name, "csl", "sha256:0", "no match", REASON, "me", NOW))
    act = store.add_act(
        "attest", f'{{"org":"{ORG}"}}'.encode(), actor="me", at=NOW, subject=name, signature=None, alone=False
    )
    store.settle_act(act.id, "approved", actor="you", at=NOW, reason=REASON, signature=None)


def raw(state: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(state / "licet.db", isolation_level=None))


def found(state: Path) -> list[tuple[str, bytes]]:
    """Which traces are in which files."""
    contents = {path.name: path.read_bytes() for path in state.iterdir()}
    return [(name, trace) for name, content in contents.items() for trace in TRACES if trace in content]


def test_what_was_erased_is_in_no_file(store: SqlStore, state: Path) -> None:
    assert {trace for _, trace in found(state)} == set(TRACES)
    with closing(open_store(state, NOW)) as other:
        assert other.subject(NAME) is not None
        store.erase(NAME, "x-1", actor="me", at=NOW, reason="asked for it")
        assert found(state) == []
        assert {path.name for path in state.iterdir()} >= {"licet.db", "licet.db-wal"}
        erased = other.subject("x-1")
        assert erased is not None
        assert [each.digest for each in erased.attestations] == ["sha256:1"]
    with raw(state) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_several_erasures_together_leave_nothing_either(store: SqlStore, state: Path) -> None:
    with store.together(actor="me", at=NOW):
        store.erase(NAME, "x-1", actor="me", at=NOW, reason="")
        store.erase(crowd(3).id, "x-2", actor="me", at=NOW, reason="")
    assert found(state) == []
    assert crowd(3).id.encode() not in (state / "licet.db").read_bytes()


def test_copies_that_an_older_licet_left_in_split_pages_go_too(state: Path) -> None:
    with closing(create_store(state, NOW)) as careless:
        event.listen(careless._database.engine, "connect", lambda one, _: one.execute("PRAGMA secure_delete = OFF"))
        careless._database.engine.dispose()
        said(careless, NAME, 20)
        for start in range(0, 2000, 100):
            careless.add_subjects((crowd(number) for number in range(start, start + 100)), actor="me", at=NOW)
    with raw(state) as connection:
        connection.execute(f"VACUUM INTO '{state / 'clean'}'")
    clean = (state / "clean").read_bytes().count(NAME.encode())
    assert (state / "licet.db").read_bytes().count(NAME.encode()) > clean, "there are copies"
    (state / "clean").unlink()
    with closing(open_store(state, NOW)) as store:
        store.erase(NAME, "x-1", actor="me", at=NOW, reason="")
    assert found(state) == []


def test_a_reader_that_keeps_the_log_is_named(store: SqlStore, state: Path) -> None:
    event.listen(store._database.engine, "connect", lambda one, _: one.execute("PRAGMA busy_timeout = 50"))
    store._database.engine.dispose()
    with raw(state) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
        with pytest.raises(StoreUnavailable, match="is still in the log of the store"):
            store.erase(NAME, "x-1", actor="me", at=NOW, reason="")
    assert store.subject(NAME) is None, "the erasure itself holds"
    store.erase(crowd(3).id, "x-2", actor="me", at=NOW, reason="")
    assert found(state) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE attestation SET value = 'false' WHERE subject = 'alice'",
        "UPDATE attestation SET subject = 'x-1', attested_by = 'you' WHERE subject = 'alice'",
        "UPDATE attestation SET subject = 'x-2' WHERE subject = 'alice'",
        "UPDATE attestation SET subject = 'x-1' WHERE subject = 'bob'",
        "UPDATE attestation SET at = '2020-01-01T00:00:00.000000Z' WHERE subject = 'alice'",
        "DELETE FROM attestation WHERE subject = 'alice'",
        "UPDATE event SET kind = 'attested' WHERE subject = 'alice'",
        "UPDATE event SET body = '{}' WHERE subject = 'alice'",
        "DELETE FROM event WHERE subject = 'alice'",
        "UPDATE api_key SET scopes = '[]' WHERE subject = 'alice'",
        "UPDATE api_key SET subject = 'bob' WHERE subject = 'alice'",
        "UPDATE revocation SET reason = '' WHERE api_key = 'k-bob'",
        "DELETE FROM revocation",
        "DELETE FROM subject WHERE id = 'bob'",
        "UPDATE subject SET kind = 'workload' WHERE id = 'alice'",
        "DELETE FROM binding WHERE subject = 'bob'",
        "UPDATE erasure SET reason = ''",
        "DELETE FROM erasure",
    ],
)
def test_an_erasure_lets_nothing_else_through(state: Path, change: str) -> None:
    with closing(create_store(state, NOW)) as store:
        for name in ("alice", "bob", "carol"):
            store.add_subject(name, "person", actor="me", at=NOW)
            store.attest([Attestation(name, "x", True, "me", "how", "low", NOW)], actor="me", at=NOW)
            store.add_key(KeyRecord(f"k-{name}", name, ("model:a",), NOW, "me"), name.encode())
            store.revoke_key(f"k-{name}", actor="me", at=NOW, reason="lost")
            store.bind(Binding(IDP, name.encode(), name), "person", actor="me", at=NOW)
        store.erase("carol", "x-1", actor="me", at=NOW, reason="")
    with raw(state) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="appended and never changed"):
            connection.execute(change)
        connection.execute("INSERT INTO erasing VALUES ('alice', 'x-1')")
        with pytest.raises(sqlite3.IntegrityError, match="appended and never changed"):
            connection.execute(change)
        connection.execute(
            "UPDATE attestation SET subject = 'x-1', value = '{\"unknown\":true}' WHERE subject = 'alice'"
        )


def test_naming_somebody_without_an_erasure_lets_nothing_through(state: Path) -> None:
    with closing(create_store(state, NOW)) as store:
        store.add_subject("alice", "person", actor="me", at=NOW)
    with raw(state) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO erasing VALUES ('alice', 'x-1')")
        with pytest.raises(sqlite3.IntegrityError, match="appended and never changed"):
            connection.execute("UPDATE event SET subject = 'x-1' WHERE subject = 'alice'")


def test_nothing_stays_marked_as_being_erased(store: SqlStore, state: Path) -> None:
    store.erase(NAME, "x-1", actor="me", at=NOW, reason="")
    with raw(state) as connection:
        assert connection.execute("SELECT count(*) FROM erasing").fetchone() == (0,)


LOOKUPS: dict[str, Callable[[SqlStore], object]] = {
    "key": lambda store: store.key_by_hash(b"k"),
    "subject": lambda store: store.subject(NAME),
    "bound": lambda store: store.bound(IDP, MARK),
    "bindings": lambda store: store.bindings(NAME),
    "client": lambda store: store.client_by_hash(b"c"),
    "member": lambda store: store.member("acme", "m"),
    "member by mark": lambda store: store.member_by_mark("acme", MARK),
    "members": lambda store: list(store.members("acme")),
    "confirmed": lambda store: store.confirmed(),
    "dispositions": lambda store: store.dispositions(NAME),
    "officer": lambda store: store.officer("ann"),
    "head": lambda store: store.head(),
    "use once": lambda store: store.use_once("nonce", b"1", until=NOW, at=NOW),
    "status uses": lambda store: list(store.status_uses()),
}


@pytest.mark.parametrize("name", LOOKUPS)
def test_a_look_up_goes_by_an_index(store: SqlStore, state: Path, name: str) -> None:
    asked: list[tuple[str, Any]] = []
    listen = store._database.engine
    event.listen(
        listen, "before_cursor_execute", lambda _c, _u, statement, values, *_: asked.append((statement, values))
    )
    LOOKUPS[name](store)
    asked = [(statement, values) for statement, values in asked if not statement.startswith("BEGIN")]
    assert asked
    with raw(state) as connection:
        for statement, values in asked:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
            scans = [step for step in plan if re.match(r"SCAN (?!CONSTANT|facts|words|uris|anon_|\(|newest)", step)]
            covered = [step for step in scans if "attestation USING INDEX attestation_by_status" not in step]
            assert covered == [], (statement, plan)
            assert "TEMP B-TREE" not in " ".join(plan), plan


def test_what_was_said_often_is_found_as_fast_as_what_was_said_once(store: SqlStore) -> None:
    """Counted in steps of SQLite's machine, so that a busy computer does not matter."""
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    def cost() -> int:
        steps[0] = 0
        found = store.subject("often")
        assert found is not None
        assert [(each.fact, each.attested_by) for each in found.attestations] == words
        return steps[0]

    event.listen(store._database.engine, "connect", lambda one, _: one.set_progress_handler(step, 1))
    store._database.engine.dispose()
    store.add_subject("often", "person", actor="me", at=NOW)
    words = [(fact, issuer) for issuer in ("a", "b") for fact in ("x", "y", "z")]
    for issuer in ("a", "b"):
        hourly(store, issuer, 1)
    once = cost()
    with store.together(actor="me", at=NOW):
        for issuer in ("a", "b"):
            hourly(store, issuer, 1000)
    assert cost() <= once


def hourly(store: SqlStore, issuer: str, times: int) -> None:
    for number in range(times):
        at = NOW + timedelta(hours=number)
        facts = [Attestation("often", fact, number, issuer, "token", "low", at, carrier=Carrier.JWT) for fact in "xyz"]
        store.attest(facts, actor="me", at=at)


RACE = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from licet.adapters.store import open_store
    from licet.services.identity.ports import Binding
    from licet.services.ports import StoreConflict

    now = datetime(2026, 6, 12, tzinfo=UTC)
    store = open_store(Path(sys.argv[1]), now)
    print("ready", flush=True)
    sys.stdin.readline()
    won = 0
    for number in range(30):
        mark = number.to_bytes(4, "big")
        try:
            with store.together(actor="me", at=now):
                store.bind(Binding("idp", mark, f"{sys.argv[2]}-{number}"), "person", actor="me", at=now)
                store.suspend(f"{sys.argv[2]}-{number}", actor="me", at=now, reason="")
            won += 1
        except StoreConflict:
            pass
        won += 100 * store.use_once("nonce", mark, until=datetime(2027, 1, 1, tzinfo=UTC), at=now)
    print(won)
"""


def test_of_two_processes_that_bind_or_use_the_same_exactly_one_wins(state: Path) -> None:
    create_store(state, NOW).close()
    command = [sys.executable, "-c", textwrap.dedent(RACE), str(state)]
    racers = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("ann", "ben")
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    won = [int(racer.communicate("go\n", timeout=60)[0]) for racer in racers]
    assert sum(won) == 30 + 3000
    with closing(open_store(state, NOW)) as store:
        names = list(store.subject_names())
        assert len(names) == 30
        assert {store.bound("idp", number.to_bytes(4, "big")) for number in range(30)} == set(names)
        assert all(each.suspended == "" for each in store.subjects())
        assert store.head() == 90
