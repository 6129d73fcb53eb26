"""Proving one decision: from the sealed segment that holds it, and the log that commits to that, to one file."""

from __future__ import annotations

from licet.core.errors import LicetError
from licet.record.log.entries import JournalSegment
from licet.record.log.entry_spelling import encode
from licet.record.sealed.proof import DecisionProof, prove
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.tlog_proof import LogProof
from licet.record.tree.paths import inclusion_path
from licet.record.tree.tiles import WIDTH, Tile, TileReader
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import Segments, SegmentsUnusable


class NotProvable(LicetError):
    """A decision that cannot be proved (yet); the message says what to do first."""


def prove_decision(decision: str, segments: Segments, tiles: TileReader, checkpoint: bytes) -> DecisionProof:
    """The proof of the newest decision with this id, under this checkpoint of the log.

    Raises `NotProvable`, `SegmentsUnusable`, and `RecordRefused` where the log is not what its checkpoint says.
    """
    found = segments.find(decision)
    if found is None:
        raise NotProvable(
            f"no sealed segment has the decision `{decision}`; a journal file is sealed once its worker has closed it: "
            "`licet record seal`"
        )
    segment, index = found
    entry = next((each.entry for each in segments.sealed() if each.name == segment), None)
    if entry is None:
        raise SegmentsUnusable(f"the segment `{segment}` is gone; try again")
    opening = segments.opening(segment, index)
    log = log_proof(entry, tiles, checkpoint)
    return prove(opening.content, opening.salt, index, list(opening.path), entry, log)


def log_proof(entry: JournalSegment, tiles: TileReader, checkpoint: bytes) -> LogProof:
    """The proof that an entry is in the log; the newest are looked at first. Raises as `prove_decision` does."""
    head = read_checkpoint(checkpoint).checkpoint.head
    tree = VerifiedTree(tiles, head)
    content = encode(entry)
    for number in reversed(range(-(-head.size // WIDTH))):
        bundle = tree.bundle(Tile(None, number, min(WIDTH, head.size - number * WIDTH)))
        if content in bundle:
            at = number * WIDTH + bundle.index(content)
            return LogProof(at, tuple(inclusion_path(at, head.size, tree)), checkpoint)
    raise NotProvable(f"the log does not have the segment `{entry.segment}` yet: `licet record publish`")
