"""The right edge of a log's tiles: the last tile of each level, which together give the tree's root."""

from __future__ import annotations

from licet.record.refusal import NotProven, RecordRefused
from licet.record.tree.merkle import Head, leaf_hash, range_root, root_of
from licet.record.tree.tiles import HEIGHT, WIDTH, Tile, TileReader, hashes_of, unpack

Place = tuple[int, int]
"""A tile's level and index."""


def levels(size: int) -> int:
    """How many levels of tiles a tree has."""
    return -(-size.bit_length() // HEIGHT)


def last_tile(size: int, level: int) -> Tile:
    """The last tile at one level of a tree that is not empty."""
    last = (size >> HEIGHT * level) - 1
    return Tile(level, last // WIDTH, last % WIDTH + 1)


def read_edge(tiles: TileReader, head: Head) -> dict[Place, list[bytes]]:
    """The hashes of the last tile of each level; those of partial tiles are verified.

    A full one is verified like any other, by the tile above it. Raises `NotProven` where the partial ones do not give
    the head's root, and names those that do not fit what is below them; `Malformed` for a tile of another length.
    """
    edge: dict[Place, list[bytes]] = {}
    found = [last_tile(head.size, level) for level in range(levels(head.size))]
    for level, tile in enumerate(found):
        edge[level, tile.index] = hashes_of(tile, tiles.read(tile.path))
    root = range_root(0, head.size, lambda level, index: subtree(edge, level, index))
    if root != head.root:
        raise NotProven(*_blamed(tiles, found, edge, f"the root is {root.hex()}, not {head.root.hex()}"))
    return edge


def subtree(known: dict[Place, list[bytes]], level: int, index: int) -> bytes:
    """The root of a complete subtree from the hashes of the tile that it lies in."""
    tile_level, within = divmod(level, HEIGHT)
    start = index << within
    hashes = known[tile_level, start // WIDTH]
    return root_of(hashes[start % WIDTH : start % WIDTH + (1 << within)])


def _blamed(tiles: TileReader, found: list[Tile], edge: dict[Place, list[bytes]], why: str) -> tuple[str, str]:
    """The place and the reason: tiles that do not fit what is below them, or all of them if each fits."""
    partial = [tile for tile in found if tile.width < WIDTH]
    misfits = [tile.path for tile in partial if not _fits(tiles, tile, edge[tile.level or 0, tile.index])]
    if misfits:
        return ", ".join(misfits), f"it does not fit what is below it, and {why}"
    return ", ".join(tile.path for tile in partial) or "tiles", f"these tiles are of another tree: {why}"


def _fits(tiles: TileReader, tile: Tile, hashes: list[bytes]) -> bool:
    """Whether what is below a tile has its hashes; False also where that cannot be read as what it should be."""
    try:
        if tile.level == 0:
            bundle = Tile(None, tile.index, tile.width)
            return [leaf_hash(entry) for entry in unpack(bundle, tiles.read(bundle.path))] == hashes
        below = [Tile((tile.level or 0) - 1, tile.index * WIDTH + at) for at in range(tile.width)]
        return [root_of(hashes_of(each, tiles.read(each.path))) for each in below] == hashes
    except (RecordRefused, LookupError, OSError):
        return False
