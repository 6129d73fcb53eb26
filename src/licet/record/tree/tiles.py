"""Tiles and entry bundles (C2SP tlog-tiles): which there are, how their paths are spelled, what bundles hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Protocol

from licet.record.refusal import Malformed, OutOfRange
from licet.record.spelling import NUMBER_LIMIT, shown
from licet.record.tree.merkle import HASH_SIZE, HashReader

WIDTH = 256
"""Hashes in a full tile, entries in a full bundle."""

HEIGHT = 8
"""Levels of the tree that a tile spans."""

ENTRY_LIMIT = 65_535
"""The longest entry, in bytes: its length has two."""

LEVEL_LIMIT = 63
"""The highest level that a path can name."""

_length = Struct(">H")
_path = re.compile(
    r"tile/(?:(?P<entries>entries)|(?P<level>0|[1-9][0-9]?))"
    r"/(?P<index>(?:x(?!000)[0-9]{3}/(?:x[0-9]{3}/){0,5})?[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TileReader(Protocol):
    """Where tiles and bundles come from: a folder, a server, memory. What it gives is verified by who asks."""

    def read(self, path: str) -> bytes:
        """The bytes at this path. Raises what it raises where there are none; the same call may succeed later."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile, or one entry bundle: `level` is None for a bundle. `width` is how many hashes or entries it holds."""

    level: int | None
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        level = 0 if self.level is None else self.level
        if not (0 <= level <= LEVEL_LIMIT and 0 <= self.index < NUMBER_LIMIT and 1 <= self.width <= WIDTH):
            raise OutOfRange("tile", f"there is no tile {self.index} at level {level} of width {self.width}")

    @property
    def path(self) -> str:
        """Where it is below the log's prefix."""
        level = "entries" if self.level is None else str(self.level)
        rest, last = divmod(self.index, 1000)
        groups = [f"{last:03}"]
        while rest:
            rest, group = divmod(rest, 1000)
            groups.append(f"x{group:03}")
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"

    @property
    def parent(self) -> tuple[int, int, int]:
        """Level and index of the tile that holds this (full) tile's root, and which of its hashes that is."""
        return (self.level or 0) + 1, self.index // WIDTH, self.index % WIDTH


def read_path(path: str) -> Tile:
    """The tile or bundle at a path. Raises `Malformed` for any path that is not the one spelling of one."""
    match = _path.fullmatch(path)
    if match is None:
        raise Malformed("path", f"{shown(path)} is not the path of a tile or of an entry bundle")
    level = None if match["entries"] else int(match["level"])
    index = int(re.sub(r"[x/]", "", match["index"]))
    width = int(match["width"] or WIDTH)
    if (match["width"] and width >= WIDTH) or (level or 0) > LEVEL_LIMIT or index >= NUMBER_LIMIT:
        raise Malformed("path", f"{shown(path)} has a number that no tile has")
    return Tile(level, index, width)


def tiles_of(size: int) -> Iterator[Tile]:
    """All tiles of a tree of `size` leaves, level by level from the leaves, each level from left to right."""
    return tiles_between(0, size)


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The tiles that a tree of `new` leaves has and one of `old` has not, in the same order.

    A tile that grew is there with its new width: the older, partial one stays where it is.
    """
    _check_sizes(old, new)
    level = 0
    while new:
        yield from _between(level, old, new)
        level, old, new = level + 1, old >> HEIGHT, new >> HEIGHT


def bundles_between(old: int, new: int) -> Iterator[Tile]:
    """The entry bundles that a log of `new` entries has and one of `old` has not."""
    _check_sizes(old, new)
    return _between(None, old, new)


def _between(level: int | None, old: int, new: int) -> Iterator[Tile]:
    """The same at one level, whose hashes went from `old` to `new`."""
    if old == new:
        return
    for index in range(old // WIDTH, -(-new // WIDTH)):
        yield Tile(level, index, min(WIDTH, new - index * WIDTH))


def tile_data(tile: Tile, read: HashReader) -> bytes:
    """The bytes of a tile of a tree whose hashes `read` gives."""
    level, start = (tile.level or 0) * HEIGHT, tile.index * WIDTH
    return b"".join(read(level, start + each) for each in range(tile.width))


def hashes_of(tile: Tile, data: bytes) -> list[bytes]:
    """The hashes in a tile's bytes. Raises `Malformed` for another length than its width needs."""
    if len(data) != tile.width * HASH_SIZE:
        raise Malformed(tile.path, f"{len(data)} bytes where {tile.width * HASH_SIZE} are needed")
    return [data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)]


def pack(entries: Sequence[bytes]) -> bytes:
    """The bytes of an entry bundle. Raises `OutOfRange` for an entry that is too long, and for no or too many."""
    if not 1 <= len(entries) <= WIDTH:
        raise OutOfRange("bundle", f"{len(entries)} entries; a bundle has 1 to {WIDTH}")
    for at, entry in enumerate(entries):
        if len(entry) > ENTRY_LIMIT:
            raise OutOfRange(f"entry {at}", f"{len(entry)} bytes, more than {ENTRY_LIMIT}")
    return b"".join(_length.pack(len(entry)) + entry for entry in entries)


def unpack(tile: Tile, data: bytes) -> list[bytes]:
    """The entries in a bundle's bytes. Raises `Malformed` for too few, too many, and bytes after the last."""
    entries = []
    start, size = 0, len(data)
    for at in range(tile.width):
        if start + 2 > size:
            raise Malformed(tile.path, f"it ends at byte {size}, before entry {at} of {tile.width}")
        end = start + 2 + (data[start] << 8 | data[start + 1])
        if end > size:
            raise Malformed(tile.path, f"it ends at byte {size}, within entry {at} of {tile.width}")
        entries.append(data[start + 2 : end])
        start = end
    if start != size:
        raise Malformed(tile.path, f"{size - start} bytes after the last of its {tile.width} entries")
    return entries


def _check_sizes(old: int, new: int) -> None:
    if not 0 <= old <= new < NUMBER_LIMIT:
        raise OutOfRange("size", f"a tree of {old} leaves is not an older state of one of {new}")
