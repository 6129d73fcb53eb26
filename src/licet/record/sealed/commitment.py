"""Salted commitments: a hash that can be opened later, and gives nothing away before. `spec/record-proof.md`."""

from __future__ import annotations

from enum import Enum
from hashlib import sha256, shake_256
from hmac import compare_digest

from licet.record.refusal import NotProven, OutOfRange

SALT_SIZE = SEED_SIZE = 32
"""Bytes of a salt, and of the seed from which a segment's salts come."""

SALTS_A_BLOCK = 1024
"""How many salts one call of SHAKE-256 gives."""

_SALTS = b"\x05"


class Domain(Enum):
    """What is committed to: a first byte of its own, so that no commitment can be taken for another kind of hash.

    0x00 and 0x01 are the Merkle tree's, 0x05 derives salts.
    """

    RECORD = b"\x02"
    """The payload of a record of the journal."""

    DOCUMENT = b"\x03"
    """The canonical form of a document."""

    RULEBOOK = b"\x04"
    """The digest of a rulebook, as its ASCII text."""

    FACTS = b"\x06"
    """What was attested of one subject."""

    ACT = b"\x07"
    """What an officer did, as canonical JSON."""


def commit(domain: Domain, salt: bytes, content: bytes) -> bytes:
    """The commitment, 32 bytes. The salt is 32 bytes that nobody can guess. Raises `OutOfRange` for another length."""
    if len(salt) != SALT_SIZE:
        raise OutOfRange("salt", f"{len(salt)} bytes where {SALT_SIZE} are needed")
    return sha256(domain.value + salt + content).digest()


def check_opening(commitment: bytes, domain: Domain, salt: bytes, content: bytes, place: str) -> None:
    """That this salt and content open the commitment. Raises `NotProven`."""
    if not compare_digest(commit(domain, salt, content), commitment):
        raise NotProven(place, f"this salt and content do not open the commitment {commitment.hex()}")


def salts(seed: bytes, block: int) -> tuple[bytes, ...]:
    """The salts 1024 * `block` to 1024 * `block` + 1023 of the segment with this secret seed."""
    if len(seed) != SEED_SIZE:
        raise OutOfRange("seed", f"{len(seed)} bytes where {SEED_SIZE} are needed")
    stream = shake_256(_SALTS + seed + block.to_bytes(8, "big")).digest(SALT_SIZE * SALTS_A_BLOCK)
    return tuple(stream[start : start + SALT_SIZE] for start in range(0, len(stream), SALT_SIZE))


def salt_of(seed: bytes, index: int) -> bytes:
    """The salt of one record."""
    return salts(seed, index // SALTS_A_BLOCK)[index % SALTS_A_BLOCK]


def shown_commitment(commitment: bytes) -> str:
    """How entries write it."""
    return f"salted:{commitment.hex()}"
