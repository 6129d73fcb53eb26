"""One journal file as a Parquet file, checked by reading it back: what a process that seals does. `spec/segments.md`.

Each process works on one journal file; a segment's tree is computed from what was read back, so what is committed to is
what is kept.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from licet.adapters.journal_file import NEW
from licet.adapters.segments_duckdb import quoted, reach
from licet.adapters.segments_files import sync, told
from licet.record.sealed.segment import block_roots
from licet.services.record.keeping.sealing import Packed
from licet.services.record.ports import Hole, SegmentsUnusable
from licet.wire.journal import Damage, DecisionRecord, JournalDamaged, OpenedRecord, decode, scan

MOST_SAID = 200
"""Characters of a reason that are kept."""

PART = 4096
"""Records that are handled at a time."""

_BREAKS = re.compile(rb"[\n\r\t]")
"""The bytes below 0x20 that JSON allows, between its tokens."""

_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

SHAPE = (
    '{"type":"VARCHAR","id":"VARCHAR","at":"VARCHAR","subject":"VARCHAR","requested":"VARCHAR","served":"VARCHAR",'
    '"outcome":"VARCHAR","operation":"VARCHAR","stream":"BOOLEAN","rulebook":"VARCHAR","epoch":"BIGINT",'
    '"instruments":["VARCHAR"],"unknown":["VARCHAR"],"how":"VARCHAR","bytes":"BIGINT"}'
)
"""What of a payload has a column of its own."""

# a payload holds no byte below 0x20, so a line is one, and nothing in it delimits
_LINES = (
    "read_csv({}, columns = {{'payload': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '', header = false,"
    " auto_detect = false, new_line = '\\n', nullstr = '\x02')"
)


class Work(NamedTuple):
    """A journal file that is to become a segment: the names of that and of its Parquet file, and where its draft goes.

    `seed` is that of its salts.
    """

    segment: str
    file: str
    journal: Path
    draft: Path
    seed: bytes


class _LineBreaks(Exception):
    """A payload is not on one line."""


@dataclass(slots=True)
class Contents:
    """What reading a journal file came to, filled while it is read.

    `suspicious`: each payload is looked at for line ends, which no gate ever wrote. It takes long, so it is done only
    where the lines turned out to be too many.
    """

    suspicious: bool = False
    worker: str = ""
    first: datetime | None = None
    last: datetime | None = None
    records: int = 0
    subjects: set[str] = field(default_factory=set)
    damage: list[Hole] = field(default_factory=list)

    def read(self, data: memoryview) -> Iterator[bytes]:
        """The payloads that are records, in order."""
        first, last = self.first or _LATEST, self.last or _EARLIEST
        for part in scan(data):
            if isinstance(part, Damage):
                self._damaged(part)
                continue
            try:
                entry = decode(part)
                if part.payload[:1] != b"{" or (self.suspicious and _BREAKS.search(part.payload)):
                    raise JournalDamaged(
                        Damage(part.offset, part.end, "payload is not a record: not on one line", False)
                    )
            except JournalDamaged as error:
                self._damaged(error.damage)
                continue
            at = entry.at
            if at > last:
                self.last = last = at
            if at < first:
                self.first = first = at
            if isinstance(entry, DecisionRecord):
                self.subjects.update(each for each in (entry.subject, entry.beside) if each is not None)
            elif isinstance(entry, OpenedRecord) and not self.worker:
                self.worker = entry.worker
            self.records += 1
            yield part.payload

    def _damaged(self, damage: Damage) -> None:
        # the reason may quote what is in the payload, whatever that is
        why = "".join(each if each.isprintable() else "?" for each in damage.why[:MOST_SAID])
        self.damage.append(Hole(damage.offset, damage.end, why))


def pack(work: Work) -> Packed:
    """Write and check the Parquet file of one journal file, durably, under its draft's name.

    Raises `SegmentsUnusable`, also where no record is in it, or where what is read back is not what was there.
    """
    lines = work.draft.with_name(f"{work.draft.name}.lines{NEW}")
    contents = Contents()
    with told("seal a journal file"):
        try:
            try:
                written = _write_lines(work.journal, lines, contents)
            except _LineBreaks:
                lines.unlink()
                contents = Contents(suspicious=True)
                written = _write_lines(work.journal, lines, contents)
            if contents.first is None or contents.last is None:
                raise SegmentsUnusable("no record in it can be read")
            _write_parquet(lines, work.draft)
        finally:
            lines.unlink(missing_ok=True)
        work.draft.chmod(0o600)
        roots = check(work.draft, work.seed, contents.records, written)
        sync(work.draft)
        size, digest = work.draft.stat().st_size, file_digest(work.draft)
    return Packed(
        work.segment,
        work.journal.name,
        contents.worker or "unknown",
        work.file,
        contents.first,
        contents.last,
        contents.records,
        roots,
        size,
        digest,
        tuple(sorted(contents.subjects)),
        tuple(contents.damage),
    )


def check(parquet: Path, seed: bytes, records: int, written: bytes) -> bytes:
    """The block roots of what a Parquet file holds, which must be the `records` payloads with the digest `written`."""
    digest = hashlib.sha256()
    count = 0

    def payloads(connection: Any) -> Iterator[bytes]:
        nonlocal count
        rows = connection.execute(f"SELECT encode(payload) FROM read_parquet({quoted(str(parquet))})")  # noqa: S608 - quoted
        while some := rows.fetchmany(PART):
            found = [payload for (payload,) in some]
            digest.update(b"\n".join([*found, b""]))
            count += len(found)
            yield from found

    with reach([parquet], threads=1) as connection:
        source = f"read_parquet({quoted(str(parquet))}, file_row_number = true)"
        misplaced = f'SELECT count(*) FROM {source} WHERE "index" IS DISTINCT FROM file_row_number'  # noqa: S608 - quoted
        if connection.execute(misplaced).fetchall() != [(0,)]:
            raise SegmentsUnusable(f"`{parquet.name}`: its rows are not in order: nothing was sealed")
        roots = block_roots(payloads(connection), seed)
    if count != records or digest.digest() != written:
        raise SegmentsUnusable(f"`{parquet.name}` does not hold what its journal file does: nothing was sealed")
    return roots


def read_payloads(parquet: Path, where: str = "true") -> Iterator[tuple[int, bytes]]:
    """Index and payload of the rows of a segment, in order; `where` is SQL of ours."""
    for rows in _batches(parquet, where):
        yield from rows


def _batches(parquet: Path, where: str = "true") -> Iterator[list[tuple[int, bytes]]]:
    with reach([parquet], threads=1) as connection:
        source = f"read_parquet({quoted(str(parquet))})"
        found = connection.execute(f'SELECT "index", encode(payload) FROM {source} WHERE {where}')  # noqa: S608 - quoted
        while rows := found.fetchmany(PART):
            yield rows


def holds_the_same(journal: Path, seed: bytes, records: int, roots: bytes) -> bool:
    """Whether a journal file still holds exactly the records that were sealed, and nothing that is none."""
    contents = Contents(suspicious=True)
    with told("read a journal file"), mapped(journal) as data:
        computed = block_roots(contents.read(data), seed)
    return computed == roots and contents.records == records and not contents.damage


def file_digest(path: Path) -> str:
    """The digest of a file, as entries write it."""
    with path.open("rb") as content:
        return f"sha256:{hashlib.file_digest(content, 'sha256').hexdigest()}"


@contextmanager
def mapped(path: Path) -> Iterator[memoryview]:
    """The bytes of a file, in memory as far as they are looked at."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            yield memoryview(b"")
            return
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        yield memoryview(data)
    finally:
        with suppress(BufferError):  # who still reads, after an error, lets go of it later
            data.close()


