"""The June cycle as a log, its sealed journal and a disclosure, made with the reference interpreter: for tests.

One worker serves a citizen and a foreigner from 9 June on; the order of 12 June comes at 22:51 UTC as epoch 2.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from licet.core.decision import Request, decide
from licet.core.facts import Members, Value
from licet.core.rulebook import Rulebook
from licet.record.claims.claim import EnforcementClaim
from licet.record.log.entries import (
    Acknowledged,
    Enacted,
    Entry,
    JournalSegment,
    PublishedList,
    SubjectFacts,
    digest_of,
    instrument,
)
from licet.record.sealed.facts import Attested, SubjectLeaf, facts_at, facts_head
from licet.record.sealed.segment import Blocks, block_roots
from licet.wire.documents import Reading, SourceFile, Written, read_files
from licet.wire.journal import ClosedRecord, DecisionRecord, EndRecord, OpenedRecord, encode

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
FIRST = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)
ORDERED = datetime(2026, 6, 12, 22, 51, tzinfo=UTC)
LAST = datetime(2026, 6, 27, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SEED, FACTS_SEED = b"j" * 32, b"f" * 32

CITIZEN = SubjectLeaf(
    "c" * 32,
    "ann",
    "person",
    (Attested("us_citizen", True, FIRST, None), Attested("natural_person", True, FIRST, None)),
)
FOREIGNER = SubjectLeaf(
    "e" * 32,
    "luc",
    "person",
    (
        Attested("us_citizen", False, FIRST, None),
        Attested("lpr", False, FIRST, None),
        Attested("protected_individual", False, FIRST, None),
        Attested("natural_person", True, FIRST, None),
        Attested("citizenships", Members(frozenset({"FR"}), True), FIRST, None),
    ),
)

CLAIM = EnforcementClaim(
    models=("fable-5",),
    whom="foreign_person",
    uses={"foreign_person": "foreign_person@15cfr772.1"},
    since=ORDERED,
    until=LAST - timedelta(hours=1),
)


def _file(name: str) -> SourceFile:
    return SourceFile(name, (JUNE / name).read_bytes(), lambda each: (JUNE / each).read_bytes())


def _readings() -> tuple[Reading, Reading]:
    models = read_files([_file("models.yaml")])
    lists = {digest: content for each in models.written for digest, content in each.lists.items()}
    both = read_files([_file("instruments.yaml")], models.written, lambda _, digest: lists.get(digest or ""))
    return models, both


MODELS, ALL = _readings()


def published(written: Sequence[Written]) -> list[Entry]:
    """The lists, then the documents."""
    lists = {digest: content for each in written for digest, content in each.lists.items()}
    entries: list[Entry] = [PublishedList(digest, content.decode()) for digest, content in lists.items()]
    return entries + [instrument(each.kind, each.name, each.canonical) for each in written]


def enacted(epoch: int, at: datetime, written: Sequence[Written], rulebook: Rulebook) -> Enacted:
    """The enactment of these documents."""
    lists = {digest for each in written for digest in each.lists}
    return Enacted(
        epoch,
        at,
        (),
        "two officers",
        tuple(each.digest for each in written),
        tuple(sorted(lists)),
        rulebook.digest,
    )


BOOKS = {1: MODELS.rulebook(1), 2: ALL.rulebook(2)}
LAW: list[Entry] = [
    *published(MODELS.written),
    enacted(1, FIRST - timedelta(days=1), MODELS.written, BOOKS[1]),
    *published(ALL.written),
    enacted(2, FIRST - SECOND, ALL.written, BOOKS[2]),
    Acknowledged(2, "w0", FIRST - SECOND / 2),
]


def payload(record: Any) -> bytes:
    """A record as the journal's files have it, without its frame."""
    return encode(record)[8:]


