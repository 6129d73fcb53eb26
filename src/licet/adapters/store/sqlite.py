"""All that is particular to SQLite: connections, durability, permissions, triggers, and what its errors mean.

A second dialect is a second file like this one: it makes a `Database`.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.pool import QueuePool

from licet.adapters.store.migrations import NEWEST, check_known, migrate, version_of
from licet.adapters.store.migrations.erasable import BECOMES, Erasable
from licet.services.ports import StoreUnavailable

FILE = "licet.db"
BUSY_SECONDS = 5
WRITE = {"licet_write": True}
"""The execution options of a connection that writes: it waits for its turn at the start, not in the middle."""

PRAGMAS = (
    f"busy_timeout = {BUSY_SECONDS * 1000}",
    "journal_mode = WAL",
    "synchronous = FULL",  # a commit is on the disk when it returns
    "cache_size = -16384",  # 16 MiB a connection, so that an import does not spill
    "journal_size_limit = 67108864",  # the log of a large import does not stay as large
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten with zeroes
    "recursive_triggers = ON",  # INSERT OR REPLACE deletes a row, and must meet the trigger that forbids it
    "trusted_schema = OFF",
    "cell_size_check = ON",
)


@dataclass(frozen=True, slots=True)
class Database:
    """An engine, a check before each use (raises `StoreUnavailable`), and words for what a driver's error means.

    `scrub` takes what was deleted out of the files; raises `StoreUnavailable` if somebody keeps it from that.
    """

    engine: Engine
    check: Callable[[], None]
    explain: Callable[[Exception], str]
    scrub: Callable[[], None]


def create_database(directory: Path, now: datetime) -> None:
    """Make the state directory (0700) and an empty store (0600) in it; nothing happens if there is a store already.

    The file is made under another name and linked when it is whole, so nobody ever sees half a store.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_private(directory)
        handle, name = tempfile.mkstemp(prefix=f"{FILE}.", dir=directory)  # 0600
        os.close(handle)
        new = Path(name)
        try:
            _fill(new, now)
            if not (directory / FILE).exists():
                os.link(new, directory / FILE)
        except FileExistsError:
            pass  # somebody else made it in the meantime
        finally:
            new.unlink()
    except OSError as error:
        raise StoreUnavailable(f"cannot make a store in `{directory}`: {error.strerror}") from error


def open_database(directory: Path, now: datetime) -> Database:
    """The store in a state directory, brought up to the newest schema.

    Raises `StoreUnavailable` if it is missing, readable by others, damaged, or newer than this code.
    """
    path = directory / FILE
    try:
        identity = _identity(path)
        _check_private(directory)
        _check_private(path)
    except OSError as error:
        raise StoreUnavailable(f"there is no store at `{path}` ({error.strerror}): run `licet init` first") from error
    engine = _engine(path)
    database = Database(
        engine,
        lambda: _check_same(path, identity),
        lambda error: _explain(path, error),
        lambda: _scrub(engine, path),
    )
    try:
        _upgrade(database.engine, now)
    except Exception as error:
        database.engine.dispose()
        if isinstance(error, StoreUnavailable):
            raise
        raise StoreUnavailable(_explain(path, error)) from error
    return database


def forbid_changes(connection: Connection, made: Table | Erasable) -> None:
    """Triggers that make the database refuse every UPDATE and DELETE on a table, but for what an erasure may do."""
    erasable = made if isinstance(made, Erasable) else Erasable(made, (), {})
    name = erasable.table.name
    for change, through in (("UPDATE", _erases(erasable)), ("DELETE", _deletes(erasable))):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}_no_{change.lower()}")
        when = f"WHEN NOT {through} " if through else ""
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name}_no_{change.lower()} BEFORE {change} ON {name} {when}"
            f"BEGIN SELECT RAISE(ABORT, 'rows of `{name}` are appended and never changed'); END"
        )


ERASING = (
    "EXISTS (SELECT 1 FROM erasing AS e JOIN erasure AS x ON x.subject = e.stands_for"
    " WHERE e.subject IN ({owners}){and_})"
)
"""Whether a row is about the subject that is being erased, by an erasure that was appended."""


CASE_ERASING = (
    "EXISTS (SELECT 1 FROM case_erasing AS e JOIN case_erased AS x ON x.case_no = e.case_no WHERE {whose}{and_})"
)
"""Whether a row is of the case that is being destroyed, by a destruction that was appended."""


