"""Key binding: the holder of a credential signs what they present, to whom, and for which request (RFC 9901, 4.3)."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from licet.credentials.claims import SKEW, audiences, check_begun, check_nonce, needed_instant, text_claim
from licet.credentials.disclosures import digest
from licet.credentials.public_key import PublicKey, read_public_key
from licet.credentials.refusal import CredentialRefused, Reason, refused
from licet.credentials.signed import read_signed
from licet.credentials.tree import Tree

WHAT = "the key binding of the presentation"
TYPES = frozenset(("kb+jwt",))
LASTS = timedelta(minutes=5)
"""How long after it was signed a presentation is accepted."""


def holder_key(claims: Tree, what: str) -> PublicKey:
    """The key to which a credential is bound: the `jwk` in its `cnf` (RFC 7800, section 3.2)."""
    match claims.get("cnf"):
        case {"jwk": dict(tree)}:
            key = _key(tree, what)
        case _:
            key = None
    if key is None or key.weak:
        raise refused(Reason.HOLDER_KEY, what, "its `cnf` needs a public `jwk` that signs")
    return key


def check_key_binding(text: str, presented: str, key: PublicKey, *, audience: str, nonce: str, now: datetime) -> None:
    """Raises `CredentialRefused` unless the holder signed `presented` (all up to its last `~`) for us and this request.

    Whether the nonce is ours and unused is for the caller to know.
    """
    token = read_signed(text, WHAT, TYPES)
    if not key.fits(token.algorithm) or not key.verifies(token.algorithm, token.signature, token.signed):
        raise refused(Reason.KEY_BINDING_SIGNATURE, WHAT)
    claims = token.claims
    if audiences(claims, WHAT) != (audience,):
        raise refused(Reason.AUDIENCE, WHAT, "begin again, from here")
    check_nonce(claims, nonce, WHAT)
    if not hmac.compare_digest(text_claim(claims, "sd_hash", WHAT).encode(), digest(presented).encode()):
        raise refused(Reason.KEY_BINDING_HASH, WHAT)
    check_begun(claims, WHAT, now)
    if needed_instant(claims, "iat", WHAT) + LASTS + SKEW <= now:
        raise refused(Reason.KEY_BINDING_STALE, WHAT, "present it again")


def _key(tree: Tree, what: str) -> PublicKey | None:
    try:
        return read_public_key(tree, what)
    except CredentialRefused:
        return None
