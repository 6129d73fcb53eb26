"""What the verbs need of a log: to append to it, durably and for good, and to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from licet.core.errors import LicetError
from licet.record.log.entries import JournalSegment, SubjectFacts
from licet.record.tree.tiles import TileReader


class LogUnavailable(LicetError):
    """The log cannot be written or read now: a disk, a lock, a key, a witness. Nothing was appended in part."""


class NotPublished(LogUnavailable):
    """The entries are in the log for good, but what shows them is not published yet; the next append goes on with that.

    They must not be appended again. `appended` are their indices.
    """

    def __init__(self, appended: range, why: str) -> None:
        super().__init__(
            f"entries {appended.start} to {appended.stop - 1} are in the log, but not published yet ({why}): "
            "do not append them again; the next append or publishing goes on"
        )
        self.appended = appended
        self.why = why


class LogForked(LicetError):
    """What lies here is not what was last signed: a restored backup, or a second writer. Nothing is signed."""


class Log(Protocol):
    """One append-only log. Raises `LogUnavailable` and `LogForked`."""

    @property
    def origin(self) -> str:
        """The log's name, the first line of its checkpoints."""

    @property
    def tiles(self) -> TileReader:
        """Its tiles and entry bundles."""

    def append(self, entries: Sequence[bytes]) -> range:
        """Append entries in this order; their indices.

        On return they are durable, a checkpoint that covers them is signed, has won the swap, and is published with
        as many cosignatures as the policy asks for.
        """

    def checkpoint(self) -> bytes:
        """The newest published checkpoint, with its signatures."""


class SegmentsUnusable(LicetError):
    """Sealed segments cannot be read or written now, or a file of theirs is not what it should be."""


class Hole(NamedTuple):
    """A stretch `[offset, end)` of a journal file that is no record, and why."""

    offset: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed segment: its entries for the log, the journal file that it was made of, and what of that is no record.

    `facts` is None where no decision names a subject.
    """

    journal: str
    entry: JournalSegment
    facts: SubjectFacts | None
    damage: tuple[Hole, ...] = ()

    @property
    def name(self) -> str:
        """The segment's name."""
        return self.entry.segment


@dataclass(frozen=True, slots=True)
class Opened:
    """What opens one leaf of a segment's tree: its index, its content, its salt, its path to the root."""

    index: int
    content: bytes
    salt: bytes
    path: tuple[bytes, ...]


class Segments(Protocol):
    """The sealed segments, to read. `spec/segments.md`. Raises `SegmentsUnusable`."""

    def sealed(self) -> tuple[Sealed, ...]:
        """Every sealed segment, by name, which begins with the instant at which its journal file was begun."""

    def find(self, decision: str) -> tuple[str, int] | None:
        """The segment and the index of the newest decision with this id; None where no sealed segment has one."""

    def opening(self, segment: str, index: int) -> Opened:
        """What opens one record of a segment; its path leads to the root that the segment's entry has."""
