"""The whole journal as it was written: its files, and where these are gone, the sealed segments made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from licet.adapters.journal_file import SUFFIX
from licet.services.record.ports import Sealed
from licet.wire.journal import Damage, Entry, Frame, JournalDamaged, decode, entries

SEALED = ".json"
"""How the file ends whose being there says that a segment is sealed."""


class Payloads(Protocol):
    """Sealed segments, to read all of. `adapters.segments.SegmentFolder` is one."""

    def sealed(self) -> Sequence[Sealed]:
        """Every sealed segment."""

    def payloads(self, sealed: Sealed, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The payloads of its records, in order."""


class WholeJournal:
    """`services.record.reporting.report.Records` on the folders of a journal and of its segments.

    `opened` opens the segments; it is asked only where one is needed, for that needs an extra.
    """

    def __init__(self, journal: Path, segments: Path, opened: Callable[[], Payloads]) -> None:
        self._journal = journal
        self._segments = segments
        self._opened = opened

    def entries(self) -> Iterator[tuple[str, Entry | Damage]]:
        """See the port. Raises what opening or reading the segments raises."""
        files = {path.name.removesuffix(SUFFIX): path for path in self._journal.glob(f"*{SUFFIX}")}
        gone = {path.name.removesuffix(SEALED) for path in self._segments.glob(f"*{SEALED}")} - files.keys()
        sealed = {each.name: each for each in self._opened().sealed() if each.name in gone} if gone else {}
        for name in sorted(files.keys() | sealed.keys()):
            if name in files:
                yield from ((files[name].name, entry) for entry in entries(files[name].read_bytes()))
            else:
                yield from _of_segment(self._opened(), sealed[name])


def _of_segment(segments: Payloads, sealed: Sealed) -> Iterator[tuple[str, Entry | Damage]]:
    """The damage that was found when it was sealed, and its records."""
    file = sealed.entry.file
    for hole in sealed.damage:
        yield file, Damage(hole.offset, hole.end, f"{hole.why}, as it was sealed", False)
    for index, payload in enumerate(segments.payloads(sealed)):
        try:
            yield file, decode(Frame(index, index, payload))
        except JournalDamaged as error:
            yield file, error.damage
