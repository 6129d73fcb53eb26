"""`<segment>.facts`: what was attested of a segment's subjects, some of whom may be erased. `spec/segments.md`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from licet.record.refusal import Malformed
from licet.record.sealed.commitment import SALT_SIZE, SALTS_A_BLOCK, SEED_SIZE, Domain, commit, salts
from licet.record.sealed.facts import SubjectLeaf, facts_leaves, read_leaf
from licet.record.spelling import hexadecimal
from licet.record.tree.merkle import HASH_SIZE, Head, root_of

ERASED = b"erased"
"""The first line, in the place of the seed, once a leaf was erased: with the seed, a guess of it could be confirmed."""


class FactLeaf(NamedTuple):
    """One leaf: its hash, and what opens it, unless that was erased."""

    hash: bytes
    content: bytes | None
    salt: bytes | None


class Facts(NamedTuple):
    """The leaves of a segment, in order. `seed` gives all salts; None once a leaf was erased."""

    seed: bytes | None
    leaves: tuple[FactLeaf, ...]

    @property
    def head(self) -> Head:
        """How many leaves there are, and their root: erasing changes neither."""
        return Head(len(self.leaves), root_of([each.hash for each in self.leaves]))

    def opened(self) -> list[bytes]:
        """The contents that are there still, in order."""
        return [each.content for each in self.leaves if each.content is not None]

    def without(self, gone: Callable[[SubjectLeaf], bool]) -> tuple[Facts, int]:
        """The same without what opens the leaves of these subjects, and how many that are."""
        leaves = tuple(
            FactLeaf(each.hash, None, None) if each.content is not None and gone(read_leaf(each.content)) else each
            for each in self.leaves
        )
        count = sum(one is not other for one, other in zip(leaves, self.leaves, strict=True))
        return (Facts(None, leaves), count) if count else (self, 0)

    def __bytes__(self) -> bytes:
        if self.seed is not None:
            return b"\n".join([self.seed.hex().encode(), *self.opened(), b""])
        return b"\n".join([ERASED, *map(_spelled, self.leaves), b""])


def facts_of(seed: bytes, contents: Sequence[bytes]) -> Facts:
    """The facts of a segment of which nothing was erased."""
    hashes = facts_leaves(contents, seed)
    salting = [salt for number in range(-(-len(contents) // SALTS_A_BLOCK)) for salt in salts(seed, number)]
    return Facts(seed, tuple(map(FactLeaf, hashes, contents, salting)))


def read_facts(content: bytes, place: str) -> Facts:
    """The facts that a file holds. Raises `Malformed`, `OutOfRange`."""
    first, *lines = content.removesuffix(b"\n").split(b"\n")
    if first != ERASED:
        return facts_of(hexadecimal(first.decode("ascii", "replace"), place, SEED_SIZE), lines)
    return Facts(None, tuple(_leaf(line, f"{place} {at}") for at, line in enumerate(lines)))


def _leaf(line: bytes, place: str) -> FactLeaf:
    first, space, content = line.partition(b" ")
    if not space:
        return FactLeaf(hexadecimal(first.decode("ascii", "replace"), place, HASH_SIZE), None, None)
    if not content:
        raise Malformed(place, "no content behind the salt")
    salt = hexadecimal(first.decode("ascii", "replace"), place, SALT_SIZE)
    return FactLeaf(commit(Domain.FACTS, salt, content), content, salt)


def _spelled(leaf: FactLeaf) -> bytes:
    if leaf.content is None or leaf.salt is None:
        return leaf.hash.hex().encode()
    return leaf.salt.hex().encode() + b" " + leaf.content
