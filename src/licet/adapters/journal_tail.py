"""The newest records of a journal, and its health, without reading all of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from licet.adapters.journal_file import SUFFIX
from licet.services.status import JournalHealth
from licet.wire.journal import MAGIC, Damage, Entry, Frame, JournalDamaged, decode, entries, frames

MOST_FILES = 64
"""Files whose ends are looked at, the most recently written first."""

CHUNK = 1 << 16
"""Bytes that are read from the end at first; more where records are long."""

MOST_CHECKED = 32 << 20
"""Bytes that `health` reads through."""


class JournalFolder:
    """`services.status.JournalView` and `services.drill_report.JournalReader` on the folder of a journal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tail(self, count: int) -> tuple[Entry, ...]:
        """See the port."""
        found = [entry for path in self._newest()[:MOST_FILES] for entry in tail_of(path, count)]
        return tuple(sorted(found, key=lambda entry: entry.at)[-count:]) if count else ()

    def entries(self, since: datetime) -> Iterator[tuple[str, Entry | Damage]]:
        """See `services.drill_report.JournalReader`. Whole files, those excepted that were done with a day before."""
        done = (since - timedelta(days=1)).timestamp()
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            if path.stat().st_mtime >= done:
                yield from ((path.name, entry) for entry in entries(path.read_bytes()))

    def health(self) -> JournalHealth:
        """See the port. A torn end of a file that is still written may be a group on its way to the disk."""
        files = self._newest()
        read, damaged = 0, list[str]()
        for path in files:
            if read >= MOST_CHECKED:
                break
            content = path.read_bytes()
            read += len(content)
            broken = [part for part in entries(content) if isinstance(part, Damage)]
            damaged += [f"{path.name}, offset {each.offset}: {each.why}" for each in broken if not each.torn]
        torn = tuple(sorted(path.name for path in self._folder.glob(f"*{SUFFIX}.torn*")))
        return JournalHealth(len(files), sum(path.stat().st_size for path in files), read, torn, tuple(damaged))

    def _newest(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)


def tail_of(path: Path, count: int) -> list[Entry]:
    """The last `count` intact records of a file.

    A read that begins in the middle of a frame finds the next one, as the format promises.
    """
    size, length = path.stat().st_size, CHUNK
    while True:
        start = max(size - length, len(MAGIC))
        with path.open("rb") as file:
            file.seek(start)
            found = [frame for frame in frames(memoryview(file.read()), 0) if isinstance(frame, Frame)]
        if len(found) >= count or start == len(MAGIC):
            return [entry for frame in found[-count:] if (entry := _decoded(frame)) is not None]
        length *= 8


def _decoded(frame: Frame) -> Entry | None:
    try:
        return decode(frame)
    except JournalDamaged:
        return None