def _write_lines(journal: Path, lines: Path, contents: Contents) -> bytes:
    """Write the payloads of a journal file as lines; the SHA-256 of these."""
    digest = hashlib.sha256()
    part: list[bytes] = []
    descriptor = os.open(lines, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file, mapped(journal) as data:

        def flush() -> None:
            joined = b"\n".join([*part, b""])
            if joined.count(b"\n") != len(part) or b"\r" in joined or b"\t" in joined:
                raise _LineBreaks
            digest.update(joined)
            file.write(joined)
            part.clear()

        for payload in contents.read(data):
            part.append(payload)
            if len(part) == PART:
                flush()
        flush()
    return digest.digest()


def _write_parquet(lines: Path, draft: Path) -> None:
    source = _LINES.format(quoted(str(lines)))
    with reach([lines, draft], threads=1) as connection:
        connection.execute(
            'COPY (SELECT row_number() OVER () - 1 AS "index", payload, r."type" AS "type", r.id AS id,'  # noqa: S608 - quoted
            ' CAST(r."at" AS TIMESTAMP) AS "at", r.* EXCLUDE ("type", id, "at")'
            f" FROM (SELECT payload, json_transform(payload, '{SHAPE}') AS r FROM {source}))"
            f" TO {quoted(str(draft))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 40960)"
        )
