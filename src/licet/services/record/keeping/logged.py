"""What the log says of sealed segments: which are in it, and which were deleted."""

from __future__ import annotations

from dataclasses import dataclass

from licet.record.log.entries import Deletion, JournalSegment, SubjectFacts
from licet.record.log.entry_spelling import read_entry
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.tree.verified import VerifiedTree
from licet.services.record.ports import Log, LogUnavailable

_MARKS = tuple(f'"type":"{each.TYPE}"'.encode() for each in (JournalSegment, SubjectFacts, Deletion))


@dataclass(slots=True)
class Logged:
    """A segment as the log has it: its entry and that entry's index, its facts, and whether it was deleted."""

    index: int
    entry: JournalSegment
    facts: SubjectFacts | None = None
    deleted: bool = False


def segments_logged(log: Log) -> dict[str, Logged]:
    """The segments in the log, by name, every entry verified against the published checkpoint.

    Raises `LogUnavailable` where the log has entries that are not published yet, and what reading it raises.
    """
    head = read_checkpoint(log.checkpoint()).checkpoint.head
    if log.append(()).stop != head.size:
        raise LogUnavailable("the log has entries that are not published yet: run `licet record publish` first")
    found: dict[str, Logged] = {}
    for at, content in VerifiedTree(log.tiles, head).entries():
        if any(mark in content for mark in _MARKS):  # reading an entry takes longer than looking at it
            _note(found, at, content)
    return found


def _note(found: dict[str, Logged], at: int, content: bytes) -> None:
    match read_entry(content, f"entry {at}"):
        case JournalSegment() as entry:
            found.setdefault(entry.segment, Logged(at, entry))
        case SubjectFacts() as facts if facts.segment in found:
            found[facts.segment].facts = found[facts.segment].facts or facts
        case Deletion() as deletion if deletion.segment in found:
            found[deletion.segment].deleted |= found[deletion.segment].index == deletion.entry
