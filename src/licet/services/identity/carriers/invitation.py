"""What would let somebody in: a sealed word of the gate to the office about who may verify which facts, and how long.

It is part of an address that the caller passes on by hand, so it says nothing to anybody who holds no secret of the
installation, and nothing of it can be altered (AES-256-GCM, NIST SP 800-38D; the key by HKDF-SHA256, RFC 5869).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from licet.core.errors import LicetError

LASTS = timedelta(minutes=30)
"""How long an invitation can be followed: for one sitting, with a wallet that must be found first."""

MOST_FACTS = 32
"""So many facts one invitation names at most: the longest still is an address that every browser follows."""

INFO = b"licet invitation"
NONCE = 12
"""Bytes (NIST SP 800-38D, section 8.2.2). Random: 2^32 invitations of one secret are far from a repeated one."""

_FORM = re.compile(r"[A-Za-z0-9_-]{40,6000}", re.ASCII)


class InvitationRefused(LicetError):
    """Not an invitation of this installation, or one that has ended. The message is for whoever followed it."""


class Invitation(NamedTuple):
    """Until `until` (UTC, whole seconds), these facts about this subject may be verified by whoever holds it."""

    subject: str
    facts: tuple[str, ...]
    until: datetime


class _Sealed(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    subject: str
    facts: tuple[str, ...]
    until: int
    """Seconds since 1970."""


def seal_invitation(secret: bytes, invitation: Invitation, random_bytes: Callable[[int], bytes]) -> str:
    """An invitation as the last part of an address: base64url without padding (RFC 4648, section 5).

    Raises `ValueError` for one without facts or with more than `MOST_FACTS`.
    """
    if not 0 < len(invitation.facts) <= MOST_FACTS:
        raise ValueError(f"an invitation names 1 to {MOST_FACTS} facts, not {len(invitation.facts)}")
    sealed = _Sealed(invitation.subject, invitation.facts, int(invitation.until.timestamp()))
    nonce = random_bytes(NONCE)
    content = nonce + _cipher(secret).encrypt(nonce, msgspec.json.encode(sealed), INFO)
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def open_invitation(secret: bytes, text: str, now: datetime) -> Invitation:
    """What an invitation says, before it has ended. Raises `InvitationRefused`."""
    content = _unspelled(text)
    try:
        plain = _cipher(secret).decrypt(content[:NONCE], content[NONCE:], INFO)
    except InvalidTag:
        raise _foreign() from None
    sealed = msgspec.json.decode(plain, type=_Sealed)
    invitation = Invitation(sealed.subject, sealed.facts, datetime.fromtimestamp(sealed.until, UTC))
    check_lasting(invitation, now)
    return invitation


def check_lasting(invitation: Invitation, now: datetime) -> None:
    """Raises `InvitationRefused` for one that has ended, maybe while somebody followed it."""
    if invitation.until <= now:
        raise InvitationRefused("this invitation has ended; send your request again, its refusal has a new one")


def _unspelled(text: str) -> bytes:
    """The bytes behind the one spelling that `seal_invitation` gives them."""
    if _FORM.fullmatch(text) is None:
        raise _foreign()
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise _foreign() from None
    if base64.urlsafe_b64encode(content).decode().rstrip("=") != text:
        raise _foreign()
    return content


def _foreign() -> InvitationRefused:
    return InvitationRefused("this is no invitation of this service, or it was altered; copy the whole address")


@lru_cache(maxsize=4)
def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, INFO).derive(secret))
