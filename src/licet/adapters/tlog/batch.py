"""What entries add to a log: the tiles and bundles that are new with them, and the head. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from licet.record.tree.edge import Place, last_tile, levels, subtree
from licet.record.tree.merkle import Head, leaf_hash, range_root, root_of
from licet.record.tree.tiles import HEIGHT, WIDTH, Tile, pack

Edge = Mapping[Place, Sequence[bytes]]
"""The hashes of the last tile of each level."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The way from one head to the next: every file, by its path, that the newer has and the older has not."""

    old: Head
    new: Head
    files: Mapping[str, bytes]


def grown(old: Head, edge: Edge, last: Sequence[bytes], entries: Sequence[bytes]) -> Batch:
    """The batch with which a log of `old` takes entries, of which there is at least one.

    `edge` is the tree's; `last` are the entries of its last bundle, if that is partial. Both are verified already.
    Raises `OutOfRange` for an entry that is too long.
    """
    new = old.size + len(entries)
    files = _bundles(old.size, last, entries)
    hashes = [leaf_hash(entry) for entry in entries]
    known = {place: list(found) for place, found in edge.items()}
    level, size = 0, old.size
    while hashes:
        begun = known[level, size // WIDTH] if size % WIDTH else []
        row, first = begun + hashes, size // WIDTH
        parts = [row[start : start + WIDTH] for start in range(0, len(row), WIDTH)]
        for index, part in enumerate(parts, first):
            files[Tile(level, index, len(part)).path] = b"".join(part)
        known[level, first + len(parts) - 1] = parts[-1]
        hashes = [root_of(part) for part in parts if len(part) == WIDTH]
        level, size = level + 1, size >> HEIGHT
    return Batch(old, _head(new, known), files)


def _bundles(size: int, last: Sequence[bytes], entries: Sequence[bytes]) -> dict[str, bytes]:
    """The new bundles: the first of them begins with what the last one held, if that was partial."""
    row = [*last, *entries]
    parts = [row[start : start + WIDTH] for start in range(0, len(row), WIDTH)]
    return {Tile(None, index, len(part)).path: pack(part) for index, part in enumerate(parts, size // WIDTH)}


def _head(size: int, known: Mapping[Place, list[bytes]]) -> Head:
    edge = {}
    for level in range(levels(size)):
        tile = last_tile(size, level)
        edge[level, tile.index] = known[level, tile.index]
    return Head(size, range_root(0, size, lambda level, index: subtree(edge, level, index)))
