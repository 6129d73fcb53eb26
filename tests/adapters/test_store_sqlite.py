"""What is particular to the store on SQLite: durability, permissions, threads, old and damaged files."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, inspect

from licet.adapters.store import SqlStore, create_store, open_store, sqlite
from licet.adapters.store.migrations import NEWEST, STEPS, migrate
from licet.adapters.store.schema import metadata
from licet.adapters.store.schema_cases import DERIVED
from licet.adapters.store.schema_identity import MUTABLE
from licet.core.attestations import Attestation, Carrier
from licet.core.cases.entry import Entry, Exhibit
from licet.core.roles import Officer, Role
from licet.services.cases.ports import Appending, CaseRow, KeptLaw, Opened, Opening
from licet.services.identity.ports import Binding, Client, Hit, Member
from licet.services.ports import StoreUnavailable
from licet.services.stored import Ground, KeyRecord, StoredDocument, StoredList, SubjectRecord, Warrant
from licet.wire.canonical import digest

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
ALONE = Warrant(Ground.NARROWS)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the state directory will be."""
    return tmp_path / "state"


@pytest.fixture
def full(state: Path) -> Iterator[SqlStore]:
    """A store with a row in every table."""
    store = create_store(state, NOW)
    fill(store)
    yield store
    store.close()


def fill(store: SqlStore) -> None:
    document = StoredDocument("order", "a", digest(b"{}"), b"{}")
    annex = StoredList(digest(b"x"), b"x")
    waits = store.propose([document], [annex], actor="me", at=NOW, rulebook="r", epoch=0, summary=b"{}")
    approved = Warrant(Ground.TWO_OFFICERS, approved_by="you", proposal=waits.id)
    store.enact([document], [annex], actor="me", at=NOW, rulebook="r", expected_epoch=0, warrant=approved)
    slip = store.propose([document], [], actor="me", at=NOW, rulebook="r", epoch=1, summary=b"{}")
    store.withdraw(slip.id, actor="me", at=NOW, reason="a slip")
    store.acknowledge(1, "w", NOW)
    store.add_subject("alice", "person", actor="me", at=NOW)
    store.attest([Attestation("alice", "x", True, "me", "how", "level", NOW)], actor="me", at=NOW)
    store.add_key(KeyRecord("k", "alice", (), NOW, "me"), b"h")
    store.revoke_key("k", actor="me", at=NOW, reason="lost")
    store.bind(Binding("https://idp.example", b"m", "alice"), "person", actor="me", at=NOW)
    store.suspend("alice", actor="me", at=NOW, reason="away")
    store.confirm_status("https://idp.example/s", digest="sha256:0", until=NOW, actor="me", at=NOW)
    store.add_client(Client("c", "acme", NOW, "me"), b"h")
    store.revoke_client("c", actor="me", at=NOW, reason="lost")
    store.put_member(Member("m", "acme", "alice", b"m", None, True, NOW, 1), actor="c")
    store.dispose(Hit("alice", "csl", "sha256:0", "no match", "another person", "me", NOW))
    act = store.add_act("attest", b"{}", actor="me", at=NOW, subject="alice", signature=None, alone=False)
    store.settle_act(act.id, "approved", actor="you", at=NOW, reason="seen", signature=None)
    store.put_officer(Officer("me", frozenset({Role.OFFICER})), actor="me", at=NOW)
    store.pseudonyms_changed(1, "made", actor="me", at=NOW)
    store.add_subject("bob", "person", actor="me", at=NOW)
    store.erase("bob", "x-1", actor="me", at=NOW, reason="asked for it")
    letter = StoredList(digest(b"y"), b"y")
    first = Entry(1, "file", "applicant", "me", NOW, NOW, {}, exhibits=(Exhibit("y", "text/plain", 1, letter.digest),))
    row = CaseRow("", "application", "p@1", "filed", True, "", "", NOW, NOW, 1, None)
    law = [KeptLaw("d", (document,))]
    store.open_cases([Opened(Opening("d", first, b"b"), row, ())] * 2, [letter], actor="me", at=NOW, law=law)
    more = Entry(2, "note", "officer", "me", NOW, NOW, {})
    store.append_entries([Appending("C-1", 1, (more,), row._replace(case="C-1"), ())], [], actor="me", at=NOW)
    store.erase_case("C-2", actor="me", at=NOW)


def raw(state: Path) -> closing[sqlite3.Connection]:
    """A connection such as anybody with the file can make."""
    return closing(sqlite3.connect(state / "licet.db", isolation_level=None))


def modes(state: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in state.iterdir()}


def test_only_the_owner_can_read_the_state(full: SqlStore, state: Path) -> None:
    assert state.stat().st_mode & 0o777 == 0o700
    assert modes(state) == {"licet.db": 0o600, "licet.db-wal": 0o600, "licet.db-shm": 0o600}


