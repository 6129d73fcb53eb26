"""Tiles and bundles: which there are, their paths in one spelling, what bundles hold."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.record.refusal import Malformed, OutOfRange, RecordRefused
from licet.record.tree.merkle import LeafReader, leaf_hash, root_of
from licet.record.tree.tiles import (
    Tile,
    bundles_between,
    hashes_of,
    pack,
    read_path,
    tile_data,
    tiles_between,
    tiles_of,
    unpack,
)

tiles = st.builds(Tile, st.none() | st.integers(0, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))


@given(tiles)
def test_a_path_reads_as_the_tile_that_it_is_of(tile: Tile) -> None:
    assert read_path(tile.path) == tile


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 5, 112), "tile/0/005.p/112"),
        (Tile(2, 999), "tile/2/999"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(None, 1234067), "tile/entries/x001/x234/067"),
        (Tile(63, 67000, 1), "tile/63/x067/000.p/1"),
    ],
)
def test_paths_are_spelled_as_the_specification_does(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert read_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "/tile/0/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/data/000",
        "tile/Entries/000",
        "tile/0/x000/001",
        "tile/0/x000",
        "tile/0/001/002",
        "tile/0/x001/x002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/\u0660\u0660\u0660",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
        "tile/0/../000",
    ],
)
def test_another_spelling_is_refused(path: str) -> None:
    with pytest.raises(Malformed, match="path"):
        read_path(path)


@given(st.text(max_size=40) | st.from_regex(r"tile/(entries|[0-9]{1,3})/(x?[0-9]{2,4}/?){1,4}(\.p/[0-9]{1,3})?"))
def test_what_reads_is_in_its_one_spelling(path: str) -> None:
    with suppress(RecordRefused):
        assert read_path(path).path == path


def test_the_tiles_of_the_examples_of_the_specification() -> None:
    found = list(tiles_of(70_000))
    assert [sum(each.level == level for each in found) for level in range(4)] == [274, 2, 1, 0]
    assert [each.width for each in found if each.width < 256] == [112, 17, 1]
    assert [each.path for each in tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert list(tiles_of(0)) == []


@given(st.integers(0, 200_000), st.integers(0, 2_000))
def test_an_append_makes_the_tiles_that_were_not_there(old: int, more: int) -> None:
    new = old + more
    before, after = set(tiles_of(old)), set(tiles_of(new))
    made = list(tiles_between(old, new))
    assert set(made) == after - before
    assert len(set(made)) == len(made)
    bundles = list(bundles_between(old, new))
    assert [(each.index, each.width) for each in bundles] == [
        (each.index, each.width) for each in made if each.level == 0
    ]


def test_sizes_that_no_append_has() -> None:
    for old, new in ((5, 4), (-1, 4), (0, 2**63)):
        with pytest.raises(OutOfRange):
            list(tiles_between(old, new))
        with pytest.raises(OutOfRange):
            list(bundles_between(old, new))


def test_a_tile_that_there_is_not() -> None:
    for level, index, width in ((64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257), (0, 2**63, 1)):
        with pytest.raises(OutOfRange, match="tile"):
            Tile(level, index, width)


def test_a_tile_holds_the_roots_of_the_full_tiles_below() -> None:
    leaves = [leaf_hash(b"%d" % each) for each in range(600)]
    read = LeafReader(leaves)
    data = {tile: tile_data(tile, read) for tile in tiles_of(600)}
    assert hashes_of(Tile(1, 0, 2), data[Tile(1, 0, 2)]) == [root_of(leaves[:256]), root_of(leaves[256:512])]
    assert data[Tile(0, 2, 88)] == b"".join(leaves[512:])
    with pytest.raises(Malformed, match=r"tile/0/002.p/88: 31 bytes where 2816 are needed"):
        hashes_of(Tile(0, 2, 88), b"\0" * 31)


@given(st.lists(st.binary(max_size=600), min_size=1, max_size=256))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    tile = Tile(None, 7, len(entries))
    data = pack(entries)
    assert unpack(tile, data) == entries
    with pytest.raises(Malformed, match="1 bytes after the last"):
        unpack(tile, data + b"\0")
    with pytest.raises(Malformed, match="it ends at byte"):
        unpack(tile, data[:-1])


@given(st.binary(max_size=200), st.integers(1, 256))
def test_whatever_a_bundle_holds_the_refusal_is_typed(data: bytes, width: int) -> None:
    try:
        entries = unpack(Tile(None, 0, width), data)
    except Malformed as error:
        assert error.place.startswith("tile/entries/000")
    else:
        assert pack(entries) == data


def test_bundles_have_their_limits() -> None:
    assert unpack(Tile(None, 0, 1), pack([b"\xff" * 65_535])) == [b"\xff" * 65_535]
    with pytest.raises(OutOfRange, match="entry 1: 65536 bytes, more than 65535"):
        pack([b"", b"\xff" * 65_536])
    for count in (0, 257):
        with pytest.raises(OutOfRange, match=f"{count} entries"):
            pack([b""] * count)
