"""What the log holds about one order: its entries, by their indices, each verified against the newest checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from licet.core.report import Entry, Logged
from licet.core.rulebook import Span
from licet.record.log.entries import (
    Acknowledged,
    Correction,
    Deletion,
    Enacted,
    Instrument,
    JournalSegment,
    SubjectFacts,
    WithheldInstrument,
)
from licet.record.log.entry_spelling import read_entry
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.spelling import to_base64
from licet.record.tree.tiles import TileReader
from licet.record.tree.verified import VerifiedTree


class PublishedLog(Protocol):
    """A log as anybody reads it."""

    @property
    def tiles(self) -> TileReader:
        """Its tiles and entry bundles."""

    def checkpoint(self) -> bytes:
        """The newest checkpoint, with its signatures. Raises what the log raises where there is none yet."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: documents by their digests (with their names), enactments by epoch, a time for segments.

    `commitments`: the digests of those that were withheld, by what the log has in their place.
    """

    documents: Mapping[str, str]
    commitments: Mapping[str, str]
    epochs: Mapping[int, tuple[str, ...]]
    acknowledged: frozenset[str]
    epoch: int
    start: datetime
    end: datetime


@dataclass(slots=True)
class Search:
    """What was found so far. Entries that are about what was found (deletions, corrections, facts) come after it."""

    sought: Sought
    entries: list[Entry] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)
    epochs: set[int] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    segments: dict[str, int] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None
    _found: set[int] = field(default_factory=set)

    def take(self, at: int, content: bytes) -> None:
        """Look at the entry with this index. Raises `Malformed` for what is no entry."""
        entry = read_entry(content, f"entry {at}")
        about = self._about(entry, at)
        if about:
            self._found.add(at)
            self.entries.append(Entry(at, entry.TYPE, about))

    def _about(self, entry: object, at: int) -> str:
        """What the entry says, if it is about the order."""
        sought = self.sought
        match entry:
            case Instrument(kind, name, digest) if digest in sought.documents:
                self.documents.add(digest)
                return f"{kind} {name}, whole"
            case WithheldInstrument(kind, _, commitment, _, withheld) if commitment in sought.commitments:
                digest = sought.commitments[commitment]
                self.documents.add(digest)
                return f"{kind} {sought.documents[digest]}, without {', '.join(withheld)}"
            case Enacted(epoch) if epoch in sought.epochs:
                self.epochs.add(epoch)
                return f"epoch {epoch}: {', '.join(sought.epochs[epoch])}"
            case Acknowledged(epoch, worker) if epoch == sought.epoch:
                self.acknowledged.add(worker)
                return f"epoch {epoch} by worker {worker}"
            case JournalSegment() if entry.first < sought.end and sought.start <= entry.last:
                self.segments[entry.segment] = at
                self.first = entry.first if self.first is None else min(self.first, entry.first)
                self.last = entry.last if self.last is None else max(self.last, entry.last)
                return f"{entry.segment}, {entry.records:,} records"
            case SubjectFacts() if entry.segment in self.segments:
                return f"{entry.segment}, {entry.subjects:,} subjects"
            case Deletion() if entry.segment in self.segments:
                self.deleted.add(entry.segment)
                return f"{entry.segment}, by {entry.rule}"
            case Correction() if entry.entry in self._found:
                return f"of entry {entry.entry}: {entry.why}"
            case _:
                return ""

    def absent(self) -> Iterator[str]:
        """What should be in the log and is not."""
        for digest, name in self.sought.documents.items():
            if digest not in self.documents:
                yield f"the document {name}"
        for epoch, names in self.sought.epochs.items():
            if epoch not in self.epochs:
                yield f"the enactment of epoch {epoch} ({', '.join(names)})"
        for worker in sorted(self.sought.acknowledged - self.acknowledged):
            yield f"the acknowledgement of epoch {self.sought.epoch} by worker {worker}"
        if not self.segments:
            yield "any segment of the journal over the order's time: nothing that was decided is committed to yet"


def search(log: PublishedLog, sought: Sought) -> tuple[Logged, Search]:
    """Read the whole log, entry by entry, each verified against its newest checkpoint.

    Signatures are not verified: who reads the report does that, with a key of their own. Raises `RecordRefused` for
    bytes that are not the log's, and what the log raises.
    """
    signed = read_checkpoint(log.checkpoint())
    found = Search(sought)
    for at, content in VerifiedTree(log.tiles, signed.checkpoint.head).entries():
        found.take(at, content)
    logged = Logged(
        origin=signed.checkpoint.origin,
        size=signed.checkpoint.head.size,
        root=to_base64(signed.checkpoint.head.root),
        note=bytes(signed.note).decode(),
        signers=tuple(dict.fromkeys(each.name for each in signed.note.signatures)),
        entries=tuple(found.entries),
        absent=tuple(found.absent()),
        covered=None if found.first is None else Span(found.first, found.last),
    )
    return logged, found