def test_a_wide_umask_does_not_matter(state: Path) -> None:
    before = os.umask(0)
    try:
        with closing(create_store(state, NOW)):
            assert set(modes(state).values()) == {0o600}
            assert state.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


@pytest.mark.parametrize(("name", "mode"), [("", 0o750), ("licet.db", 0o640), ("licet.db", 0o604)])
def test_a_state_that_others_can_read_is_refused(full: SqlStore, state: Path, name: str, mode: int) -> None:
    (state / name).chmod(mode)
    with pytest.raises(StoreUnavailable, match=f"mode {mode:o}.*run `chmod"):
        open_store(state, NOW)


def test_a_commit_is_on_the_disk(full: SqlStore) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    with full._database.engine.connect() as connection:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted


@pytest.mark.parametrize("table", sorted({*metadata.tables} - {each.name for each in (*MUTABLE, *DERIVED)}))
def test_no_row_is_ever_changed_or_deleted(full: SqlStore, state: Path, table: str) -> None:
    column = next(iter(metadata.tables[table].columns)).name
    with raw(state) as connection:
        before = connection.execute(f"SELECT * FROM {table}").fetchall()
        assert before
        for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="appended and never changed"):
                connection.execute(change)
        connection.execute("PRAGMA recursive_triggers = ON")
        with pytest.raises(sqlite3.IntegrityError, match="appended and never changed"):
            connection.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        assert connection.execute(f"SELECT * FROM {table}").fetchall() == before


def test_every_row_belongs_to_an_event(full: SqlStore, state: Path) -> None:
    with raw(state) as connection:
        (events,) = connection.execute("SELECT count(*) FROM event").fetchone()
        named: set[int] = set()
        for name, table in metadata.tables.items():
            if "seq" in table.columns and name != "event":
                named |= {seq for (seq,) in connection.execute(f"SELECT seq FROM {name}")}
        assert named == set(range(1, events + 1))
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def build_old(state: Path, version: int) -> None:
    """A database as a release with that schema version left it."""
    state.mkdir(mode=0o700)
    (state / "licet.db").touch(mode=0o600)
    engine = sqlite._engine(state / "licet.db")
    with engine.connect().execution_options(**sqlite.WRITE) as connection, connection.begin():
        migrate(connection, sqlite.forbid_changes, NOW, to=version)
    engine.dispose()


def schema_of(state: Path) -> list[tuple[str, str]]:
    with raw(state) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()


@pytest.mark.parametrize("version", range(1, NEWEST))
def test_an_old_store_is_brought_up_to_date_with_all_it_holds(state: Path, tmp_path: Path, version: int) -> None:
    build_old(state, version)
    with raw(state) as connection:
        connection.execute(
            "INSERT INTO event VALUES (1, '2026-06-12T21:21:00.000000Z', 'me', 'enacted', NULL, NULL, '{}')"
        )
        connection.execute("INSERT INTO enactment VALUES (1, '2026-06-12T21:21:00.000000Z', 'me', 'r', 1)")
        connection.execute("INSERT INTO subject VALUES ('alice', 'person', 1)")
        named = "subject, fact, seq, value, attested_by, how, level, at"
        said = "'alice', 'x', 1, 'true', 'hr', 'file', 'low', '2026-06-12T21:21:00.000000Z'"
        if version >= 4:
            named, said = f"{named}, speaker, framework, carrier", f"{said}, '', '', 'import'"
        connection.execute(f"INSERT INTO attestation ({named}) VALUES ({said})")
    with closing(open_store(state, NOW)) as store:
        old_word = Attestation("alice", "x", True, "hr", "file", "low", NOW)
        assert (old_word.carrier, old_word.speaker) == (Carrier.IMPORT, "")
        assert store.subject("alice") == SubjectRecord("alice", "person", (old_word,))
        (old,) = store.enactments()
        assert (old.epoch, old.ground, old.approved_by) == (1, Ground.NOT_RECORDED, None)
        assert store.proposals() == ()
        store.acknowledge(1, "w", NOW)
        assert store.acknowledgements(1) == (("w", NOW),)
    with raw(state) as connection:
        assert connection.execute("SELECT version FROM schema_version").fetchall() == [(n + 1,) for n in range(NEWEST)]
    with closing(create_store(tmp_path / "new", NOW)):
        assert schema_of(state) == schema_of(tmp_path / "new")


KEPT = ("case_opened", "case_entry", "case_exhibit", "case_attached", "case_erased", "case_letter")


