"""Reading every entry of a log that nobody trusts: hashed, compared with the tree, and read strictly.

A large log is read by several processes at once, chunk by chunk.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

from licet.core.errors import LicetError
from licet.record.log.entries import Entry
from licet.record.log.entry_rules import Matter, condensed
from licet.record.log.entry_spelling import read_entry
from licet.record.log.findings import Finding
from licet.record.log.plain_entries import read_plain
from licet.record.refusal import RecordRefused
from licet.record.tree.merkle import Head
from licet.record.tree.tiles import WIDTH, Tile, TileReader, bundles_between
from licet.record.tree.verified import VerifiedTree

CHUNK = 32
"""Bundles that are read as one piece."""

LARGE = 400_000
"""Entries from which on further processes are worth their start: half a second each."""

FINDINGS_LIMIT = 20
"""Findings that are told of one chunk; a damaged tile high up makes thousands."""

Report = Callable[[int], None]
"""Is told how many entries have been read."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Entries in a row: how many of which type, what ties them to others, and what was wrong with them."""

    entries: int
    types: dict[str, int]
    matters: list[tuple[int, Matter]]
    findings: list[Finding]


def read_log(
    tiles: TileReader, head: Head, *, first: int = 0, processes: int = 1, whole: bool = False, report: Report
) -> Iterator[Chunk]:
    """All entries of the log from the bundle of entry `first` on, in order; every tile that leads to one is verified.

    `whole`: give the entries themselves, not only what the rules need. `tiles` must be picklable where `processes` is
    more than 1. Raises `RecordRefused` where the tiles at the right edge are not those of `head`, and what the reader
    raises there; whatever else is wrong is in the findings.
    """
    tree = VerifiedTree(tiles, head)
    bundles = list(bundles_between(first - first % WIDTH, head.size))
    pieces = [bundles[start : start + CHUNK] for start in range(0, len(bundles), CHUNK)]
    if processes < 2 or head.size - first < LARGE:
        yield from _reported((read_chunk(tree, piece, whole=whole) for piece in pieces), report)
        return
    done = 0
    try:
        with ProcessPoolExecutor(processes, get_context("spawn"), _open, (tiles, head)) as pool:
            for chunk in pool.map(_read, pieces, [whole] * len(pieces)):
                done += 1
                report(chunk.entries)
                yield chunk
    except BrokenProcessPool:  # no process can be started here, or one was killed: this one is slower, and enough
        yield from _reported((read_chunk(tree, piece, whole=whole) for piece in pieces[done:]), report)


def read_chunk(tree: VerifiedTree, bundles: list[Tile], *, whole: bool = False) -> Chunk:
    """The entries of some bundles in a row."""
    findings: list[Finding] = []
    entries: list[tuple[int, Entry]] = []
    for bundle in bundles:
        try:
            contents = tree.bundle(bundle)
        except RecordRefused as error:
            findings.append(Finding(error.place, error.why))
            continue
        except (LookupError, OSError, LicetError) as error:
            findings.append(Finding(bundle.path, f"it, or a tile that leads to it, cannot be read: {error}"))
            continue
        for at, content in enumerate(contents, bundle.index * WIDTH):
            try:
                entries.append((at, read_plain(content) or read_entry(content)))
            except RecordRefused as error:
                findings.append(Finding(f"{bundle.path}: entry {at}", str(error).removeprefix("entry: ")))
    types = dict(Counter([entry.TYPE for _, entry in entries]))
    count = sum(bundle.width for bundle in bundles)
    return Chunk(count, types, list(entries if whole else condensed(entries)), _capped(findings))


def _capped(findings: list[Finding]) -> list[Finding]:
    more = len(findings) - FINDINGS_LIMIT
    if more <= 0:
        return findings
    return [*findings[:FINDINGS_LIMIT], Finding(findings[FINDINGS_LIMIT].place, f"and {more} more from here on")]


def _reported(chunks: Iterator[Chunk], report: Report) -> Iterator[Chunk]:
    for chunk in chunks:
        report(chunk.entries)
        yield chunk


_tree: list[VerifiedTree] = []
"""The tree that a process reads: each begins with `_open`."""


def _open(tiles: TileReader, head: Head) -> None:
    gc.disable()  # nothing here refers to itself, and looking for what does takes a third of the time
    _tree[:] = [VerifiedTree(tiles, head)]


def _read(bundles: list[Tile], whole: bool) -> Chunk:
    return read_chunk(_tree[0], bundles, whole=whole)
