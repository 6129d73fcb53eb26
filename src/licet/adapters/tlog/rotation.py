"""Which key a log is signed with: the one of its last checkpoint, or one that an entry hands the log over to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licet.record.log.entries import KeyHandOver
from licet.record.log.entry_spelling import read_entry
from licet.record.refusal import RecordRefused
from licet.record.signed.checkpoint import SignedCheckpoint, read_checkpoint
from licet.record.signed.keys import NoteKey
from licet.record.signed.notes import verified
from licet.record.tree.merkle import Head
from licet.record.tree.tiles import WIDTH, Tile, TileReader
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import LogUnavailable

MARK = b'"type":"key-hand-over"'


def check_signer(key: NoteKey, signed: bytes, tiles: TileReader) -> bool:
    """Whether a key signed the log's last checkpoint; False for one that the log was handed over to since.

    Raises `LogUnavailable` for any other: nobody would believe what it signs.
    """
    last = read_checkpoint(signed)
    if _signed_by(last, [key]):
        return True
    for each in hand_overs(tiles, last.checkpoint.head):
        if each.new == key and _signed_by(last, [each.old]):
            return False
    raise LogUnavailable(
        f"the key {key.id.hex()} of `{key.name}` did not sign this log's last checkpoint, and no entry hands the log "
        "over to it: use the log's key, or rotate with that"
    )


def hand_overs(tiles: TileReader, head: Head) -> Iterator[KeyHandOver]:
    """The hand-overs of a log, the newest first, each verified."""
    tree = VerifiedTree(tiles, head)
    for index in reversed(range(-(-head.size // WIDTH))):
        for content in reversed(tree.bundle(Tile(None, index, min(WIDTH, head.size - index * WIDTH)))):
            if MARK in content:
                entry = read_entry(content)
                if isinstance(entry, KeyHandOver):
                    yield entry


def _signed_by(checkpoint: SignedCheckpoint, keys: Iterable[NoteKey]) -> bool:
    try:
        return bool(verified(checkpoint.note, keys))
    except RecordRefused:
        return False