@pytest.mark.parametrize("version", range(5, NEWEST))
def test_no_migration_loses_a_case_its_entries_its_exhibits_or_its_letters(state: Path, version: int) -> None:
    at = "2026-06-12T21:21:00.000000Z"
    build_old(state, version)
    with raw(state) as connection:
        for row in (
            f"event VALUES (1, '{at}', 'me', 'case opened', NULL, NULL, '{{}}')",
            "case_opened VALUES (1, 'sha256:p', x'01', 1), (2, 'sha256:p', x'02', 1)",
            f"case_entry VALUES (1, 1, 'file', '{at}', '{at}', NULL, NULL, NULL, 'a-1', x'7b7d', 1)",
            f"case_entry VALUES (1, 2, 'ran out', '{at}', '{at}', 'whole', 1, 0, NULL, x'7b7d', 1)",
            "case_exhibit VALUES ('sha256:e', x'6e6f', 1)",
            "case_attached VALUES (1, 1, 'sha256:e', 1)",
            f"case_erased VALUES (2, '{at}', 'me', 1)",
            "case_letter VALUES (1, 'C-1.1.1', 1, 1, 'ann@acme.example', 's', 't', NULL, NULL)",
        ):
            connection.execute(f"INSERT INTO {row}")
        before = {each: connection.execute(f"SELECT * FROM {each}").fetchall() for each in KEPT}
    open_store(state, NOW).close()
    with raw(state) as connection:
        assert {each: connection.execute(f"SELECT * FROM {each}").fetchall() for each in KEPT} == before
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(
                f"INSERT INTO case_entry VALUES (1, 3, 'ran out', '{at}', '{at}', 'whole', 1, 0, NULL, x'7b7d', 1)"
            )


def test_the_migrations_make_the_tables_that_the_code_uses(full: SqlStore) -> None:
    found = inspect(full._database.engine)
    assert set(found.get_table_names()) == set(metadata.tables)
    for name, table in metadata.tables.items():
        columns = {column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(name)}
        dialect = full._database.engine.dialect
        assert columns == {
            column.name: (column.type.dialect_impl(dialect).compile(dialect), column.nullable)
            for column in table.columns
        }
        assert found.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key.columns]
        keys = {(key["constrained_columns"][0], key["referred_table"]) for key in found.get_foreign_keys(name)}
        assert keys == {(key.parent.name, key.column.table.name) for key in table.foreign_keys}


def test_a_store_of_a_newer_licet_is_refused(full: SqlStore, state: Path) -> None:
    full.close()
    with raw(state) as connection:
        connection.execute("INSERT INTO schema_version VALUES (?, '2027-01-01T00:00:00.000000Z')", (NEWEST + 1,))
    with pytest.raises(StoreUnavailable, match=f"newer Licet .schema {NEWEST + 1}, this one knows {len(STEPS)}"):
        open_store(state, NOW)


def test_a_database_of_something_else_is_refused(state: Path) -> None:
    state.mkdir(mode=0o700)
    (state / "licet.db").touch(mode=0o600)
    with raw(state) as connection:
        connection.execute("CREATE TABLE invoices (id)")
    with pytest.raises(StoreUnavailable, match=r"`invoices`.*no store of Licet"):
        open_store(state, NOW)
    with raw(state) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("invoices",)]


def test_a_missing_store_is_not_made_by_opening_it(state: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"there is no store.*run `licet init` first"):
        open_store(state, NOW)
    assert not state.exists()


def test_making_a_store_twice_keeps_the_first(full: SqlStore, state: Path) -> None:
    with closing(create_store(state, NOW)) as again:
        assert again.head() == full.head() > 0
    assert set(modes(state)) == {"licet.db", "licet.db-wal", "licet.db-shm"}


def test_a_place_that_cannot_be_written_is_named() -> None:
    with pytest.raises(StoreUnavailable, match="cannot make a store in `/proc/licet/state`"):
        create_store(Path("/proc/licet/state"), NOW)


@pytest.mark.parametrize("damage", ["not a database", "zeroed pages"])
def test_a_damaged_store_says_so(full: SqlStore, state: Path, damage: str) -> None:
    full.close()
    path = state / "licet.db"
    content = path.read_bytes()
    path.write_bytes(b"x" * len(content) if damage == "not a database" else content[:100] + b"\xff" * 40_000)
    with pytest.raises(StoreUnavailable, match=r"does not answer: it is .*: restore a backup"):
        open_store(state, NOW).head()


def test_a_document_that_was_tampered_with_is_not_read(full: SqlStore, state: Path) -> None:
    with raw(state) as connection:
        connection.execute("DROP TRIGGER document_no_update")
        connection.execute("UPDATE document SET canonical = x'5b5d'")
    with pytest.raises(StoreUnavailable, match="the order `a` does not have the digest"):
        full.documents()


