"""One file of the journal on a disk: created whole, locked while its worker lives, appended to durably.

A file is invisible until its first record is durable: it is written under `<name>.new`, locked, then linked to its
name. So whoever finds a `.journal` that is not locked knows that its worker is gone.

The descriptor is opened with `O_DSYNC`: each write is a write and an fdatasync in one call, so a thread that appends
gives the interpreter back once a group, not twice.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from licet.wire.journal import MAGIC, ClosedRecord, OpenedRecord, encode

SUFFIX = ".journal"
NEW = ".new"


class JournalFile:
    """An open file that this process alone appends to. Every method blocks; errors are `OSError`."""

    def __init__(self, path: Path, descriptor: int, opened: OpenedRecord, size: int) -> None:
        self.path = path
        self.opened = opened
        self.size = size
        self.records = 1
        self._descriptor = descriptor

    @classmethod
    def create(cls, folder: Path, worker: str, at: datetime, segment: int) -> JournalFile:
        """A new file with its `opened` record, durable with its name in `folder`."""
        opened = OpenedRecord(worker=worker, at=at, segment=segment)
        content = MAGIC + encode(opened)
        draft = folder / f"{_stem(at, worker)}-{os.getpid()}-{segment}{NEW}"
        descriptor = os.open(
            draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_DSYNC | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            write_all(descriptor, content)
            path = _link(draft, folder, _stem(at, worker))
            sync_folder(folder)
        except OSError:
            os.close(descriptor)
            raise
        finally:
            draft.unlink(missing_ok=True)
        return cls(path, descriptor, opened, len(content))

    def append(self, frames: bytes, count: int) -> None:
        """Append `count` frames; they are durable on return. After an error the file must not be appended to again."""
        write_all(self._descriptor, frames)
        self.size += len(frames)
        self.records += count

    def finish(self, at: datetime) -> None:
        """Append the `closed` record, durably, and close."""
        try:
            self.append(encode(ClosedRecord(at=at, by="worker", records=self.records)), 1)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Close as it stands. The next start repairs it."""
        with suppress(OSError):
            os.close(self._descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _stem(at: datetime, worker: str) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{worker}"


def _link(draft: Path, folder: Path, stem: str) -> Path:
    """Give a draft the first free name; two starts of a worker at one instant (a scenario's clock) need two names."""
    for number in range(1_000_000):
        path = folder / (f"{stem}.{number}{SUFFIX}" if number else f"{stem}{SUFFIX}")
        with suppress(FileExistsError):
            os.link(draft, path)
            return path
    raise FileExistsError(errno.EEXIST, "no free name left for a journal file", str(folder / stem))


def write_all(descriptor: int, content: bytes) -> None:
    """Write every byte, durably. A disk that fills up accepts a part first, then raises `OSError`."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
