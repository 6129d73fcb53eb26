"""The folder of sealed segments, to read. `spec/segments.md` has its files.

Readers take no lock: a segment is there once its `.json` is, which is written last, and deleted last.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from licet.adapters.segments_duckdb import listed, quoted, reach
from licet.adapters.segments_facts import Facts, facts_of, read_facts
from licet.adapters.segments_files import told
from licet.adapters.segments_note import read_note, spelled
from licet.adapters.segments_pack import read_payloads
from licet.record.refusal import RecordRefused
from licet.record.sealed.commitment import SEED_SIZE, salt_of
from licet.record.sealed.facts import read_leaf, read_leaves
from licet.record.sealed.segment import BLOCK, Blocks, block_leaves
from licet.record.tree.merkle import Head, LeafReader
from licet.record.tree.paths import inclusion_path
from licet.services.record.keeping.disclosure import Asked
from licet.services.record.ports import Opened, Sealed, SegmentsUnusable

PARQUET, SEED, ROOTS, FACTS, NOTE = ".parquet", ".seed", ".roots", ".facts", ".json"


_DECIDED = """
    WITH records AS (SELECT "index", "type", id, subject, "at" FROM read_parquet({source})),
    decided AS (
        SELECT * FROM records WHERE "type" = 'decision' AND subject IN (SELECT unnest($1::VARCHAR[]))
        AND ($2::TIMESTAMP IS NULL OR "at" >= $2::TIMESTAMP) AND ($3::TIMESTAMP IS NULL OR "at" < $3::TIMESTAMP)
    )
    SELECT "index", subject FROM decided
    UNION ALL SELECT "index", NULL FROM records WHERE "type" = 'end' AND id IN (SELECT id FROM decided)
    ORDER BY "index"
"""


class SegmentFolder:
    """Sealed segments in a folder. Implements `services.record.ports.Segments`, and what disclosing needs."""

    def __init__(self, folder: Path, *, processes: int | None = None) -> None:
        self._folder = folder
        self._processes = processes or os.cpu_count() or 1

    def sealed(self) -> tuple[Sealed, ...]:
        """See `Segments`."""
        with told("read the segments"):
            return tuple(read_note(path) for path in sorted(self._folder.glob(f"*{NOTE}")))

    def find(self, decision: str) -> tuple[str, int] | None:
        """See `Segments`."""
        files = {str(path): path.stem for each in self.sealed() if (path := self.path(each.name, PARQUET)).exists()}
        if not files:
            return None
        paths = [Path(each) for each in files]
        with reach(paths, threads=self._processes) as connection:
            found = connection.execute(
                f'SELECT filename, "index" FROM read_parquet([{listed(paths)}], filename = true)'  # noqa: S608 - quoted
                """ WHERE id = ? AND "type" = 'decision' ORDER BY "at" DESC, filename DESC, "index" DESC LIMIT 1""",
                [decision],
            ).fetchone()
        return None if found is None else (files[found[0]], int(found[1]))

    def opening(self, segment: str, index: int) -> Opened:
        """See `Segments`."""
        note = self.path(segment, NOTE)
        with told("read the segments"):
            if not note.exists():
                raise SegmentsUnusable(f"there is no sealed segment `{segment}`")
            return next(self.openings(read_note(note), [index]))

    def openings(self, sealed: Sealed, indices: Sequence[int]) -> Iterator[Opened]:
        """What opens these records of a segment, in the order of their indices."""
        seed, blocks = self.seed(sealed), self._blocks(sealed)
        for block in sorted({index // BLOCK for index in indices}):
            start = block * BLOCK
            payloads = list(self.payloads(sealed, start, start + BLOCK))
            leaves = block_leaves(payloads, seed, block)
            for index in sorted(each for each in indices if each // BLOCK == block):
                with self._intact(sealed):
                    path = tuple(blocks.path(index, leaves))
                yield Opened(index, payloads[index - start], salt_of(seed, index), path)

    def decided(self, sealed: Sealed, asked: Asked) -> tuple[list[int], list[str]]:
        """See `services.record.keeping.disclosure.Disclosing`."""
        parquet = self.path(sealed.name, PARQUET)
        if not asked.subjects:
            return [], []
        with reach([parquet], threads=self._processes) as connection:
            found = connection.execute(
                _DECIDED.format(source=quoted(str(parquet))),
                [list(asked.subjects), _naive(asked.since), _naive(asked.until)],
            ).fetchall()
        return [index for index, _ in found], sorted({subject for _, subject in found if subject is not None})

    def payloads(self, sealed: Sealed, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The payloads of the records [start, end) of a segment, in order; they are not checked against its root."""
        where = f'"index" >= {start:d}' + ("" if end is None else f' AND "index" < {end:d}')
        with told("read a segment"):
            yield from (payload for _, payload in read_payloads(self.path(sealed.name, PARQUET), where))

    def seed(self, sealed: Sealed) -> bytes:
        """The secret seed of the salts of its records."""
        with told("read a segment's seed"):
            seed = self.path(sealed.name, SEED).read_bytes()
        if len(seed) != SEED_SIZE:
            raise SegmentsUnusable(f"`{self.path(sealed.name, SEED)}` has not {SEED_SIZE} bytes: restore a backup")
        return seed

    def facts(self, sealed: Sealed) -> tuple[bytes | None, list[bytes]]:
        """The seed of its facts' salts and the spelled leaves, in order, checked against its entry.

        There is no seed once somebody was erased; then the leaves are those that were not.
        """
        found = self._facts(sealed)
        return found.seed, found.opened()

    def subjects(self, sealed: Sealed) -> list[str]:
        """The pseudonyms that its decisions name, in order, without those that were erased."""
        _, contents = self.facts(sealed)
        with self._intact(sealed):
            return [each.subject for each in read_leaves(contents)]

    def facts_openings(self, sealed: Sealed, subjects: Sequence[str]) -> Iterator[Opened]:
        """What opens the facts of these pseudonyms, as far as its decisions name them, in the order of the leaves."""
        leaves = self._facts(sealed).leaves
        reader = LeafReader([each.hash for each in leaves])
        wanted = frozenset(subjects)
        for index, (_, content, salt) in enumerate(leaves):
            if content is None or salt is None:
                continue
            with self._intact(sealed):
                subject = read_leaf(content).subject
            if subject in wanted:
                yield Opened(index, content, salt, tuple(inclusion_path(index, len(leaves), reader)))

    def note(self, sealed: Sealed) -> bytes:
        """What is public of a segment."""
        return spelled(sealed)

    def path(self, segment: str, suffix: str) -> Path:
        """One of a segment's files."""
        return self._folder / f"{segment}{suffix}"

    def _facts(self, sealed: Sealed) -> Facts:
        if sealed.facts is None:
            return facts_of(bytes(SEED_SIZE), [])
        path = self.path(sealed.name, FACTS)
        with told("read a segment's facts"), self._intact(sealed):
            found = read_facts(path.read_bytes(), FACTS)
        if found.head != Head(sealed.facts.subjects, sealed.facts.root):
            raise SegmentsUnusable(f"`{path}` is not what the segment's entry commits to: restore a backup")
        return found

    def _blocks(self, sealed: Sealed) -> Blocks:
        with told("read a segment's block roots"), self._intact(sealed):
            blocks = Blocks(sealed.entry.records, self.path(sealed.name, ROOTS).read_bytes())
        if blocks.head.root != sealed.entry.root:
            raise SegmentsUnusable(
                f"`{self.path(sealed.name, ROOTS)}` does not give the segment's root: restore a backup"
            )
        return blocks

    @contextmanager
    def _intact(self, sealed: Sealed) -> Iterator[None]:
        try:
            yield
        except RecordRefused as error:
            raise SegmentsUnusable(f"the segment `{sealed.name}` is damaged: {error}; restore a backup") from error


def _naive(instant: datetime | None) -> datetime | None:
    """An instant as the column `at` has it: in UTC, without saying so."""
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None)
