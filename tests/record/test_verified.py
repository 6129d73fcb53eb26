"""Reading a log that nobody trusts: right hashes or a refusal with the tile or bundle that is wrong."""

from __future__ import annotations

import random

import pytest
from tests.record.small_log import ENTRIES, HEAD, LEAVES, SIZE, Folder, folder_of

from licet.record.refusal import Malformed, NotProven, OutOfRange
from licet.record.tree.merkle import EMPTY_ROOT, Head, LeafReader, leaf_hash, root_of
from licet.record.tree.paths import consistency_path, inclusion_path
from licet.record.tree.tiles import Tile, bundles_between, pack
from licet.record.tree.verified import VerifiedTree

FILES = folder_of(LEAVES, ENTRIES)


def damaged(path: str, at: int = 0) -> Folder:
    content = bytearray(FILES[path])
    content[at] ^= 1
    return Folder(FILES | {path: bytes(content)})


def whole(files: Folder, head: Head = HEAD) -> list[bytes]:
    return [entry.content for entry in VerifiedTree(files, head).entries()]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 700])
def test_a_whole_log_verifies(size: int) -> None:
    files = folder_of(LEAVES[:size], ENTRIES[:size])
    head = Head(size, root_of(LEAVES[:size]))
    assert whole(files, head) == ENTRIES[:size]
    VerifiedTree(files, head).check_tiles()


@pytest.mark.parametrize("size", [256 * 256 - 1, 256 * 256, 256 * 256 + 1, 256 * 257 + 3])
def test_logs_of_three_levels_verify(size: int) -> None:
    entries = [b"%d" % each for each in range(size)]
    leaves = [leaf_hash(each) for each in entries]
    level1 = [root_of(leaves[start : start + 256]) for start in range(0, size - 255, 256)]
    level2 = [root_of(level1[start : start + 256]) for start in range(0, len(level1) - 255, 256)]
    files = Folder()
    files.update(_level(0, leaves) | _level(1, level1) | _level(2, level2))
    files.update(_bundles(entries))
    head = Head(size, root_of(leaves))
    tree = VerifiedTree(files, head, remember=3)
    assert [entry.content for entry in tree.entries(size - 300)] == entries[-300:]
    tree.check_tiles()
    read = LeafReader(leaves)
    for index in random.Random(size).sample(range(size), 5):
        assert inclusion_path(index, size, tree) == inclusion_path(index, size, read)
        assert consistency_path(index, size, tree) == consistency_path(index, size, read)
    first = next(path for path in files if path.startswith("tile/1/"))
    files[first] = bytes([files[first][0] ^ 1]) + files[first][1:]
    with pytest.raises(NotProven, match=first):
        list(VerifiedTree(files, head).entries())


def _level(level: int, hashes: list[bytes]) -> dict[str, bytes]:
    return {
        Tile(level, start // 256, len(hashes[start : start + 256])).path: b"".join(hashes[start : start + 256])
        for start in range(0, len(hashes), 256)
    }


def _bundles(entries: list[bytes]) -> dict[str, bytes]:
    return {
        each.path: pack(entries[each.index * 256 : each.index * 256 + each.width])
        for each in bundles_between(0, len(entries))
    }


def test_proofs_come_from_tiles() -> None:
    tree = VerifiedTree(FILES, HEAD)
    for index in (0, 255, 256, 511, 512, 699):
        assert inclusion_path(index, SIZE, tree) == inclusion_path(index, SIZE, LeafReader(LEAVES))


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("tile/0/000", "tile/0/000"),
        ("tile/0/001", "tile/0/001"),
        ("tile/0/002.p/188", "tile/0/002.p/188"),
        ("tile/1/000.p/2", "tile/1/000.p/2"),
    ],
)
def test_a_tile_that_was_changed_is_named(path: str, place: str) -> None:
    for at in (0, len(FILES[path]) - 1):
        with pytest.raises(NotProven) as refusal:
            whole(damaged(path, at))
        assert refusal.value.place == place


def test_an_entry_that_was_changed_is_named() -> None:
    with pytest.raises(NotProven, match=r"tile/entries/001: entry 256 does not have the hash that the tree has"):
        whole(damaged("tile/entries/001", 5))
    with pytest.raises(NotProven, match=r"tile/entries/002.p/188: entry 699"):
        whole(damaged("tile/entries/002.p/188", -1))


def test_a_bundle_of_another_length_is_refused() -> None:
    path = "tile/entries/001"
    for content in (FILES[path] + b"\0", FILES[path][:-1], b"", FILES[path] * 2):
        with pytest.raises(Malformed, match=path):
            whole(Folder(FILES | {path: content}))


def test_a_tile_of_another_length_is_refused() -> None:
    for path in ("tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2"):
        for content in (FILES[path] + b"\0", FILES[path][:-32], b""):
            with pytest.raises(Malformed, match=path):
                whole(Folder(FILES | {path: content}))


def test_another_tree_is_told_from_damage() -> None:
    fork = [*LEAVES[:-1], leaf_hash(b"another")]
    forked = folder_of(fork, [*ENTRIES[:-1], b"another"])
    with pytest.raises(NotProven, match="these tiles are of another tree"):
        whole(forked)
    assert whole(forked, Head(SIZE, root_of(fork)))[-1] == b"another"


def test_a_log_cut_short_does_not_verify() -> None:
    shorter = folder_of(LEAVES[:690], ENTRIES[:690])
    with pytest.raises(KeyError):
        whole(shorter)
    with pytest.raises(NotProven):
        whole(shorter, Head(690, HEAD.root))


def test_an_empty_log_has_the_empty_root() -> None:
    assert whole(Folder(), Head(0, EMPTY_ROOT)) == []
    with pytest.raises(NotProven, match="tiles: these tiles are of another tree"):
        whole(Folder(), Head(0, HEAD.root))


def test_a_subtree_that_the_tree_does_not_have() -> None:
    tree = VerifiedTree(FILES, HEAD)
    assert tree(9, 0) == root_of(LEAVES[:512])
    for level, index in ((0, 700), (10, 0), (0, -1)):
        with pytest.raises(OutOfRange):
            tree(level, index)
    with pytest.raises(OutOfRange):
        list(tree.entries(701))
    assert list(tree.entries(700)) == []
