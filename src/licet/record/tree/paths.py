"""Proofs in a Merkle tree: that a leaf is in it, and that it only grew. RFC 6962, sections 2.1.1 and 2.1.2.

Making one reads a few hashes of complete subtrees; checking one needs the proof alone (RFC 9162, sections 2.1.3.2 and
2.1.4.2).
"""

from __future__ import annotations

from collections.abc import Sequence

from licet.record.refusal import NotProven, OutOfRange
from licet.record.tree.merkle import EMPTY_ROOT, HashReader, Head, node_hash, range_root


def inclusion_path(index: int, size: int, read: HashReader) -> list[bytes]:
    """The hashes that lead from the leaf `index` to the root of the first `size` leaves, from the leaf up.

    Raises `OutOfRange` unless `index` is below `size`, and what `read` raises.
    """
    _check_index(index, size)
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(middle, end, read))
            end = middle
        else:
            path.append(range_root(start, middle, read))
            start = middle
    return path[::-1]


def check_inclusion(leaf: bytes, index: int, head: Head, path: Sequence[bytes]) -> None:
    """That the hash `leaf` is the leaf `index` of the tree with this head.

    Raises `OutOfRange` for an index that the tree does not have, `NotProven` for a path that is too short, too long or
    leads elsewhere.
    """
    _check_index(index, head.size)
    _check_length(path, inclusion_length(index, head.size), f"inclusion of leaf {index} in {head.size}")
    node, last, root = index, head.size - 1, leaf
    for sibling in path:
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    if root != head.root:
        raise NotProven(
            "path", f"leaf {index} of {head.size}: it leads to the root {root.hex()}, not {head.root.hex()}"
        )


def inclusion_length(index: int, size: int) -> int:
    """How many hashes the path of a leaf has: below its top it is one a level, above that one a left neighbour."""
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def consistency_path(old: int, new: int, read: HashReader) -> list[bytes]:
    """The hashes that show that the first `old` of `new` leaves are the tree of `old` leaves.

    Empty for an old size of 0 or of `new`. Raises `OutOfRange` where `old` is larger than `new`, and what `read`
    raises.
    """
    _check_sizes(old, new)
    if old in (0, new):
        return []
    path = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(middle, end, read))
            end = middle
        else:
            path.append(range_root(start, middle, read))
            start, whole = middle, False
    if not whole:
        path.append(range_root(start, end, read))
    return path[::-1]


def check_consistency(old: Head, new: Head, path: Sequence[bytes]) -> None:
    """That the tree of `new` begins with all leaves of `old`, unchanged.

    Raises `OutOfRange` where `old` is larger, `NotProven` for a path that is too short, too long or leads elsewhere,
    and for two roots of one size.
    """
    _check_sizes(old.size, new.size)
    _check_length(path, consistency_length(old.size, new.size), f"consistency of {old.size} with {new.size}")
    if old.size == 0:
        roots = EMPTY_ROOT, new.root
    elif old.size == new.size:
        roots = old.root, old.root
    else:
        roots = _two_roots(old, new.size, path)
    for name, head, root in zip(("older", "newer"), (old, new), roots, strict=True):
        if root != head.root:
            raise NotProven(
                "path", f"the {name} tree, of {head.size}, has the root {head.root.hex()}, but it leads to {root.hex()}"
            )


def consistency_length(old: int, new: int) -> int:
    """How many hashes prove the consistency of two sizes."""
    if old in (0, new):
        return 0
    rising = (old & -old).bit_length() - 1
    node = (old - 1) >> rising
    return inclusion_length(node, ((new - 1) >> rising) + 1) + (node > 0)


def _two_roots(old: Head, size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the older and of the newer tree to which the path leads."""
    node, last = old.size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    steps = iter(path)
    older = newer = next(steps) if node else old.root
    for sibling in steps:
        if node & 1 or node == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        node, last = node >> 1, last >> 1
    return older, newer


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def _check_index(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise OutOfRange("index", f"a tree of {size} leaves has no leaf {index}")


def _check_sizes(old: int, new: int) -> None:
    if not 0 <= old <= new:
        raise OutOfRange("size", f"a tree of {old} leaves is not an older state of one of {new}")


def _check_length(path: Sequence[bytes], needed: int, what: str) -> None:
    if len(path) != needed:
        word = "short" if len(path) < needed else "long"
        raise NotProven("path", f"{what}: too {word}, {len(path)} hashes where {needed} are needed")
