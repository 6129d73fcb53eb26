"""Logout tokens: an identity provider ends somebody's session (OpenID Connect Back-Channel Logout 1.0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from licet.core.attestations import Carrier
from licet.core.trust import Trust
from licet.credentials.claims import SKEW, audiences, check_begun, check_not_expired, needed_instant, text_claim
from licet.credentials.refusal import Reason, refused
from licet.credentials.signed import read_signed
from licet.credentials.tree import Tree
from licet.credentials.trusting import Keys, believing

WHAT = "the logout token"
TYPES = frozenset(("logout+jwt", "jwt"))
"""The first is recommended (section 2.4); one without a type is taken, because its `events` tell it apart."""

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class LogoutToken:
    """A token that is its issuer's, for this client, and valid now.

    `subject` is what the issuer calls whose session is over, `id` the token's own name.
    """

    issuer: str
    subject: str = field(repr=False)
    id: str = field(repr=False)
    expires_at: datetime


def read_logout_token(
    text: str, trusts: Sequence[Trust], keys: Keys, *, clients: Mapping[str, str], now: datetime
) -> LogoutToken:
    """Read a token by the checks of section 2.6; `clients` are our `client_id` by issuer.

    One that names only a session (`sid`) is refused, because no session is kept here that it could name.
    Raises `CredentialRefused`, and whatever `keys` raises.
    """
    token = read_signed(text, WHAT, TYPES, untyped=True)
    issuer = believing(token, trusts, Carrier.OIDC, keys)[0].attester
    claims = token.claims
    if audiences(claims, WHAT) != (clients.get(issuer),):
        raise refused(Reason.AUDIENCE, WHAT)
    expires = needed_instant(claims, "exp", WHAT) + SKEW
    check_not_expired(expires, WHAT, now)
    needed_instant(claims, "iat", WHAT)
    check_begun(claims, WHAT, now)
    _check_event(claims)
    return LogoutToken(issuer, text_claim(claims, "sub", WHAT), text_claim(claims, "jti", WHAT), expires)


def _check_event(claims: Tree) -> None:
    """It is a logout, and no ID token that was given to us by its holder (section 2.6, items 5 and 6)."""
    match claims.get("events"):
        case {**events} if isinstance(events.get(EVENT), dict) and "nonce" not in claims:
            return
    raise refused(Reason.TOKEN_TYPE, WHAT, "it has the event of a logout, and no `nonce`")
