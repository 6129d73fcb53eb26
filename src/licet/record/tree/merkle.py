"""The Merkle tree of RFC 6962, section 2.1: hashes, heads, and trees that grow by appending.

A hash is 32 bytes (SHA-256). Leaves are given as their hashes, so that a segment's tree can use other ones than the
log's. Proofs are in `paths`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Protocol

from licet.record.refusal import OutOfRange

HASH_SIZE = 32
"""Bytes in a hash."""

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


class Head(NamedTuple):
    """What there is to know of a tree: its number of leaves and its root."""

    size: int
    root: bytes


class HashReader(Protocol):
    """Where the hashes of complete subtrees come from. Whoever implements it says whether it verifies them."""

    def __call__(self, level: int, index: int) -> bytes:
        """The root of the complete subtree of 2^level leaves that begins at leaf `index` * 2^level.

        Raises `RecordRefused` where it cannot give one.
        """
        ...


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry of the log."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node with two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree with these leaf hashes, level by level: one hash a leaf.

    An odd node at the end of a level rises unchanged, which gives the same tree as splitting at powers of two.
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        level = next_level(level)
    return level[0]


def next_level(level: Sequence[bytes]) -> list[bytes]:
    """The nodes above these; an odd one at the end rises unchanged."""
    hashed, node = sha256, b"\x01"
    above = [hashed(node + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        above.append(level[-1])
    return above


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree as far as appending needs it: its size, and the roots of the complete subtrees that it consists of.

    `peaks` go from left to right, one for each bit of `size` that is set, the largest first.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise OutOfRange("frontier", f"a tree of {self.size} leaves does not have {len(self.peaks)} peaks")

    @property
    def head(self) -> Head:
        """The size and the root of the tree."""
        return Head(self.size, fold(self.peaks))

    def append(self, root: bytes, level: int = 0) -> Frontier:
        """The tree with one more leaf, or with a complete subtree of 2^level leaves; its size must allow that."""
        if self.size % (1 << level):
            raise OutOfRange("frontier", f"no subtree of {1 << level} leaves can begin at leaf {self.size}")
        peaks = list(self.peaks)
        carry = self.size >> level
        while carry & 1:
            root = node_hash(peaks.pop(), root)
            carry >>= 1
        return Frontier(self.size + (1 << level), (*peaks, root))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """The tree with these leaves after its own."""
        tree = self
        for leaf in leaves:
            tree = tree.append(leaf)
        return tree


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over complete subtrees of falling size, from left to right."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def peaks_between(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees that [start, end) consists of, as (level, index), from left to right.

    For ranges as RFC 6962 splits trees: `start` is a multiple of the power of two that holds `end` - `start` leaves.
    """
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def range_root(start: int, end: int, read: HashReader) -> bytes:
    """The root over the leaves [start, end), a range as in `peaks_between`."""
    return fold([read(level, index) for level, index in peaks_between(start, end)])


def head_of(size: int, read: HashReader) -> Head:
    """The head of the tree of the first `size` leaves."""
    return Head(size, range_root(0, size, read))


class LeafReader:
    """A `HashReader` over leaf hashes in memory, which computes what it is asked for; for small trees."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves

    def __call__(self, level: int, index: int) -> bytes:
        start, end = index << level, (index + 1) << level
        if not 0 <= start < end <= len(self._leaves):
            raise OutOfRange(f"subtree {level}/{index}", f"a tree of {len(self._leaves)} leaves does not have it")
        return root_of(self._leaves[start:end])
