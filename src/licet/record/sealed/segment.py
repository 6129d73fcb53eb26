"""Sealed segments of the journal: the tree over their salted records. `spec/record-proof.md`.

Ten million records are sealed block by block, two hashes a record; several processes can share one segment's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count, islice

from licet.record.refusal import NotProven, OutOfRange
from licet.record.sealed.commitment import SALTS_A_BLOCK, Domain, salt_of, salts
from licet.record.tree.merkle import HASH_SIZE, Head, LeafReader, root_of
from licet.record.tree.paths import inclusion_path

BLOCK = 256
"""Records below one block root."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """The block roots of a segment: what proving one of its records needs besides the leaves of that record's block.

    `roots` holds 32 bytes for each 256 records, the last for as many as are left. Because 256 is a power of two, the
    tree over the block roots is the upper part of the tree over the leaves.
    """

    size: int
    roots: bytes

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.roots) != -(-self.size // BLOCK) * HASH_SIZE:
            raise OutOfRange("block roots", f"{len(self.roots)} bytes for a segment of {self.size} records")

    @property
    def head(self) -> Head:
        """The count of records and the segment's root."""
        return Head(self.size, root_of(self._roots()))

    def path(self, index: int, leaves: Sequence[bytes]) -> list[bytes]:
        """The path of the record `index`, given the leaf hashes of its block, which is number `index` // 256.

        Raises `OutOfRange` where the segment has no such record, `NotProven` where these are not its block's leaves.
        """
        if not 0 <= index < self.size:
            raise OutOfRange("index", f"a segment of {self.size} records has no record {index}")
        block, within = divmod(index, BLOCK)
        roots = self._roots()
        if len(leaves) != min(BLOCK, self.size - block * BLOCK) or root_of(leaves) != roots[block]:
            raise NotProven(f"block {block}", "the root of its leaves is not its block root")
        inner = inclusion_path(within, len(leaves), LeafReader(leaves))
        return inner + inclusion_path(block, len(roots), LeafReader(roots))

    def _roots(self) -> list[bytes]:
        return [self.roots[start : start + HASH_SIZE] for start in range(0, len(self.roots), HASH_SIZE)]


def block_roots(payloads: Iterable[bytes], seed: bytes, first: int = 0) -> bytes:
    """The block roots of these records of a segment, of which the first is its record `first`, a multiple of 1024.

    All parts but the last must hold a multiple of 1024 records; then their block roots, joined, are the segment's.
    """
    if first % SALTS_A_BLOCK:
        raise OutOfRange("first", f"{first} is not a multiple of {SALTS_A_BLOCK}")
    rest = iter(payloads)
    roots: list[bytes] = []
    for number in count(first // SALTS_A_BLOCK):
        batch = list(islice(rest, SALTS_A_BLOCK))
        if not batch:
            return b"".join(roots)
        leaves = record_leaves(batch, salts(seed, number)[: len(batch)])
        roots += [root_of(leaves[start : start + BLOCK]) for start in range(0, len(leaves), BLOCK)]
    raise AssertionError("unreachable: `count` does not end")


def block_leaves(payloads: Sequence[bytes], seed: bytes, block: int) -> list[bytes]:
    """The leaf hashes of the block `block`, given its (at most 256) records."""
    start = block * BLOCK
    return record_leaves(payloads, [salt_of(seed, start + each) for each in range(len(payloads))])


def record_leaves(payloads: Sequence[bytes], salting: Sequence[bytes]) -> list[bytes]:
    """The leaf hashes of records with their salts: `commitment.commit`, without a call for each."""
    hashed, domain = sha256, Domain.RECORD.value
    return [hashed(domain + salt + payload).digest() for salt, payload in zip(salting, payloads, strict=True)]