def _deletes(erasable: Erasable) -> str:
    ways = [ERASING.format(owners=", ".join(erasable.owners), and_="")] if erasable.deletable else []
    ways += [CASE_ERASING.format(whose=erasable.case, and_="")] if erasable.case_deletable else []
    return f"({' OR '.join(ways)})" if ways else ""


def _erases(erasable: Erasable) -> str:
    """When an update is one: each column stays, or becomes what it may become."""
    ways = []
    if erasable.becomes:
        ways.append(ERASING.format(owners=", ".join(erasable.owners), and_=_kept(erasable, erasable.becomes)))
    if erasable.case_becomes:
        ways.append(CASE_ERASING.format(whose=erasable.case, and_=_kept(erasable, erasable.case_becomes)))
    return f"({' OR '.join(ways)})" if ways else ""


def _kept(erasable: Erasable, becomes: Mapping[str, str]) -> str:
    whats = {name: "e.stands_for" if what is BECOMES else what for name, what in becomes.items()}
    return "".join(
        f" AND NEW.{name} IS OLD.{name}"
        if name not in whats
        else f" AND (NEW.{name} IS OLD.{name} OR NEW.{name} IS {whats[name]})"
        for name in (column.name for column in erasable.table.columns)
    )


def _fill(path: Path, now: datetime) -> None:
    engine = _engine(path)
    try:
        _upgrade(engine, now)
    except Exception as error:
        raise StoreUnavailable(_explain(path, error)) from error
    finally:
        engine.dispose()  # the last connection writes the log back, so the file stands alone


def _upgrade(engine: Engine, now: datetime) -> None:
    with engine.connect() as connection:
        version = version_of(connection)
    check_known(version)
    if version < NEWEST:
        with engine.connect().execution_options(**WRITE) as connection, connection.begin():
            migrate(connection, forbid_changes, now)


def _engine(path: Path) -> Engine:
    address = f"file:{quote(str(path.absolute()))}?mode=rw"  # never makes a file: an empty store would permit nothing

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=4, max_overflow=16)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _scrub(engine: Engine, path: Path) -> None:
    """Write the database anew, without what was deleted, and empty its log.

    `secure_delete` zeroes what is deleted, but pages that were split before may hold older copies of it. Readers that
    began earlier keep the log from being emptied, so this waits for them as long as a writer would.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    if busy:
        raise StoreUnavailable(
            f"what was erased is still in the log of the store `{path}`, because another process has been reading for"
            f" more than {BUSY_SECONDS} s; the erasure itself holds: stop whatever reads the store so long, then every"
            " process of this installation once"
        )


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A reader sees one snapshot; a writer has the write lock from the start, so what it reads cannot change."""
    writes = connection.get_execution_options().get("licet_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _check_same(path: Path, identity: tuple[int, int]) -> None:
    """An open SQLite file goes on working when it was deleted or replaced, on a state that nobody else sees."""
    try:
        same = _identity(path) == identity
    except OSError as error:
        raise StoreUnavailable(f"the store `{path}` is gone ({error.strerror}): put it back, then restart") from error
    if not same:
        raise StoreUnavailable(f"the store `{path}` was replaced while it was open: restart to use the new one")


def _check_private(path: Path) -> None:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        wanted = "700" if path.is_dir() else "600"
        raise StoreUnavailable(f"`{path}` is open to others (mode {mode:o}): run `chmod {wanted} {path}`")


ADVICE = {
    sqlite3.SQLITE_BUSY: f"another process has been writing for more than {BUSY_SECONDS} s: try again",
    sqlite3.SQLITE_LOCKED: f"another process has been writing for more than {BUSY_SECONDS} s: try again",
    sqlite3.SQLITE_CORRUPT: "it is damaged: restore a backup of the state directory",
    sqlite3.SQLITE_NOTADB: "it is not a database: restore a backup of the state directory",
    sqlite3.SQLITE_FULL: "the disk is full: free some space, then try again",
    sqlite3.SQLITE_READONLY: "it cannot be written: check the permissions of the file and its directory",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check the permissions of the file and its directory",
    sqlite3.SQLITE_PERM: "it cannot be opened: check the permissions of the file and its directory",
    sqlite3.SQLITE_IOERR: "the disk does not answer as it should: check the system's log",
}


def _explain(path: Path, error: Exception) -> str:
    """What a driver's error means and what to do, by SQLite's primary result code."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", None)
    advice = ADVICE.get(code & 0xFF) if isinstance(code, int) else None
    return f"the store `{path}` does not answer: {advice or cause}"
