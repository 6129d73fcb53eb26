"""Repair of the files that dead workers left: a torn end is cut off and kept; damage elsewhere is only reported.

Safe to run by every worker that starts, at once: a file is touched under its lock only, and a locked file has a
worker, or a repair, at work.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from licet.adapters.journal_file import NEW, SUFFIX, sync_folder, write_all
from licet.wire.journal import ClosedRecord, Damage, Frame, JournalDamaged, decode, encode, frames, scan

TORN = ".torn"
_CLOSED_FITS = 256  # bytes; a `closed` frame is shorter


@dataclass(frozen=True, slots=True)
class Torn:
    """A torn end that was cut off `path` at `offset`: `removed` bytes, which are in the file `kept`."""

    path: Path
    offset: int
    removed: int
    kept: Path
    why: str


@dataclass(frozen=True, slots=True)
class Corrupt:
    """Damage that no interrupted append leaves, at `[offset, end)`. The file is left as it is and stays readable."""

    path: Path
    offset: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that the system does not let us read or repair."""

    path: Path
    why: str


Finding = Torn | Corrupt | Unreadable


def repair(folder: Path, now: datetime) -> tuple[Finding, ...]:
    """Bring every file of a dead worker to its `closed` record; what was found on the way, by file. Never raises.

    Files that end in an intact `closed` record are not read again; damage inside one shows when it is read.
    """
    findings: list[Finding] = []
    for draft in sorted(folder.glob(f"*{NEW}")):
        with suppress(OSError), _locked(draft) as descriptor:
            if descriptor is not None:
                draft.unlink()
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            with _locked(path) as descriptor:
                if descriptor is not None and not is_closed(descriptor):
                    findings += _close(path, descriptor, now)
        except OSError as error:
            findings.append(Unreadable(path, (error.strerror or str(error)).lower()))
    return tuple(findings)


def _close(path: Path, descriptor: int, now: datetime) -> list[Finding]:
    """Cut a torn end off, after it is safe beside the file, then append the `closed` record."""
    intact, damages = _inspect(descriptor)
    if intact == 0 or any(not damage.torn for damage in damages):
        return [Corrupt(path, damage.offset, damage.end, damage.why) for damage in damages]
    findings: list[Finding] = []
    for damage in damages:
        kept = _keep(path, os.pread(descriptor, damage.end - damage.offset, damage.offset))
        os.ftruncate(descriptor, damage.offset)
        findings.append(Torn(path, damage.offset, damage.end - damage.offset, kept, damage.why))
    os.lseek(descriptor, 0, os.SEEK_END)
    write_all(descriptor, encode(ClosedRecord(at=now, by="repair", records=intact)))
    os.fdatasync(descriptor)
    return findings


def _inspect(descriptor: int) -> tuple[int, list[Damage]]:
    """How many frames are intact, and every stretch that is not."""
    size = os.fstat(descriptor).st_size
    if size == 0:
        return 0, [Damage(0, 0, "the file is empty", torn=False)]
    intact = 0
    damages: list[Damage] = []
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as view:
        for part in scan(view):
            if isinstance(part, Damage):
                damages.append(part)
            else:
                intact += 1
    if intact == 0 and not damages:
        damages.append(Damage(size, size, "the file ends before its first record", torn=False))
    return intact, damages


def _keep(path: Path, content: bytes) -> Path:
    """Save a torn end durably as `<file>.torn`, or `<file>.torn.1` where an earlier repair was itself cut short."""
    for number in count():
        kept = path.with_name(path.name + (f"{TORN}.{number}" if number else TORN))
        if not kept.exists():
            break
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)
    return kept


def is_closed(descriptor: int) -> bool:
    """Whether a file ends in an intact `closed` record."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _CLOSED_FITS, max(0, size - _CLOSED_FITS))
    last: Frame | Damage | None = None
    for part in frames(memoryview(tail), 0):
        last = part
    if not isinstance(last, Frame):
        return False
    with suppress(JournalDamaged):
        return isinstance(decode(last), ClosedRecord)
    return False


@contextmanager
def _locked(path: Path) -> Iterator[int | None]:
    """The file opened and locked, or None where somebody holds the lock."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
