"""Reading a log from tiles that nobody trusts: every byte is checked against a head before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from licet.record.refusal import NotProven, OutOfRange
from licet.record.tree.edge import Place, last_tile, levels, read_edge, subtree
from licet.record.tree.merkle import Head, leaf_hash, root_of
from licet.record.tree.tiles import HEIGHT, WIDTH, Tile, TileReader, bundles_between, hashes_of, unpack


class LoggedEntry(NamedTuple):
    """One entry of the log; `at` is its index."""

    at: int
    content: bytes


class VerifiedTree:
    """The tree with a head, as tiles have it: a `HashReader` that gives right hashes or raises.

    The tiles at the right edge give the root, so they are read first; any other tile is right if its root is what the
    tile above holds. Verified tiles are remembered: the edge, and `remember` others, of which the oldest go first. One
    instance is for one thread. Besides what is said below, all methods raise what the reader raises.
    """

    def __init__(self, tiles: TileReader, head: Head, remember: int = 1024) -> None:
        """Raises `NotProven` where the edge has another root, `Malformed` for a tile of another length."""
        self.head = head
        self._tiles = tiles
        self._limit = remember
        self._edge = read_edge(tiles, head)
        self._known: dict[Place, list[bytes]] = {}
        for level in reversed(range(levels(head.size))):
            tile = last_tile(head.size, level)
            if tile.width == WIDTH:
                self._check_full(tile, self._edge[level, tile.index])

    def __call__(self, level: int, index: int) -> bytes:
        """As `HashReader`. Raises `NotProven` with the path of a tile that is not the tree's, `OutOfRange`."""
        if not 0 <= index < self.head.size >> level:
            raise OutOfRange(f"subtree {level}/{index}", f"a tree of {self.head.size} leaves does not have it")
        place = level // HEIGHT, (index << level % HEIGHT) // WIDTH
        return subtree({place: self.hashes(*place)}, level, index)

    def hashes(self, level: int, index: int) -> list[bytes]:
        """The verified hashes of the tile `index` at the tile level `level`. Raises `NotProven`, `Malformed`."""
        found = self._edge.get((level, index)) or self._known.get((level, index))
        return self._verify(level, index) if found is None else found

    def entries(self, first: int = 0) -> Iterator[LoggedEntry]:
        """The log's entries from `first` on, bundle by bundle, each verified before its first entry is given.

        From 0 on, this verifies every tile and every bundle of the log. Raises `NotProven`, `Malformed`.
        """
        if not 0 <= first <= self.head.size:
            raise OutOfRange("first", f"a log of {self.head.size} entries has no entry {first}")
        for bundle in bundles_between(first - first % WIDTH, self.head.size):
            for at, content in enumerate(self.bundle(bundle), bundle.index * WIDTH):
                if at >= first:
                    yield LoggedEntry(at, content)

    def bundle(self, bundle: Tile) -> list[bytes]:
        """The verified entries of one bundle. Raises `NotProven`, `Malformed`."""
        entries = unpack(bundle, self._tiles.read(bundle.path))
        hashes = self.hashes(0, bundle.index)
        computed = [leaf_hash(entry) for entry in entries]
        if computed != hashes:
            at = next(i for i, pair in enumerate(zip(computed, hashes, strict=True)) if pair[0] != pair[1])
            raise NotProven(bundle.path, f"entry {bundle.index * WIDTH + at} does not have the hash that the tree has")
        return entries

    def check_tiles(self) -> None:
        """Verify every tile of the tree, and no bundle. Raises `NotProven`, `Malformed`."""
        for level in reversed(range(levels(self.head.size))):
            for index in range(last_tile(self.head.size, level).index + 1):
                self.hashes(level, index)

    def _verify(self, level: int, index: int) -> list[bytes]:
        tile = Tile(level, index)
        hashes = hashes_of(tile, self._tiles.read(tile.path))
        self._check_full(tile, hashes)
        if len(self._known) >= self._limit:
            del self._known[next(iter(self._known))]
        self._known[level, index] = hashes
        return hashes

    def _check_full(self, tile: Tile, hashes: list[bytes]) -> None:
        level, index, at = tile.parent
        if root_of(hashes) != self.hashes(level, index)[at]:
            raise NotProven(tile.path, "its root is not the hash that the tile above holds")
