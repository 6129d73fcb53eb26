"""A log with its desk and its openings in one folder, and what is published there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from licet.adapters.desk import MEMORY, DeskFolder
from licet.adapters.openings import OpeningsFolder
from licet.adapters.store_memory import MemoryStore
from licet.adapters.tlog.log import FolderLog
from licet.record.log.entries import (
    Entry,
    JournalSegment,
    SubjectFacts,
    digest_of,
)
from licet.record.log.entry_spelling import read_entry
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import KeyKind, signer_from
from licet.record.spelling import canonical
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import Sealed
from licet.services.record.publishing.publish import Publication, Sources, publish
from licet.services.record.settings import Withholding
from licet.services.stored import Ground, StoredDocument, StoredList, Warrant

START = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)
LOG = signer_from("licet.example/record", KeyKind.LOG, b"l" * 32)
SECRET = b"p" * 32


class Place:
    """A log, its desk and its openings in one folder; `die_after` appends, the log dies in the given way."""

    def __init__(self, folder: Path, name: str = "log") -> None:
        self.folder = folder / name
        self.log = FolderLog(self.folder / "record", self.folder / "lock", self.folder / "staging", LOG)
        self.desk = DeskFolder(self.folder / "staging")
        drawn = count()
        self.openings = OpeningsFolder(folder / "openings", lambda size: next(drawn).to_bytes(size, "big"))

    def sources(
        self, store: MemoryStore, withhold: tuple[Withholding, ...] = (), segments: Sequence[Sealed] = ()
    ) -> Sources:
        return Sources(store, SECRET, self.openings, withhold, lambda: segments)

    def publish(
        self, store: MemoryStore, withhold: tuple[Withholding, ...] = (), segments: Sequence[Sealed] = ()
    ) -> Publication:
        return publish(self.log, self.sources(store, withhold, segments), self.desk)

    def entries(self) -> list[Entry]:
        """All entries of the log, every one verified against its checkpoint."""
        head = read_checkpoint(self.log.checkpoint()).checkpoint.head
        return [read_entry(each.content) for each in VerifiedTree(self.log.tiles, head).entries()]

    def forget(self) -> None:
        (self.folder / "staging" / MEMORY).unlink(missing_ok=True)


def document(kind: str, name: str, **fields: object) -> StoredDocument:
    content = canonical({kind: name, **fields})
    return StoredDocument(kind, name, digest_of(content), content)


def annex(*members: str) -> StoredList:
    content = "".join(f"{each}\n" for each in ("org", *members)).encode()
    return StoredList(digest_of(content), content)


def pins(each: StoredList) -> dict[str, object]:
    return {"annex": {"list": "annex.csv", "digest": each.digest}}


def enact(
    store: MemoryStore,
    *documents: StoredDocument,
    lists: Sequence[StoredList] = (),
    actor: str = "ann",
    warrant: Warrant | None = None,
) -> None:
    epoch = len(store.enactments())
    store.enact(
        documents,
        lists,
        actor=actor,
        at=START + timedelta(seconds=epoch),
        rulebook=digest_of(str(epoch).encode()),
        expected_epoch=epoch,
        warrant=warrant or Warrant(Ground.TWO_OFFICERS, approved_by="ben"),
    )


def segment(number: int, *, facts: bool = True) -> Sealed:
    name = f"2026061{number}T000000.000000Z-w0"
    root = bytes([number]) * 32
    entry = JournalSegment(name, "w0", f"{name}.parquet", START, START, 7, root, 99, digest_of(root))
    return Sealed(f"{name}.journal", entry, SubjectFacts(name, 3, root) if facts else None)


def types(entries: Sequence[Entry]) -> list[str]:
    return [each.TYPE for each in entries]


SECRET_ORDER = document("order", "sealed", forbids="org == 'x'", issued="2026-06-12T17:21:00-04:00", models=["m"])
HIDE = Withholding("sealed", ("forbids",), "sealed by the court", "18 USC 2709(c)")
