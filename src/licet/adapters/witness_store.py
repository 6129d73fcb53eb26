"""What a witness remembers, in SQLite: durable before it answers, and atomic between processes.

One file in a folder of its own. Each change is one transaction with the rollback journal and `synchronous=EXTRA`, so it
is on the disk when the call returns, or it never was. A copy of this file that is put back in place of a newer one
makes the witness forget: `spec/witness.md`.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from licet.record.signed.keys import NoteKey
from licet.record.tree.merkle import Head
from licet.services.record.watching.witnessing import Seen, WitnessUnusable

FILE = "witness.sqlite"
BUSY_SECONDS = 10.0
"""How long a process waits for another one's transaction."""

EVIDENCE_LIMIT = 100
"""How many contradicting checkpoints of one log are kept; two are proof enough."""

_TABLES = """
CREATE TABLE witness (key TEXT NOT NULL) STRICT;
CREATE TABLE seen (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, at INTEGER NOT NULL, note BLOB NOT NULL
) STRICT;
CREATE TABLE evidence (
    origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL,
    PRIMARY KEY (origin, size, root)
) STRICT;
"""


def create_memory(folder: Path, key: NoteKey) -> None:
    """Make the state of a witness that has never cosigned. Raises `WitnessUnusable`; also where there is one."""
    path = folder / FILE
    new = folder / f".{FILE}.{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            with _unusable(new):
                database = _connect(new)
                database.executescript(_TABLES)
                database.execute("INSERT INTO witness VALUES (?)", (str(key),))
                database.close()
            os.link(new, path)  # whole at once, and never over one that is there
            _sync(folder)
        finally:
            new.unlink()
    except FileExistsError:
        raise WitnessUnusable(f"there is a state at `{path}` already; it is used without `--new`") from None
    except OSError as error:
        raise WitnessUnusable(f"cannot make the state `{path}`: {error.strerror}") from error


class SqliteMemory:
    """`services.record.watching.witnessing.Memory` in a folder. May be used by several threads."""

    def __init__(self, folder: Path, key: NoteKey) -> None:
        """Raises `WitnessUnusable` where there is none, or it is another key's."""
        self._path = folder / FILE
        self._lock = threading.Lock()
        if not self._path.exists():
            raise WitnessUnusable(
                f"there is no state at `{self._path}`: a witness that forgot what it cosigned would cosign a fork; "
                "name the folder that this key was used with, or, if it has never cosigned anything, say `--new`"
            )
        with _unusable(self._path):
            self._database = _connect(self._path)
            owners = [owner for (owner,) in self._database.execute("SELECT key FROM witness")]
        if owners != [str(key)]:
            self._database.close()
            raise WitnessUnusable(f"the state `{self._path}` is not that of the key `{key}`: each key has its own")

    def latest(self, origin: str) -> Seen | None:
        """See the port."""
        question = "SELECT size, root, at, note FROM seen WHERE origin = ?"
        with self._lock, _unusable(self._path):
            row = self._database.execute(question, (origin,)).fetchone()
        return None if row is None else Seen(Head(row[0], row[1]), row[2], row[3])

    def replace(self, origin: str, before: Seen | None, after: Seen) -> bool:
        """See the port. One statement, and so one transaction."""
        new = (*after.head, after.at, after.note)
        with self._lock, _unusable(self._path):
            if before is None:
                change = "INSERT INTO seen (size, root, at, note, origin) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
                return self._database.execute(change, (*new, origin)).rowcount == 1
            change = (
                "UPDATE seen SET size = ?, root = ?, at = ?, note = ? "
                "WHERE origin = ? AND size = ? AND root = ? AND at = ?"
            )
            return self._database.execute(change, (*new, origin, *before.head, before.at)).rowcount == 1

    def keep(self, origin: str, head: Head, note: bytes) -> None:
        """See the port."""
        change = (
            "INSERT INTO evidence SELECT ?1, ?2, ?3, ?4 "
            "WHERE (SELECT count(*) FROM evidence WHERE origin = ?1) < ?5 ON CONFLICT DO NOTHING"
        )
        with self._lock, _unusable(self._path):
            self._database.execute(change, (origin, *head, note, EVIDENCE_LIMIT))

    def evidence(self, origin: str) -> list[bytes]:
        """The checkpoints that were kept because they contradict what was cosigned."""
        question = "SELECT note FROM evidence WHERE origin = ? ORDER BY rowid"
        with self._lock, _unusable(self._path):
            return [note for (note,) in self._database.execute(question, (origin,))]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()


def _connect(path: Path) -> sqlite3.Connection:
    """A connection on which each statement commits by itself."""
    database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = DELETE")
    database.execute("PRAGMA synchronous = EXTRA")
    return database


@contextmanager
def _unusable(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise WitnessUnusable(f"cannot use the state `{path}`: {error}; nothing is cosigned") from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
