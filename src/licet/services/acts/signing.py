"""Signatures of officers: Ed25519 over the act's digest, or a WebAuthn assertion whose challenge is the digest."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from licet.core.roles import KeyKind, Officer, OfficerKey
from licet.services.acts.ports import Acts, Signature
from licet.services.acts.refusal import ActRefused, SignatureRefused
from licet.services.acts.spelling import from_text, to_text

ACT = "licet-act/1"
SIGN_IN = "licet-sign-in/1"
"""What each signed text begins with, so that a signature for one purpose is worth nothing for another."""

KEY_TEXT = "ed25519:"
"""How the text of a public key begins; 43 letters of base64url follow."""

PUBLIC_SIZE = 32


class Passkeys(Protocol):
    """Checks what authenticators sign (WebAuthn Level 3, section 7.2) for one relying party."""

    def check(self, key: OfficerKey, assertion: bytes, challenge: bytes) -> int:
        """The signature counter of an assertion (JSON) over this challenge. Raises `SignatureRefused`."""


def signed_text(purpose: str, digest: str) -> bytes:
    """What an Ed25519 key signs: the purpose, a line feed, and the digest."""
    return f"{purpose}\n{digest}".encode()


def challenge_of(digest: str) -> bytes:
    """What a passkey signs: the 32 bytes of the digest."""
    return bytes.fromhex(digest.removeprefix("sha256:"))


def check_signature(
    store: Acts,
    officer: Officer,
    signature: Signature | None,
    digest: str,
    *,
    passkeys: Passkeys | None,
    now: datetime,
    purpose: str = ACT,
) -> OfficerKey:
    """The key by which an officer signed a digest. Raises `SignatureRefused`.

    A passkey's counter must grow from one use to the next, or always be 0 (WebAuthn Level 3, section 6.1.1).
    """
    if signature is None:
        raise SignatureRefused(f"`{officer.name}` has to sign this: `--as NAME --sign-with FILE`")
    key = officer.key(signature.key)
    if key is None:
        names = ", ".join(f"`{each.id}`" for each in officer.keys) or "none"
        raise SignatureRefused(f"`{signature.key}` is not a key of `{officer.name}`, whose keys are {names}")
    if key.kind is KeyKind.ED25519:
        _check_ed25519(officer, key, signature.content, signed_text(purpose, digest))
        return key
    if passkeys is None:
        raise SignatureRefused("passkeys sign at the office's own pages, not here: use an Ed25519 key")
    counter = passkeys.check(key, signature.content, challenge_of(digest))
    if not store.count_use(key.id, counter, at=now):
        raise SignatureRefused(
            f"the counter of the passkey `{key.id}` does not grow: it was copied, or this was used before; have an"
            " administrator replace it"
        )
    return key


def _check_ed25519(officer: Officer, key: OfficerKey, content: bytes, signed: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(content, signed)
    except (InvalidSignature, ValueError):
        raise SignatureRefused(
            f"this is not a signature over this digest by the key `{key.id}` of `{officer.name}`: sign what is shown"
            " here and nothing else"
        ) from None


def officer_key(text: str) -> OfficerKey:
    """The public key in `ed25519:<base64url>`. Raises `ActRefused`."""
    try:
        if not text.startswith(KEY_TEXT):
            raise ValueError
        public = from_text(text.removeprefix(KEY_TEXT))
        Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        raise ActRefused(
            f"`{text}` is not an officer's public key, as in `{KEY_TEXT}…`; `licet officers key` prints one"
        ) from None
    return OfficerKey(key_id(public), KeyKind.ED25519, public)


def key_text(public: bytes) -> str:
    """The reverse."""
    return KEY_TEXT + to_text(public)


def key_id(public: bytes) -> str:
    """What names an Ed25519 key."""
    return sha256(public).hexdigest()[:16]
