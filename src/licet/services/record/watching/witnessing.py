"""Witnessing: which checkpoints a witness cosigns, and what it answers to the others. C2SP tlog-witness.

Nothing here knows HTTP's bytes, disks or clocks. What is remembered is remembered before a cosignature is given away.
`spec/witness.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import NamedTuple, Protocol

from licet.core.errors import LicetError
from licet.record.refusal import Malformed, NotSigned, RecordRefused
from licet.record.signed.checkpoint import Checkpoint, checkpoint_of
from licet.record.signed.keys import KeyKind, NoteKey, NoteSigner
from licet.record.signed.notes import Note, parse, verify
from licet.record.signed.tlog_proof import PATH_LIMIT
from licet.record.spelling import base64, number, shown, text, to_base64
from licet.record.tree.merkle import EMPTY_ROOT, HASH_SIZE, Head
from licet.record.tree.paths import check_consistency

BODY_LIMIT = 200_000
"""The longest body of a request, in bytes: 63 hashes and a checkpoint with more signatures than anybody needs."""

PLAIN = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
"""The content type of the size that goes with a 409."""

TRIES = 100
"""How often somebody else may be quicker; each time, another request was answered."""


class WitnessUnusable(LicetError):
    """The witness cannot start or remember: its key, its state, its clock. Nothing is cosigned."""


class Answer(NamedTuple):
    """What a request comes to."""

    status: HTTPStatus
    body: bytes
    content_type: str = PLAIN


class Seen(NamedTuple):
    """The latest checkpoint of a log that this witness cosigned.

    `at`: when, in seconds since 1970. `note`: with the log's signatures that were verified, and the cosignature.
    """

    head: Head
    at: int
    note: bytes


class Memory(Protocol):
    """What a witness remembers. One that forgets cosigns forks. All methods raise `WitnessUnusable`."""

    def latest(self, origin: str) -> Seen | None:
        """What it cosigned last of the log with this name."""

    def replace(self, origin: str, before: Seen | None, after: Seen) -> bool:
        """Remember `after`, if `before` is still the latest; whether it was.

        Atomic between processes. Where it is True, `after` is on the disk.
        """

    def keep(self, origin: str, head: Head, note: bytes) -> None:
        """Keep a checkpoint that contradicts the latest: two of one size that a log signed are the proof of a fork."""


@dataclass(frozen=True, slots=True)
class Submission:
    """The body of an `add-checkpoint`: the size that the witness should know, a path from it, the checkpoint."""

    old: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def __bytes__(self) -> bytes:
        lines = (f"old {self.old}", *map(to_base64, self.path), "")
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint


def read_submission(body: bytes) -> Submission:
    """The submission that a body is; the checkpoint is not read yet. Raises `Malformed`."""
    if len(body) > BODY_LIMIT:
        raise Malformed("body", f"{len(body)} bytes, more than {BODY_LIMIT}")
    above, gap, checkpoint = body.partition(b"\n\n")
    if not gap:
        raise Malformed("body", "no empty line between the path and the checkpoint")
    first, *lines = text(above, "body").split("\n", PATH_LIMIT + 1)
    if not first.startswith("old "):
        raise Malformed("body: line 1", f"{shown(first)} where `old <size>` is needed")
    old = number(first.removeprefix("old "), "body: line 1")
    if len(lines) > PATH_LIMIT:
        raise Malformed("body", f"more than {PATH_LIMIT} hashes")
    path = tuple(base64(line, f"body: line {at}", HASH_SIZE) for at, line in enumerate(lines, 2))
    return Submission(old, path, checkpoint)


class Witness:
    """Cosigns checkpoints of the logs that it knows, each consistent with the one before."""

    def __init__(self, signer: NoteSigner, logs: Iterable[NoteKey], memory: Memory, now: Callable[[], int]) -> None:
        """`now` is in seconds since 1970. Raises `WitnessUnusable` for keys of other kinds."""
        self._signer = signer
        self._memory = memory
        self._now = now
        self._logs: dict[str, list[NoteKey]] = {}
        for key in logs:
            if key.kind is not KeyKind.LOG:
                raise WitnessUnusable(f"the key of {shown(key.name)} is not a log's: it has the type 0x{key.kind:02x}")
            self._logs.setdefault(key.name, []).append(key)
        if signer.key.kind is not KeyKind.WITNESS:
            raise WitnessUnusable(f"the key of {shown(signer.key.name)} is not a witness's: make one for it")

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answer to a `POST /add-checkpoint` with this body. Raises `WitnessUnusable`."""
        try:
            submission = read_submission(body)
            note = parse(submission.checkpoint, "checkpoint")
            checkpoint = _checkpoint_of(note)
        except Malformed as error:
            return _told(HTTPStatus.BAD_REQUEST, str(error))
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            return _told(HTTPStatus.NOT_FOUND, f"this witness knows no log {shown(checkpoint.origin)}")
        try:
            verify(note, keys, "checkpoint")
        except NotSigned as error:
            return _told(HTTPStatus.FORBIDDEN, str(error))
        if submission.old > checkpoint.head.size:
            return _told(HTTPStatus.BAD_REQUEST, f"the old size {submission.old} is above {checkpoint.head.size}")
        return self._judge(submission, checkpoint, _only_signed_by(keys, note))

    def checkpoint(self, origin_hash: str) -> Answer:
        """The answer to a `GET /<origin hash>/checkpoint`: the latest that it cosigned. Raises `WitnessUnusable`."""
        for origin in self._logs:
            if sha256(origin.encode()).hexdigest() == origin_hash:
                seen = self._memory.latest(origin)
                if seen is not None:
                    return Answer(HTTPStatus.OK, seen.note)
        return _told(HTTPStatus.NOT_FOUND, "no checkpoint of such a log was cosigned here")

    def _judge(self, submission: Submission, checkpoint: Checkpoint, note: Note) -> Answer:
        """For a checkpoint that the log signed. The cosignature leaves only once it is remembered."""
        for _ in range(TRIES):
            seen = self._memory.latest(checkpoint.origin)
            old = seen.head if seen else Head(0, EMPTY_ROOT)
            if submission.old != old.size:
                return Answer(HTTPStatus.CONFLICT, b"%d\n" % old.size, SIZE)
            try:
                _check_empty(checkpoint.head)
                check_consistency(old, checkpoint.head, submission.path)
            except RecordRefused as error:
                if seen and old.size == checkpoint.head.size and old.root != checkpoint.head.root:
                    self._memory.keep(checkpoint.origin, checkpoint.head, bytes(note))
                return _told(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
            at = self._time(seen)
            cosigned = note.and_signed(self._signer, at)
            if self._memory.replace(checkpoint.origin, seen, Seen(checkpoint.head, at, bytes(cosigned))):
                return Answer(HTTPStatus.OK, str(cosigned.signatures[-1]).encode())
        raise WitnessUnusable("others were quicker a hundred times; ask again")

    def _time(self, seen: Seen | None) -> int:
        """The instant for a cosignature, never before the last one. Raises `WitnessUnusable` for a wrong clock."""
        now = self._now()
        if now <= 0:
            raise WitnessUnusable("the clock shows a time before 1970: set it")
        return max(now, seen.at if seen else 0)


def _checkpoint_of(note: Note) -> Checkpoint:
    """As `checkpoint_of`, but a tree of size 0 may have any root: to that, the answer is another (`_check_empty`)."""
    lines = note.text.split("\n")
    if len(lines) < 3 or lines[1] != "0":
        return checkpoint_of(note.text)
    root = base64(lines[2], "checkpoint: line 3", HASH_SIZE)
    read = checkpoint_of("\n".join([*lines[:2], to_base64(EMPTY_ROOT), *lines[3:]]))
    return Checkpoint(read.origin, Head(0, root), read.extensions)


def _check_empty(head: Head) -> None:
    if head.size == 0 and head.root != EMPTY_ROOT:
        raise Malformed("checkpoint: line 3", "not the root of the empty tree, which a tree of size 0 has")


def _only_signed_by(keys: list[NoteKey], note: Note) -> Note:
    """The note with the signatures of these keys alone, which were verified."""
    known = {(key.name, key.id) for key in keys}
    kept = {(each.name, each.key_id): each for each in reversed(note.signatures) if each[:2] in known}
    return Note(note.text, tuple(reversed(kept.values())))


def _told(status: HTTPStatus, why: str) -> Answer:
    return Answer(status, f"{why}\n".encode())