def decision(
    number: int,
    at: datetime,
    leaf: SubjectLeaf,
    model: str = "fable-5",
    *,
    epoch: int = 2,
    substitution: bool = True,
    facts: dict[str, Value] | None = None,
    **changed: Any,
) -> bytes:
    """The record of what the gate decides, or of something else where a field is `changed`."""
    book = BOOKS[epoch]
    known = facts_at(leaf, book.facts, at) if facts is None else facts
    known = {**known, "stream": True} if "stream" in known else known
    found = decide(book, Request(known, model, "use", at, substitution))
    fields: dict[str, Any] = {
        "id": f"w0-{number}",
        "at": at,
        "key": "abcd2345",
        "subject": leaf.subject,
        "api": "openai",
        "endpoint": "/v1/chat/completions",
        "operation": "use",
        "stream": True,
        "requested": model,
        "outcome": found.outcome,
        "served": found.served,
        "instruments": found.instruments,
        "unknown": found.unknown,
        "rulebook": book.digest,
        "epoch": epoch,
    }
    return payload(DecisionRecord(**{**fields, **changed}))


def end(number: int, at: datetime, how: str = "done") -> bytes:
    """The end of an answer."""
    return payload(EndRecord(id=f"w0-{number}", at=at, how=how, bytes=7))  # type: ignore[arg-type]


def file_of(
    records: Sequence[bytes], first: datetime = FIRST, last: datetime = LAST, segment: int = 0, worker: str = "w0"
) -> list[bytes]:
    """A journal file with these records between its first and its last."""
    opened = payload(OpenedRecord(worker=worker, at=first, segment=segment))
    closed = payload(ClosedRecord(at=last, by="worker", records=len(records) + 1))
    return [opened, *records, closed]


def ordinary(count: int = 40) -> list[bytes]:
    """Decisions about both subjects, before and after the order, each with its end where it was served."""
    records = []
    step = (LAST - FIRST - timedelta(hours=2)) / count
    for number in range(count):
        at = FIRST + SECOND + number * step
        at = at.replace(microsecond=number)
        leaf = (CITIZEN, FOREIGNER)[number % 2]
        record = decision(number, at, leaf, ("fable-5", "opus-4.8")[number // 2 % 2])
        records.append(record)
        if b'"served":null' not in record:
            records.append(end(number, at + SECOND / 2))
    return records


@dataclass
class Sealed:
    """Segments with their entries, and the files of a disclosure of them."""

    entries: list[Entry] = field(default_factory=lambda: list(LAW))
    files: dict[str, bytes] = field(default_factory=dict)

    def seal(
        self,
        payloads: Sequence[bytes],
        first: datetime = FIRST,
        last: datetime = LAST,
        leaves: Sequence[SubjectLeaf] = (CITIZEN, FOREIGNER),
        worker: str = "w0",
    ) -> Sealed:
        """One more segment."""
        name = f"{first:%Y%m%dT%H%M%S.%f}Z-{worker}"
        blocks = Blocks(len(payloads), block_roots(payloads, SEED))
        contents = [bytes(each) for each in leaves]
        head = facts_head(contents, FACTS_SEED)
        self.entries += [
            JournalSegment(
                name,
                worker,
                f"{name}.parquet",
                first,
                last,
                len(payloads),
                blocks.head.root,
                9,
                digest_of(b"the file"),
            ),
            SubjectFacts(name, head.size, head.root),
        ]
        self.files |= {
            f"{name}.jsonl.gz": gzip.compress(b"".join(each + b"\n" for each in payloads), mtime=0),
            f"{name}.seed": SEED.hex().encode() + b"\n",
            f"{name}.facts.jsonl": b"".join(each + b"\n" for each in contents),
            f"{name}.facts.seed": FACTS_SEED.hex().encode() + b"\n",
        }
        return self

    @property
    def read(self) -> list[tuple[int, Entry]]:
        """The entries with their indices."""
        return list(enumerate(self.entries))

    def open(self, name: str) -> BinaryIO:
        """A file of the disclosure."""
        if name not in self.files:
            raise FileNotFoundError(2, "no such file", name)
        return io.BytesIO(self.files[name])


def sealed(records: Sequence[bytes] | None = None) -> Sealed:
    """One segment, of these records or of ordinary ones."""
    return Sealed().seal(file_of(ordinary() if records is None else records))
