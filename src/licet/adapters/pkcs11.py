"""The log's key in a token (an HSM, a smart card) through PKCS#11: it signs there, and never leaves it.

A key is named by an RFC 7512 URI, `pkcs11:token=<label>;object=<label>?module-path=<library>&pin-source=<file>`. The
PIN is in a file of its own (0600), never in the URI. Ed25519 only: `CKM_EDDSA` over the key pair's private key.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import unquote

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, NoSuchKey, ObjectClass, PKCS11Error
from pkcs11.types import SignMixin

from licet.adapters.log_key_file import read_key_file
from licet.record.refusal import Malformed, OutOfRange
from licet.record.signed.keys import PUBLIC_SIZE, KeyKind, NoteKey, Signer
from licet.record.spelling import shown
from licet.services.record.ports import LogUnavailable

SCHEME = "pkcs11:"
FORM = "pkcs11:token=<label>;object=<label>?module-path=<library>&pin-source=<file>"
NEEDED = {"token", "object", "module-path", "pin-source"}

EDWARDS25519 = b"\x13\x0cedwards25519"
"""The curve's name as PKCS#11 3.0 wants it: a DER PrintableString."""

POINT = (b"\x04\x20", b"\x03\x21\x00", b"")
"""What stands before the public key's 32 bytes: DER's OCTET STRING, its BIT STRING, or nothing, as tokens differ."""


@dataclass(frozen=True, slots=True)
class Uri:
    """Which key of which token, through which library, with the PIN in which file."""

    token: str
    label: str
    library: str
    pin_file: Path

    def __str__(self) -> str:
        return f"`{self.label}` in the token `{self.token}`"


def read_uri(written: str) -> Uri:
    """The parts of a URI. Raises `LogUnavailable` for one of another form."""
    path, _, query = written.removeprefix(SCHEME).partition("?")
    parts = [each.partition("=") for each in (*path.split(";"), *query.split("&")) if each]
    found = {name: unquote(value) for name, _, value in parts}
    if not written.startswith(SCHEME) or found.keys() != NEEDED or len(parts) != len(found) or "" in found.values():
        raise LogUnavailable(f"{shown(written)} is not the URI of a key in a token, `{FORM}`")
    return Uri(found["token"], found["object"], found["module-path"], Path(found["pin-source"].removeprefix("file:")))


class TokenSigner:
    """`record.signed.keys.Signer` with a private key that is in a token."""

    def __init__(self, uri: Uri, name: str) -> None:
        """Raises `LogUnavailable` where the token or the key is not there, `Malformed` for a name of no key."""
        self._uri = uri
        with _session(uri) as session:
            self._key = NoteKey(name, KeyKind.LOG, _public(session, uri.label))

    @property
    def key(self) -> NoteKey:
        """The public key, as the token has it."""
        return self._key

    def sign(self, text: bytes, at: int | None = None) -> bytes:
        """See `Signer`. Raises `LogUnavailable` where the token does not sign, `NotSigned` where it does so wrongly."""
        if at is not None:
            raise OutOfRange("at", "a log key does not sign at an instant")
        with _session(self._uri) as session:
            signature = _signed(session, self._uri.label, text)
        self._key.check(text, signature, "token")
        return signature


class TokenKeys:
    """`services.record.publishing.log_keys.LogKeys` where the current key or the following one is in a token."""

    def __init__(self, current: Path | str, origin: str, following: str | None) -> None:
        self._current = current
        self._origin = origin
        self._following = following

    def current(self) -> Signer:
        """See the port."""
        if isinstance(self._current, str):
            return TokenSigner(read_uri(self._current), self._origin)
        return read_key_file(self._current, KeyKind.LOG, self._origin)

    def following(self) -> Signer | None:
        """See the port."""
        return TokenSigner(read_uri(self._following), self._origin) if self._following else None

    def prepare(self) -> Signer:
        """See the port. A key in a token is followed by another one in a token, which has to be there."""
        found = self.following()
        if found is None:
            raise LogUnavailable(f"the log's key is in a token: name the one that follows it with `--next '{FORM}'`")
        return found

    def take_over(self) -> None:
        """Nothing: which key signs is said by the configuration, `record.key`, and that is the operator's to change."""


def make_token_key(written: str, name: str) -> NoteKey:
    """A new key pair in a token; its private key cannot be taken out of it.

    Raises `LogUnavailable`, also where the token has a key of this label already.
    """
    uri = read_uri(written)
    with _session(uri, writing=True) as session:
        if any(True for _ in session.get_objects({Attribute.LABEL: uri.label})):
            raise LogUnavailable(f"there is a key {uri} already, and it is never overwritten: take another label")
        curve = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: EDWARDS25519}, local=True)
        curve.generate_keypair(
            mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
            label=uri.label,
            store=True,
            private_template={Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True},
        )
    try:
        return TokenSigner(uri, name).key
    except Malformed as error:
        raise LogUnavailable(str(error)) from error


_turn = Lock()
"""One session at a time: whether a program is logged in to a token is one state for all its sessions."""


@contextmanager
def _session(uri: Uri, *, writing: bool = False) -> Iterator[pkcs11.Session]:
    """A session of its own for each use, so that a token that was taken out and put back is found again."""
    pin = _pin(uri.pin_file)
    with _turn:
        try:
            with pkcs11.lib(uri.library).get_token(token_label=uri.token).open(rw=writing, user_pin=pin) as session:
                yield session
        except PKCS11Error as error:
            raise LogUnavailable(f"the key {uri} cannot be used ({_told(error)})") from error


def _pin(path: Path) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            content = file.read(1_000)
    except OSError as error:
        raise LogUnavailable(f"cannot read the PIN from `{path}`: {error.strerror}") from error
    if mode & 0o077:
        raise LogUnavailable(f"the PIN in `{path}` is open to others (mode {mode:o}): run `chmod 600 {path}`")
    return content.decode("utf-8", "replace").removesuffix("\n")


def _public(session: pkcs11.Session, label: str) -> bytes:
    """The 32 bytes of the public key."""
    key = session.get_key(label=label, object_class=ObjectClass.PUBLIC_KEY, key_type=KeyType.EC_EDWARDS)
    point = bytes(key[Attribute.EC_POINT])
    if point[:-PUBLIC_SIZE] not in POINT:
        raise LogUnavailable(f"the key `{label}` in the token is not one of Ed25519")
    return point[-PUBLIC_SIZE:]


def _signed(session: pkcs11.Session, label: str, text: bytes) -> bytes:
    key = session.get_key(label=label, object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC_EDWARDS)
    assert isinstance(key, SignMixin)  # a private key is
    return bytes(key.sign(text, mechanism=Mechanism.EDDSA))


def _told(error: PKCS11Error) -> str:
    if isinstance(error, NoSuchKey):
        return "there is no such Ed25519 key; `licet keys log` makes it"
    return str(error) or type(error).__name__
