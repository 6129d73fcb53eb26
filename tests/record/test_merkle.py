"""Trees: against pymerkle, against themselves in other ways, and out of range."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]

from licet.record.refusal import OutOfRange
from licet.record.tree.merkle import (
    EMPTY_ROOT,
    Frontier,
    Head,
    LeafReader,
    fold,
    head_of,
    leaf_hash,
    peaks_between,
    range_root,
    root_of,
)

ENTRIES = [b"entry %d" % each for each in range(3001)]
LEAVES = [leaf_hash(each) for each in ENTRIES]


def test_roots_are_those_of_another_implementation() -> None:
    theirs = InmemoryTree(algorithm="sha256")
    ours = Frontier()
    assert ours.head.root == theirs.get_root() == root_of([]) == EMPTY_ROOT
    for size, entry in enumerate(ENTRIES[:301], 1):
        theirs.append_entry(entry)
        ours = ours.append(leaf_hash(entry))
        assert ours.head == Head(size, theirs.get_root(size))
        assert root_of(LEAVES[:size]) == ours.head.root


@pytest.mark.parametrize("size", [1023, 1024, 1025, 2048, 2999, 3001])
def test_large_roots_are_those_of_another_implementation(size: int) -> None:
    theirs = InmemoryTree.init_from_entries(ENTRIES[:size], algorithm="sha256")
    assert root_of(LEAVES[:size]) == theirs.get_root()
    assert Frontier().extend(LEAVES[:size]).head.root == theirs.get_root()
    assert head_of(size, LeafReader(LEAVES)).root == theirs.get_root()


@given(st.lists(st.integers(0, 6), max_size=12), st.integers(0, 40))
def test_a_subtree_can_be_appended_whole(levels: list[int], before: int) -> None:
    tree = Frontier().extend(LEAVES[:before])
    for level in levels:
        start, end = tree.size, tree.size + (1 << level)
        if start % (1 << level):
            with pytest.raises(OutOfRange):
                tree.append(b"\0" * 32, level)
        else:
            tree = tree.append(root_of(LEAVES[start:end]), level)
            assert tree == Frontier().extend(LEAVES[:end])


def test_a_range_is_the_subtrees_it_consists_of() -> None:
    for size in range(130):
        parts = peaks_between(0, size)
        assert sum(1 << level for level, _ in parts) == size
        assert range_root(0, size, LeafReader(LEAVES)) == root_of(LEAVES[:size])
    assert range_root(64, 100, LeafReader(LEAVES)) == root_of(LEAVES[64:100])
    assert fold([]) == EMPTY_ROOT


def test_a_reader_gives_what_there_is_and_says_what_there_is_not() -> None:
    read = LeafReader(LEAVES[:5])
    assert read(2, 0) == root_of(LEAVES[:4])
    for level, index in ((0, 5), (2, 1), (3, 0), (0, -1)):
        with pytest.raises(OutOfRange, match=f"subtree {level}/{index}: a tree of 5 leaves does not have it"):
            read(level, index)


def test_a_frontier_has_the_peaks_of_its_size() -> None:
    with pytest.raises(OutOfRange, match="a tree of 3 leaves does not have 1 peaks"):
        Frontier(3, (b"\0" * 32,))
    with pytest.raises(OutOfRange):
        Frontier(-1)


def test_trees_differ_where_one_leaf_differs() -> None:
    for size in random.Random(1).sample(range(1, 400), 30):
        for index in {0, size // 2, size - 1}:
            changed = [*LEAVES[:index], leaf_hash(b"another"), *LEAVES[index + 1 : size]]
            assert root_of(changed) != root_of(LEAVES[:size])
