"""Checkpoints (C2SP tlog-checkpoint): the text of the note in which a log says what its tree is."""

from __future__ import annotations

from dataclasses import dataclass

from licet.record.refusal import Malformed
from licet.record.signed.notes import Note, parse
from licet.record.spelling import base64, number, to_base64
from licet.record.tree.merkle import EMPTY_ROOT, HASH_SIZE, Head


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's name and its head; `extensions` are further lines that mean nothing to us, but are signed."""

    origin: str
    head: Head
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = (self.origin, str(self.head.size), to_base64(self.head.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint and the note that it was read from; nothing of it is verified yet (`policy.judge` does that)."""

    checkpoint: Checkpoint
    note: Note


def read_checkpoint(content: bytes, place: str = "checkpoint") -> SignedCheckpoint:
    """The checkpoint that a note's bytes hold. Raises `Malformed`."""
    note = parse(content, place)
    return SignedCheckpoint(checkpoint_of(note.text, place), note)


def checkpoint_of(text: str, place: str = "checkpoint") -> Checkpoint:
    """The checkpoint that a note's text says. Raises `Malformed`."""
    lines = text.split("\n")
    if lines.pop() or len(lines) < 3:
        raise Malformed(place, "a checkpoint has at least three lines: origin, size and root")
    for at, line in enumerate(lines, 1):
        if not line:
            raise Malformed(f"{place}: line {at}", "an empty line")
    size = number(lines[1], f"{place}: line 2")
    root = base64(lines[2], f"{place}: line 3", HASH_SIZE)
    if size == 0 and root != EMPTY_ROOT:
        raise Malformed(f"{place}: line 3", "not the root of the empty tree, which a tree of size 0 has")
    return Checkpoint(lines[0], Head(size, root), tuple(lines[3:]))
