"""A whole log of given entries, signed and cosigned: for tests."""

from __future__ import annotations

from collections.abc import Sequence

from tests.record.small_log import LOG, OTHER, WITNESS, Folder, folder_of

from licet.record.log.entries import Entry
from licet.record.log.entry_spelling import encode
from licet.record.signed.checkpoint import Checkpoint
from licet.record.signed.keys import NoteSigner
from licet.record.signed.notes import sign
from licet.record.tree.merkle import Head, leaf_hash, root_of

SEEN = 1_781_304_700


def contents(entries: Sequence[Entry | bytes]) -> list[bytes]:
    """The entries as bytes."""
    return [each if isinstance(each, bytes) else encode(each) for each in entries]


def checkpoint_of(head: Head, signer: NoteSigner = LOG, at: int = SEEN, origin: str = LOG.key.name) -> bytes:
    """A checkpoint, signed by the log and by both witnesses."""
    return bytes(sign(str(Checkpoint(origin, head)), signer).and_signed(WITNESS, at).and_signed(OTHER, at + 1))


def log_of(entries: Sequence[Entry | bytes], signer: NoteSigner = LOG, at: int = SEEN) -> tuple[Folder, bytes]:
    """The files of a log, and its checkpoint."""
    written = contents(entries)
    leaves = [leaf_hash(each) for each in written]
    return folder_of(leaves, written), checkpoint_of(Head(len(written), root_of(leaves)), signer, at)
