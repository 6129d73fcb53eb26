"""ID tokens: what an identity provider says of somebody who signed in (OpenID Connect Core 1.0, section 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from licet.core.attestations import Carrier
from licet.core.trust import Trust
from licet.credentials.carried import Carried, carried
from licet.credentials.claims import (
    SKEW,
    audiences,
    check_begun,
    check_nonce,
    check_not_expired,
    needed_instant,
    text_claim,
)
from licet.credentials.refusal import Reason, refused
from licet.credentials.signed import digest_of, read_signed
from licet.credentials.tree import Tree
from licet.credentials.trusting import Keys, believing

WHAT = "the ID token"
TYPES = frozenset(("jwt",))
"""A type is not required (OpenID Connect Core 1.0 names none); one that is there must not be another's."""


@dataclass(frozen=True, slots=True)
class IdToken:
    """A token that is its issuer's, for this client and this sign-in, and valid now.

    `subject` is what the issuer calls who signed in: it is made into a mark and not kept. `digest` is the token's.
    """

    issuer: str
    subject: str = field(repr=False)
    facts: tuple[Carried, ...]
    issued_at: datetime
    expires_at: datetime
    digest: str


def read_id_token(text: str, trust: Trust, keys: Keys, *, client_id: str, nonce: str, now: datetime) -> IdToken:
    """Read the token of a sign-in that was begun with `nonce`. Raises `CredentialRefused`, and whatever `keys` raises.

    Its checks are those of OpenID Connect Core 1.0, section 3.1.3.7. The end that it has includes the skew.
    """
    token = read_signed(text, WHAT, TYPES, untyped=True)
    believing(token, (trust,), Carrier.OIDC, keys)
    claims = token.claims
    _check_audience(claims, client_id)
    expires = needed_instant(claims, "exp", WHAT) + SKEW
    check_not_expired(expires, WHAT, now)
    issued = needed_instant(claims, "iat", WHAT)
    check_begun(claims, WHAT, now)
    check_nonce(claims, nonce, WHAT)
    subject = text_claim(claims, "sub", WHAT)
    return IdToken(trust.attester, subject, carried(claims, (trust,), WHAT), issued, expires, digest_of(text))


def _check_audience(claims: Tree, client_id: str) -> None:
    """It is for this client alone: nobody else is trusted with it (section 3.1.3.7, items 3 to 5)."""
    if audiences(claims, WHAT) != (client_id,) or claims.get("azp", client_id) != client_id:
        raise refused(Reason.AUDIENCE, WHAT, "sign in again, from here")
