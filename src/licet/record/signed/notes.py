"""Signed notes (C2SP signed-note): a text, and signatures of it by keys with names.

Parsing verifies nothing: a text counts only after `verify`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from licet.record.refusal import Malformed, NotSigned
from licet.record.signed.keys import NoteKey, Signer, check_name
from licet.record.spelling import base64, shown, text, to_base64

NOTE_LIMIT = 1_000_000
"""The longest note, in bytes."""

SIGNATURES_LIMIT = 100
"""The most signatures that a note may have."""

_control = re.compile("[\x00-\x09\x0b-\x1f]")


class Signature(NamedTuple):
    """One line below a note: whose it says it is, and what was signed."""

    name: str
    key_id: bytes
    signed: bytes

    def __str__(self) -> str:
        return f"— {self.name} {to_base64(self.key_id + self.signed)}\n"


class Verified(NamedTuple):
    """A signature that is right; `at` is when a witness made it, in seconds since 1970, None for a log's."""

    key: NoteKey
    at: int | None


@dataclass(frozen=True, slots=True)
class Note:
    """A text, of lines that end with LF, and its signatures in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        return f"{self.text}\n{''.join(map(str, self.signatures))}".encode()

    def and_signed(self, signer: Signer, at: int | None = None) -> Note:
        """The note with one more signature; `at` for a witness's, in seconds since 1970."""
        signature = Signature(signer.key.name, signer.key.id, signer.sign(self.text.encode(), at))
        return replace(self, signatures=(*self.signatures, signature))


def sign(content: str, signer: Signer, at: int | None = None) -> Note:
    """A note with one signature. Raises `Malformed` for a text that no note can hold."""
    if not content.endswith("\n"):
        raise Malformed("text", "a note's text ends with a line feed")
    _check_characters(content, "text")
    return Note(content, ()).and_signed(signer, at)


def parse(content: bytes, place: str = "note") -> Note:
    """The note that these bytes are. Raises `Malformed`."""
    if len(content) > NOTE_LIMIT:
        raise Malformed(place, f"{len(content)} bytes, more than {NOTE_LIMIT}")
    decoded = text(content, place)
    _check_characters(decoded, place)
    body, gap, below = decoded.rpartition("\n\n")
    if not gap:
        raise Malformed(place, "no empty line between its text and its signatures")
    lines = below.split("\n")
    if lines.pop() or not lines:
        raise Malformed(place, "it does not end with a signature and a line feed")
    if len(lines) > SIGNATURES_LIMIT:
        raise Malformed(place, f"{len(lines)} signatures, more than {SIGNATURES_LIMIT}")
    first = body.count("\n") + 3
    return Note(f"{body}\n", tuple(_signature(line, f"{place}: line {first + i}") for i, line in enumerate(lines)))


def verify(note: Note, known: Iterable[NoteKey], place: str = "note") -> tuple[Verified, ...]:
    """Who of the known keys signed, in the order of the note; the first signature of each. There is at least one.

    Raises `NotSigned` where a signature by a known key is wrong, and where there is none.
    """
    found = verified(note, known, place)
    if not found:
        raise NotSigned(place, "no signature by a known key")
    return found


def verified(note: Note, known: Iterable[NoteKey], place: str = "note") -> tuple[Verified, ...]:
    """The same, where there may be none."""
    keys = _by_name(known)
    content = note.text.encode()
    found: dict[NoteKey, Verified] = {}
    for signature in note.signatures:
        for key in keys.get((signature.name, signature.key_id), ()):
            at = key.check(content, signature.signed, place)
            found.setdefault(key, Verified(key, at))
    return tuple(found.values())


def _by_name(known: Iterable[NoteKey]) -> dict[tuple[str, bytes], Sequence[NoteKey]]:
    """Known keys by what a note says of them. Of two that collide both would have to be right, so neither counts."""
    keys: dict[tuple[str, bytes], list[NoteKey]] = {}
    for key in dict.fromkeys(known):
        keys.setdefault((key.name, key.id), []).append(key)
    return {each: tuple(found) for each, found in keys.items()}


def _signature(line: str, place: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, content = rest.partition(" ")
    if dash != "—" or not content:
        raise Malformed(place, f"{shown(line)} is no signature: `—`, a name and base64")
    check_name(name, place)
    signed = base64(content, place)
    if len(signed) < 5:
        raise Malformed(place, f"a signature of {len(signed)} bytes, with its key id, is too short")
    return Signature(name, signed[:4], signed[4:])


def _check_characters(content: str, place: str) -> None:
    match = _control.search(content)
    if match:
        line = content.count("\n", 0, match.start()) + 1
        raise Malformed(f"{place}: line {line}", f"control character 0x{ord(match[0]):02x}")
