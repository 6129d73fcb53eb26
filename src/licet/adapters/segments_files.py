"""Files of sealed segments: written whole and durably, deleted durably, one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path

from licet.adapters.journal_file import NEW, sync_folder, write_all
from licet.adapters.journal_repair import is_closed
from licet.services.record.ports import SegmentsUnusable

LOCK = "lock"


@contextmanager
def told(what: str) -> Iterator[None]:
    """Errors of the system as ours, with what was tried."""
    try:
        yield
    except OSError as error:
        place = f" `{error.filename}`" if error.filename else ""
        raise SegmentsUnusable(f"cannot {what}{place}: {(error.strerror or str(error)).lower()}") from error


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a folder of segments, made (0700) if it is not there, for as long as one seals, holds or deletes.

    The system lets go of it when the process ends. Raises `SegmentsUnusable` where another process holds it.
    """
    with told("lock the segments"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SegmentsUnusable(
                f"another process seals or deletes in `{folder}`: try again once it is done"
            ) from error
        yield
    finally:
        os.close(descriptor)


def is_free(path: Path, *, closed: bool) -> bool:
    """Whether nobody, no worker that lives, holds the lock of a journal file, and it is closed if it is to be."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return not closed or is_closed(descriptor)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)


def keep(path: Path, content: bytes) -> None:
    """Write a file (0600) of a new name, or in the place of an old one, whole and durably."""
    draft = path.with_name(f"{path.name}.{os.getpid()}{NEW}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    settle(draft, path)


def settle(draft: Path, path: Path) -> None:
    """Give a durable draft its name, durably."""
    draft.rename(path)
    sync_folder(path.parent)


def sync(path: Path) -> None:
    """Make what is in a file durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def overwrite(file: BufferedRandom) -> None:
    """Put zeros in the place of a file's content, durably: for one whose name is another file's by now."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    for _ in range(0, size, CHUNK):
        file.write(bytes(CHUNK))
    file.flush()
    os.fsync(file.fileno())


CHUNK = 65_536


def discard(path: Path) -> None:
    """Delete a file, durably; it may be gone already."""
    with suppress(FileNotFoundError):
        path.unlink()
        sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Delete drafts that nobody finishes any more; the caller holds the folder."""
    for draft in folder.glob(f"*{NEW}"):
        draft.unlink(missing_ok=True)
