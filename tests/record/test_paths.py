"""Proofs in trees: against pymerkle, exhaustively for small trees, and every refusal."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency  # type: ignore[import-untyped]

from licet.record.refusal import NotProven, OutOfRange, RecordRefused
from licet.record.tree.merkle import EMPTY_ROOT, Frontier, Head, LeafReader, leaf_hash, root_of
from licet.record.tree.paths import (
    check_consistency,
    check_inclusion,
    consistency_length,
    consistency_path,
    inclusion_length,
    inclusion_path,
)

ENTRIES = [b"entry %d" % each for each in range(1500)]
LEAVES = [leaf_hash(each) for each in ENTRIES]
READ = LeafReader(LEAVES)
HEADS = [Frontier().head]
for _leaf in LEAVES:
    HEADS.append(Head(len(HEADS), b""))
_tree = Frontier()
for _size, _leaf in enumerate(LEAVES, 1):
    _tree = _tree.append(_leaf)
    HEADS[_size] = _tree.head


def test_every_proof_of_every_small_tree_verifies() -> None:
    for size in range(1, 90):
        for index in range(size):
            path = inclusion_path(index, size, READ)
            assert len(path) == inclusion_length(index, size)
            check_inclusion(LEAVES[index], index, HEADS[size], path)
        for old in range(size + 1):
            path = consistency_path(old, size, READ)
            assert len(path) == consistency_length(old, size)
            check_consistency(HEADS[old], HEADS[size], path)


@pytest.mark.parametrize("size", [*range(1, 301, 7), 300, 512, 1000, 1500])
def test_paths_are_those_of_another_implementation(size: int) -> None:
    theirs = InmemoryTree.init_from_entries(ENTRIES[:size], algorithm="sha256")
    some = random.Random(size)
    for index in {0, size - 1, *(some.randrange(size) for _ in range(6))}:
        proof = theirs.prove_inclusion(index + 1, size)  # counts from one; holds the leaf; left ones before right ones
        assert sorted([LEAVES[index], *inclusion_path(index, size, READ)]) == sorted(proof.path)
    for old in {size, *(some.randrange(1, size + 1) for _ in range(6))}:
        # theirs has another shape than RFC 6962's, so the roots are compared here, and the paths with Go's
        verify_consistency(HEADS[old].root, HEADS[size].root, theirs.prove_consistency(old, size))
        check_consistency(
            Head(old, theirs.get_root(old)), Head(size, theirs.get_root(size)), consistency_path(old, size, READ)
        )


def test_a_leaf_that_the_tree_does_not_have() -> None:
    for index, size in ((0, 0), (5, 5), (-1, 5), (2**63, 5)):
        with pytest.raises(OutOfRange, match=f"index: a tree of {size} leaves has no leaf {index}"):
            inclusion_path(index, size, READ)
        with pytest.raises(OutOfRange):
            check_inclusion(LEAVES[0], index, HEADS[size], [])


def test_a_path_that_is_too_short_or_too_long() -> None:
    path = inclusion_path(5, 12, READ)
    with pytest.raises(NotProven, match="path: inclusion of leaf 5 in 12: too short, 3 hashes where 4 are needed"):
        check_inclusion(LEAVES[5], 5, HEADS[12], path[1:])
    with pytest.raises(NotProven, match="too long, 5 hashes where 4 are needed"):
        check_inclusion(LEAVES[5], 5, HEADS[12], [*path, path[0]])
    steps = consistency_path(5, 12, READ)
    with pytest.raises(NotProven, match="path: consistency of 5 with 12: too short"):
        check_consistency(HEADS[5], HEADS[12], steps[1:])
    with pytest.raises(NotProven, match="too long"):
        check_consistency(HEADS[5], HEADS[12], [*steps, steps[0]])
    with pytest.raises(NotProven, match="too long, 1 hashes where 0 are needed"):
        check_consistency(HEADS[0], HEADS[12], [steps[0]])


def test_a_wrong_leaf_index_root_or_hash() -> None:
    path = inclusion_path(5, 12, READ)
    for leaf, index, head in (
        (LEAVES[4], 5, HEADS[12]),
        (LEAVES[5], 4, HEADS[12]),
        (LEAVES[5], 5, HEADS[11]),
        (LEAVES[5], 5, Head(12, HEADS[13].root)),
    ):
        with pytest.raises(NotProven, match="path"):
            check_inclusion(leaf, index, head, path)
    for at in range(len(path)):
        with pytest.raises(NotProven, match="it leads to the root"):
            check_inclusion(LEAVES[5], 5, HEADS[12], [*path[:at], LEAVES[1], *path[at + 1 :]])


def test_a_fork_is_not_consistent() -> None:
    forked = Head(12, root_of([*LEAVES[:4], leaf_hash(b"another"), *LEAVES[5:12]]))
    path = consistency_path(5, 12, LeafReader([*LEAVES[:4], leaf_hash(b"another"), *LEAVES[5:12]]))
    with pytest.raises(NotProven, match="the older tree, of 5, has the root"):
        check_consistency(HEADS[5], forked, path)
    with pytest.raises(NotProven, match="the newer tree, of 12, has the root"):
        check_consistency(HEADS[5], forked, consistency_path(5, 12, READ))
    with pytest.raises(NotProven, match="of 12"):
        check_consistency(HEADS[12], forked, [])
    with pytest.raises(NotProven, match="the older tree, of 0"):
        check_consistency(Head(0, LEAVES[0]), forked, [])


def test_a_tree_does_not_shrink() -> None:
    with pytest.raises(OutOfRange, match="size: a tree of 12 leaves is not an older state of one of 5"):
        check_consistency(HEADS[12], HEADS[5], [])
    with pytest.raises(OutOfRange):
        consistency_path(-1, 5, READ)


def test_the_empty_tree_is_an_older_state_of_every_tree() -> None:
    check_consistency(Head(0, EMPTY_ROOT), HEADS[12], [])
    check_consistency(Head(0, EMPTY_ROOT), Head(0, EMPTY_ROOT), [])


@given(st.integers(0, 2**63), st.integers(0, 2**63), st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_whatever_the_proof_is_the_refusal_is_typed(index: int, size: int, path: list[bytes]) -> None:
    with pytest.raises(RecordRefused):
        check_inclusion(LEAVES[0], index, Head(size, LEAVES[1]), path)
    with pytest.raises(RecordRefused):
        check_consistency(Head(index, LEAVES[0]), Head(size, LEAVES[1]), path)
