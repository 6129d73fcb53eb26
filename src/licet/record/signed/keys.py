"""The keys of signed notes: who signs, with which kind of signature, and how keys are written. `spec/record.md`.

Ed25519 only: `0x01` signs a note's text, `0x04` a witness's timestamped cosignature (C2SP tlog-cosignature).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from struct import Struct
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from licet.record.refusal import Malformed, NotSigned, OutOfRange
from licet.record.spelling import base64, hexadecimal, shown, to_base64

PUBLIC_SIZE = SEED_SIZE = 32
SIGNATURE_SIZE = 64
NAME_LIMIT = 1_000
"""The longest name of a key, in characters."""

_timestamp = Struct(">Q")
_no_name = re.compile("[+\\s\x00-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


class KeyKind(IntEnum):
    """What a key's signatures mean; the value is C2SP's signature type."""

    LOG = 1
    """It signs the text of a note."""

    WITNESS = 4
    """It signs the text and an instant (cosignature/v1)."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key with its owner's name. Raises `Malformed` for a name that no note can hold."""

    name: str
    kind: KeyKind
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name, "key")

    @property
    def id(self) -> bytes:
        """The four bytes that stand for it, with its name, in a note."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    def check(self, text: bytes, signed: bytes, place: str) -> int | None:
        """When a witness signed this text (seconds since 1970), None for a log's signature.

        `signed` is what follows the key id in a note. Raises `NotSigned`.
        """
        at, message, signature = None, text, signed
        if self.kind is KeyKind.WITNESS:
            signature = signed[_timestamp.size :]
            at = _timestamp.unpack(signed[: _timestamp.size].ljust(_timestamp.size, b"\xff"))[0]
            message = cosigned(text, at)
        if len(signature) != SIGNATURE_SIZE or (at is not None and at >= 2**63):
            raise NotSigned(place, f"the signature of {shown(self.name)} has another form than its key's")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise NotSigned(place, f"the signature of {shown(self.name)} is wrong") from None
        return at


class Signer(Protocol):
    """Whatever signs notes with a private key: one that is at hand (`NoteSigner`), or one in a token."""

    @property
    def key(self) -> NoteKey:
        """The public key."""

    def sign(self, text: bytes, at: int | None = None) -> bytes:
        """What follows the key id in a note; see `NoteSigner.sign`."""


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A private key. Its seed is never shown: `repr` leaves it out, `secret` has to be asked for."""

    key: NoteKey
    _seed: bytes = field(repr=False)

    @property
    def secret(self) -> str:
        """The private key as it is written into a file that only its owner reads."""
        return f"PRIVATE+KEY+{self.key.name}+{self.key.id.hex()}+{to_base64(bytes([self.key.kind]) + self._seed)}"

    def sign(self, text: bytes, at: int | None = None) -> bytes:
        """What follows the key id in a note. A witness's key needs `at` (seconds since 1970), a log's takes none.

        Raises `OutOfRange` otherwise.
        """
        if (at is None) is (self.key.kind is KeyKind.WITNESS) or (at is not None and not 0 <= at < 2**63):
            raise OutOfRange("at", f"a {self.key.kind.name.lower()} key does not sign at {at}")
        if at is None:
            return self._sign(text)
        return _timestamp.pack(at) + self._sign(cosigned(text, at))

    def _sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self._seed).sign(message)


def signer_from(name: str, kind: KeyKind, seed: bytes) -> NoteSigner:
    """The key pair that 32 random bytes determine."""
    if len(seed) != SEED_SIZE:
        raise OutOfRange("seed", f"a key needs {SEED_SIZE} bytes, not {len(seed)}")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return NoteSigner(NoteKey(name, kind, public), seed)


def cosigned(text: bytes, at: int) -> bytes:
    """What a witness signs: C2SP tlog-cosignature, "Ed25519 signed message"."""
    return b"cosignature/v1\ntime %d\n%b" % (at, text)


def read_key(written: str, place: str = "key") -> NoteKey:
    """The public key that a vkey says. Raises `Malformed`."""
    name, key_id, kind, public = _read(written, place, "public")
    key = NoteKey(name, kind, public)
    _check_id(key, key_id, place)
    return key


def read_signer(written: str, place: str = "key") -> NoteSigner:
    """The key pair that an skey says. Raises `Malformed`, which never quotes it."""
    if not written.startswith("PRIVATE+KEY+"):
        raise Malformed(place, "a private key begins with `PRIVATE+KEY+`")
    name, key_id, kind, seed = _read(written.removeprefix("PRIVATE+KEY+"), place, "private")
    signer = signer_from(name, kind, seed)
    _check_id(signer.key, key_id, place)
    return signer


def check_name(name: str, place: str) -> None:
    """That a note can hold this name of a key. Raises `Malformed`."""
    if not name or len(name) > NAME_LIMIT or _no_name.search(name) or not _is_unicode(name):
        raise Malformed(place, f"{shown(name)} is no name of a key: it is empty, too long, or holds a space or `+`")


def _read(written: str, place: str, what: str) -> tuple[str, bytes, KeyKind, bytes]:
    parts = written.split("+", 2)
    if len(parts) != 3:
        raise Malformed(place, f"a {what} key is a name, a key id and base64, joined by `+`")
    name, key_id, content = parts
    check_name(name, place)
    try:
        ident = hexadecimal(key_id, place, 4)
        material = base64(content, place)
    except Malformed:
        raise Malformed(place, f"the {what} key of {shown(name)} is not spelled as one") from None
    if material[:1] not in (b"\x01", b"\x04"):
        raise Malformed(place, f"the {what} key of {shown(name)} has a type that is not supported; use Ed25519")
    if len(material) != 1 + PUBLIC_SIZE:
        raise Malformed(place, f"the {what} key of {shown(name)} has {len(material) - 1} bytes, not {PUBLIC_SIZE}")
    return name, ident, KeyKind(material[0]), material[1:]


def _check_id(key: NoteKey, written: bytes, place: str) -> None:
    if key.id != written:
        raise Malformed(place, f"the key of {shown(key.name)} has the id {key.id.hex()}, not {written.hex()}")


def _is_unicode(name: str) -> bool:
    return not any(0xD800 <= ord(each) <= 0xDFFF for each in name)
