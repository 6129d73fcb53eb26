"""A disclosure's files, each checked against what the log committed to. `spec/segments.md`, "Disclosures"."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from itertools import count, islice
from typing import Any, BinaryIO, cast

from licet.record.log.entries import JournalSegment, SubjectFacts
from licet.record.refusal import Malformed, NotProven, RecordRefused
from licet.record.sealed.commitment import SALTS_A_BLOCK, SEED_SIZE, salts
from licet.record.sealed.facts import SubjectLeaf, facts_head, read_leaves
from licet.record.sealed.opened import opened_leaf
from licet.record.sealed.segment import BLOCK, Blocks, record_leaves
from licet.record.spelling import hexadecimal, text
from licet.record.tree.merkle import HASH_SIZE, Head, root_of

OpenFile = Callable[[str], BinaryIO]
"""Opens a file of the disclosure by its name. Raises `OSError` where there is none."""

LINE_LIMIT = 65_535
"""The longest payload of the journal, in bytes."""

PADDING_LIMIT = 1_000_000
"""The most padding of a packed file, in bytes."""

FACTS_LIMIT = 1_000_000
"""The longest leaf of facts, in bytes."""

OPENED_LIMIT = 2 * FACTS_LIMIT + 10_000
"""The same, quoted, with its salt and path."""

OPENED = ".facts.opened.jsonl"
"""The file with the facts of some subjects, each opened by itself."""

CHANGED = "the disclosure was changed or damaged"
NOT_COMMITTED = f"it is not what the log committed to: {CHANGED} (a record, or the seed of the salts)"


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
        """Its records in order, at most 1024 at once.

        Where its block roots are in the disclosure, and are those of the log, only verified records are yielded, and
        what was changed is named to within 256 records. Without them nothing is verified before the end. Raises
        `NotProven` where the records are not those that were committed to; `NotDisclosed`, `Malformed`.
        """
        seed, promised = self._seed("seed"), self._promised()
        roots: list[bytes] = []
        with _opened(self.open, self.file) as raw, gzip.GzipFile(fileobj=cast(BinaryIO, _Unpadded(raw))) as unpacked:
            lines = _lines(BufferedReader(_Unpacked(unpacked), 1 << 18), self.file, LINE_LIMIT)
            for number in range(-(-self.entry.records // SALTS_A_BLOCK)):
                start = number * SALTS_A_BLOCK
                batch, fault = _taken(lines, min(self.entry.records - start, SALTS_A_BLOCK))
                whole = batch if fault is None else batch[: len(batch) // BLOCK * BLOCK]
                leaves = record_leaves(whole, salts(seed, number)[: len(whole)])
                roots += [root_of(leaves[first : first + BLOCK]) for first in range(0, len(leaves), BLOCK)]
                self._compare(roots, promised, start // BLOCK)
                if fault is not None:
                    raise Malformed(self._name(start + len(batch)), f"it cannot be read, {CHANGED}: {fault}")
                if len(batch) < min(self.entry.records - start, SALTS_A_BLOCK):
                    raise self._miscounted("fewer")
                yield batch
            if _taken(lines, 1) != ([], None):
                raise self._miscounted("more")
        if root_of(roots) != self.entry.root:
            raise NotProven(f"segment {self.entry.segment}", NOT_COMMITTED)

    def subjects(self) -> dict[str, SubjectLeaf]:
        """What was attested of its subjects, by pseudonym. Raises `NotDisclosed`, `NotProven`, `Malformed`.

        Where some were erased, the others are opened one by one, and only they are there.
        """
        if self.facts is None:
            return {}
        name = f"{self.entry.segment}.facts.jsonl"
        if self._are_opened_alone(name):
            return self._opened_subjects(self.facts)
        with _opened(self.open, name) as file:
            contents = list(_lines(file, name, FACTS_LIMIT, most=self.facts.subjects + 1))
        if facts_head(contents, self._seed("facts.seed")) != Head(self.facts.subjects, self.facts.root):
            raise NotProven(name, f"it is not what the log committed to: {CHANGED} (a leaf, or the seed of the salts)")
        return {leaf.subject: leaf for leaf in read_leaves(contents, name)}

    def _are_opened_alone(self, whole: str) -> bool:
        """Whether the facts are there, but not as a whole."""
        try:
            self.open(whole).close()
        except OSError:
            with suppress(OSError):
                self.open(f"{self.entry.segment}{OPENED}").close()
                return True
        return False

    def _opened_subjects(self, facts: SubjectFacts) -> dict[str, SubjectLeaf]:
        name, head = f"{self.entry.segment}{OPENED}", Head(facts.subjects, facts.root)
        with _opened(self.open, name) as file:
            lines = list(_lines(file, name, OPENED_LIMIT, most=facts.subjects + 1))
        contents = [opened_leaf(line, head, f"{name} {at}") for at, line in enumerate(lines)]
        return {leaf.subject: leaf for leaf in read_leaves(contents, name)}

    def _seed(self, suffix: str) -> bytes:
        name = f"{self.entry.segment}.{suffix}"
        with _opened(self.open, name) as file:
            content = file.read(2 * SEED_SIZE + 2)
        if content[-1:] != b"\n":
            raise Malformed(name, "it does not end with a line feed")
        return hexadecimal(text(content[:-1], name), name, SEED_SIZE)

    def _promised(self) -> bytes | None:
        """Its block roots, if they are in the disclosure and are those of the log."""
        try:
            with self.open(f"{self.entry.segment}.roots") as file:
                blocks = Blocks(self.entry.records, file.read(-(-self.entry.records // BLOCK) * HASH_SIZE + 1))
        except (OSError, RecordRefused):
            return None
        return blocks.roots if blocks.head.root == self.entry.root else None

    def _compare(self, roots: list[bytes], promised: bytes | None, first: int) -> None:
        """Raise `NotProven` for the first of these block roots, from `first` on, that is not the promised one."""
        if promised is None:
            return
        for at in range(first, len(roots)):
            if roots[at] != promised[HASH_SIZE * at : HASH_SIZE * (at + 1)]:
                last = min((at + 1) * BLOCK, self.entry.records) - 1
                raise NotProven(self._name(at * BLOCK, last), NOT_COMMITTED)

    def _name(self, first: int, last: int | None = None) -> str:
        one = last is None or last == first
        return f"segment {self.entry.segment}, " + (f"record {first}" if one else f"records {first} to {last}")

    def _miscounted(self, word: str) -> NotProven:
        why = f"{word} records than the {self.entry.records} that the log committed to: {CHANGED}"
        return NotProven(f"segment {self.entry.segment}", why)


class _Unpacked(RawIOBase):
    """What is packed with gzip, piece by piece: what comes before a fault is read before the fault is."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._file.read1(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _taken(lines: Iterator[bytes], most: int) -> tuple[list[bytes], Malformed | None]:
    """So many lines, or those up to one that cannot be read, and why."""
    taken: list[bytes] = []
    try:
        taken.extend(islice(lines, most))
    except Malformed as fault:
        return taken, fault
    return taken, None


class _Unpadded:
    """A packed file, for `gzip`: which reads names in headers, and zeros after the end, byte by byte without an end."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._single = 0

    def read(self, size: int = -1) -> bytes:
        """So many bytes. Raises `gzip.BadGzipFile`."""
        self._single += size == 1
        if self._single > PADDING_LIMIT:
            raise gzip.BadGzipFile("more padding than anybody needs")
        return self._raw.read(size)


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
