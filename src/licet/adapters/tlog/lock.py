"""What was signed last, in a store of its own: one row an origin, compared and swapped, durably.

The folder of a log can be copied, restored or served by anybody; this one must never be taken back to an older state.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from licet.adapters.tlog.files import make_folder
from licet.services.record.ports import LogUnavailable

FILE = "lock.db"
WRITER = "writer"
BUSY_SECONDS = 5
PAUSE_SECONDS = 0.002

SCHEMA = "CREATE TABLE IF NOT EXISTS signed (origin TEXT PRIMARY KEY, checkpoint BLOB NOT NULL) STRICT, WITHOUT ROWID"
PRAGMAS = (
    "journal_mode = WAL",  # a commit is one write to one file, made durable once
    "synchronous = EXTRA",  # and that before it returns, even where the file system does not let SQLite have its WAL
    "cell_size_check = ON",
    "trusted_schema = OFF",
)


class LockStore:
    """The store in one folder; one thread at a time. Everything raises `LogUnavailable` where it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: sqlite3.Connection | None = None
        self._kept_of: tuple[int, ...] = ()
        self._is_held = False

    @property
    def exists(self) -> bool:
        """Whether there is a store."""
        return (self._folder / FILE).exists()

    def make(self) -> None:
        """Make the folder (0700) and an empty store (0600) in it, where there is none."""
        try:
            make_folder(self._folder, 0o700)
            os.close(os.open(self._folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise LogUnavailable(f"cannot make the log's lock store in `{self._folder}`: {error.strerror}") from error
        with self._opened() as store:
            store.execute(SCHEMA)

    @contextmanager
    def held(self, patience: float) -> Iterator[None]:
        """Be the only writer on this machine; the system lets go of it when the process ends, however it ends.

        Waits up to `patience` seconds for another one to finish. Raises `LogUnavailable` that names it.
        """
        try:
            descriptor = os.open(self._folder / WRITER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LogUnavailable(
                f"cannot lock the log in `{self._folder}` ({error.strerror}): has it been created?"
            ) from error
        try:
            self._wait(descriptor, patience)
            os.pwrite(descriptor, f"{os.getpid():<10}\n".encode(), 0)
            self._is_held = True
            yield
        finally:
            self._is_held = False
            os.close(descriptor)

    def read(self, origin: str) -> bytes | None:
        """The checkpoint that was signed last for this origin; None where none ever was."""
        with self._opened() as store:
            row = store.execute("SELECT checkpoint FROM signed WHERE origin = ?", (origin,)).fetchone()
        return None if row is None else bytes(row[0])

    def swap(self, origin: str, old: bytes | None, new: bytes) -> bool:
        """Put `new` in the place of `old` (None: of nothing), durably; False where something else is there."""
        with self._opened() as store:
            if old is None:
                change = store.execute("INSERT OR IGNORE INTO signed VALUES (?, ?)", (origin, new))
            else:
                change = store.execute(
                    "UPDATE signed SET checkpoint = ? WHERE origin = ? AND checkpoint = ?", (new, origin, old)
                )
            return change.rowcount == 1

    def _wait(self, descriptor: int, patience: float) -> None:
        until = time.monotonic() + patience
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    other = os.pread(descriptor, 10, 0).decode("ascii", "replace").strip()
                    raise LogUnavailable(
                        f"another process ({other}) is writing to the log of `{self._folder}`: try again, or end it"
                    ) from error
            time.sleep(PAUSE_SECONDS)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection in which each statement is a transaction; while the lock is held, always the same."""
        try:
            if self._is_held:
                yield self._keeping()
                return
            with closing(self._connected()) as connection:
                yield connection
        except (sqlite3.Error, OSError) as error:
            self._forget()
            raise LogUnavailable(f"the log's lock store `{self._folder / FILE}` does not answer ({error})") from error

    def _keeping(self) -> sqlite3.Connection:
        """The connection that is kept from one append to the next, as long as the file is the same one.

        Whoever puts another file in its place is noticed: nothing of the old one is used any more.
        """
        found = (self._folder / FILE).stat()
        identity = (os.getpid(), found.st_dev, found.st_ino)
        if self._kept is None or self._kept_of != identity:
            self._forget()
            self._kept, self._kept_of = self._connected(), identity
        return self._kept

    def _forget(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            with suppress(sqlite3.Error):
                kept.close()

    def _connected(self) -> sqlite3.Connection:
        address = f"file:{quote(str((self._folder / FILE).absolute()))}?mode=rw"
        # threads take turns, and the next one goes on with the connection of the last
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection
