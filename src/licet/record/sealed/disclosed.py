"""A disclosure's files, each checked against what the log committed to. `spec/segments.md`, "Disclosures"."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from itertools import count, islice
from typing import BinaryIO, cast

from licet.record.log.entries import JournalSegment, SubjectFacts
from licet.record.refusal import Malformed, NotProven, RecordRefused
from licet.record.sealed.commitment import SALTS_A_BLOCK, SEED_SIZE, salts
from licet.record.sealed.facts import SubjectLeaf, facts_head, read_leaves
from licet.record.sealed.segment import BLOCK, Blocks, record_leaves
from licet.record.spelling import hexadecimal, text
from licet.record.tree.merkle import Head, root_of

OpenFile = Callable[[str], BinaryIO]
"""Opens a file of the disclosure by its name. Raises `OSError` where there is none."""

LINE_LIMIT = 65_535
"""The longest payload of the journal, in bytes."""

FACTS_LIMIT = 1_000_000
"""The longest leaf of facts, in bytes."""


class NotDisclosed(RecordRefused):
    """A file that is not in the disclosure, or cannot be read."""


@dataclass(frozen=True, slots=True)
class DisclosedSegment:
    """One whole segment of a disclosure, and the entries of the log that commit to it."""

    entry: JournalSegment
    facts: SubjectFacts | None
    open: OpenFile

    @property
    def file(self) -> str:
        """The file with its payloads."""
        return f"{self.entry.segment}.jsonl.gz"

    def payloads(self) -> Iterator[list[bytes]]:
        """Its records in order, 1024 by 1024.

        Nothing of it is verified before the end: then `NotProven` is raised where the records are not those that were
        committed to. Raises `NotDisclosed`, `Malformed` as well.
        """
        seed = self._seed("seed")
        roots: list[bytes] = []
        left = self.entry.records
        with _opened(self.open, self.file) as raw, gzip.GzipFile(fileobj=raw) as unpacked:
            lines = _lines(BufferedReader(cast(BinaryIO, unpacked), 1 << 18), self.file, LINE_LIMIT)  # type: ignore[type-var]
            for number in count():
                batch = list(islice(lines, min(left, SALTS_A_BLOCK)))
                if not batch:
                    break
                left -= len(batch)
                leaves = record_leaves(batch, salts(seed, number)[: len(batch)])
                roots += [root_of(leaves[start : start + BLOCK]) for start in range(0, len(leaves), BLOCK)]
                yield batch
            if left or next(lines, None) is not None:
                word = "fewer" if left else "more"
                raise NotProven(self.file, f"{word} records than the {self.entry.records} that the log committed to")
        if root_of(roots) != self.entry.root:
            raise NotProven(self._blamed(roots), "these are not the records, or not the salts, that the log commits to")

    def subjects(self) -> dict[str, SubjectLeaf]:
        """What was attested of its subjects, by pseudonym. Raises `NotDisclosed`, `NotProven`, `Malformed`."""
        if self.facts is None:
            return {}
        name = f"{self.entry.segment}.facts.jsonl"
        with _opened(self.open, name) as file:
            contents = list(_lines(file, name, FACTS_LIMIT, most=self.facts.subjects + 1))
        if facts_head(contents, self._seed("facts.seed")) != Head(self.facts.subjects, self.facts.root):
            raise NotProven(name, "these are not the facts, or not the salts, that the log commits to")
        return {leaf.subject: leaf for leaf in read_leaves(contents, name)}

    def _seed(self, suffix: str) -> bytes:
        name = f"{self.entry.segment}.{suffix}"
        with _opened(self.open, name) as file:
            content = file.read(2 * SEED_SIZE + 2)
        if content[-1:] != b"\n":
            raise Malformed(name, "it does not end with a line feed")
        return hexadecimal(text(content[:-1], name), name, SEED_SIZE)

    def _blamed(self, roots: list[bytes]) -> str:
        """The file, and if the block roots are beside it, the records among which the wrong one is."""
        try:
            with self.open(f"{self.entry.segment}.roots") as file:
                blocks = Blocks(self.entry.records, file.read(len(roots) * 32 + 1))
        except (OSError, RecordRefused):
            return self.file
        if blocks.head.root != self.entry.root:
            return self.file
        wrong = next(at for at, root in enumerate(roots) if blocks.roots[32 * at : 32 * at + 32] != root)
        last = min((wrong + 1) * BLOCK, self.entry.records) - 1
        return f"{self.file}: records {wrong * BLOCK} to {last}"


def _opened(open_: OpenFile, name: str) -> BinaryIO:
    try:
        return open_(name)
    except OSError as error:
        raise NotDisclosed(name, f"it cannot be read: {error.strerror or error}") from None


def _lines(file: BinaryIO | BufferedReader, name: str, limit: int, most: int | None = None) -> Iterator[bytes]:
    """The lines without their LF. Raises `Malformed` for one that is too long, or does not end with LF."""
    for at in count():
        try:
            line = file.readline(limit + 2)
        except (OSError, EOFError, zlib.error) as error:
            raise Malformed(name, f"line {at + 1} cannot be read: {error}") from None
        if not line or at == most:
            return
        if line[-1:] != b"\n" or len(line) > limit + 1:
            raise Malformed(name, f"line {at + 1} is too long, or does not end with a line feed")
        yield line[:-1]