@pytest.mark.parametrize(
    "change",
    [
        "proposal SET actor = 'somebody else'",
        "proposal SET epoch = 7",
        "proposal SET summary = '{\"narrows\": true}'",
        "proposed_document SET digest = (SELECT max(digest) FROM document)",
        "proposal SET id = 'p-0123456789abcdef' WHERE seq = (SELECT max(seq) FROM proposal)",
    ],
)
def test_a_proposal_that_was_tampered_with_is_not_approved(full: SqlStore, state: Path, change: str) -> None:
    """Another proposer, so that the same person could approve it; other documents; a milder review."""
    waits = full.propose([document("b")], [], actor="me", at=NOW, rulebook="r", epoch=1, summary=b"{}")
    full.propose([document("c"), document("d")], [], actor="me", at=NOW, rulebook="r", epoch=1, summary=b"{}")
    approved = Warrant(Ground.TWO_OFFICERS, approved_by="you", proposal=waits.id)
    with raw(state) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="appended and never changed"):
            connection.execute(f"UPDATE {change}")
        connection.execute(f"DROP TRIGGER {change.split(maxsplit=1)[0]}_no_update")
        connection.execute(f"UPDATE {change}")
    with pytest.raises(StoreUnavailable, match="is not what was proposed under this name"):
        full.proposals()
    with pytest.raises(StoreUnavailable, match="is not what was proposed under this name"):
        full.enact([document("b")], [], actor="me", at=NOW, rulebook="r", expected_epoch=1, warrant=approved)
    assert len(full.enactments()) == 1


def document(name: str) -> StoredDocument:
    return StoredDocument("order", name, digest(name.encode()), name.encode())


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ("UPDATE attestation SET value = 'maybe'", lambda store: store.subject("alice")),
        ("UPDATE attestation SET value = '1.5'", lambda store: list(store.subjects())),
        ("UPDATE attestation SET until = 'soon'", lambda store: store.subject("alice")),
        ("UPDATE api_key SET scopes = ''", lambda store: store.key_by_hash(b"h")),
        ("UPDATE api_key SET scopes = '[1]'", lambda store: store.keys()),
        ("UPDATE warrant SET ground = 'trust me'", lambda store: store.enactments()),
        ("UPDATE warrant SET rests_on = ''", lambda store: store.enactments()),
        ("UPDATE list_file SET content = 'y'", lambda store: store.list_content(digest(b"x"))),
    ],
)
def test_damaged_rows_are_not_read_as_something_else(
    full: SqlStore, state: Path, change: str, read: Callable[[SqlStore], object]
) -> None:
    with raw(state) as connection:
        connection.execute(f"DROP TRIGGER {change.split()[1]}_no_update")
        connection.execute(change)
    with pytest.raises(StoreUnavailable, match="damaged"):
        read(full)


def test_an_instant_without_an_offset_is_the_callers_fault(full: SqlStore) -> None:
    with pytest.raises(ValueError, match="has no offset"):
        full.add_subject("bob", "person", actor="me", at=NOW.replace(tzinfo=None))


def test_a_full_disk_says_so_and_changes_nothing(full: SqlStore) -> None:
    engine = full._database.engine
    head = full.head()
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages}"))
    engine.dispose()
    content = b"x" * 1_000_000
    with pytest.raises(StoreUnavailable, match="the disk is full: free some space"):
        full.enact(
            [],
            [StoredList(digest(content), content)],
            actor="me",
            at=NOW,
            rulebook="r",
            expected_epoch=1,
            warrant=ALONE,
        )
    assert full.head() == head


def test_a_store_that_somebody_keeps_locked_says_so(full: SqlStore, state: Path) -> None:
    event.listen(full._database.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 50"))
    full._database.engine.dispose()
    with raw(state) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="another process has been writing"):
            full.add_subject("bob", "person", actor="me", at=NOW)
        assert full.subject("alice") is not None, "readers are not kept waiting"
    assert full.add_subject("bob", "person", actor="me", at=NOW)


def test_a_store_that_was_deleted_or_replaced_does_not_go_on_by_itself(full: SqlStore, state: Path) -> None:
    shutil.copy(state / "licet.db", state / "other.db")
    (state / "licet.db").unlink()
    with pytest.raises(StoreUnavailable, match="is gone"):
        full.head()
    (state / "other.db").rename(state / "licet.db")
    with pytest.raises(StoreUnavailable, match="was replaced while it was open"):
        full.add_subject("bob", "person", actor="me", at=NOW)


def test_threads_share_a_store(full: SqlStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda n: full.add_subject(f"t{n % 50}", "person", actor="me", at=NOW), range(200)))
    assert sum(added) == 50
    assert [one.seq for one in full.events(0)] == list(range(1, full.head() + 1))
