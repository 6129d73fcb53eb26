"""Access tokens: JWTs that come with a request (RFC 9068), with who acts for whom (RFC 8693, section 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from licet.core.attestations import Carrier
from licet.core.trust import Trust
from licet.credentials.carried import Carried, carried
from licet.credentials.claims import (
    LONGEST,
    SKEW,
    audiences,
    check_begun,
    check_not_expired,
    needed_instant,
    text_claim,
)
from licet.credentials.refusal import Reason, refused
from licet.credentials.signed import digest_of, read_signed
from licet.credentials.tree import Tree
from licet.credentials.trusting import Keys, believing

WHAT = "the access token"
TYPES = frozenset(("at+jwt",))
MOST_ACTORS = 4
"""How many may have acted one for the other; only the last of them counts (RFC 8693, section 4.1)."""
MOST_SCOPES = 100


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that is its issuer's, for us, and valid now.

    `subject` and `actor` are what the issuer calls who asks and who acts for them: they are made into marks and not
    kept. `client` is the application. It is accepted before `expires_at`, in which the skew is. `digest` is that of
    the token as it came. `believed` are the trust documents by which it is taken, and its facts are.
    """

    issuer: str
    subject: str = field(repr=False)
    client: str = field(repr=False)
    actor: str | None = field(repr=False)
    scopes: tuple[str, ...]
    facts: tuple[Carried, ...]
    issued_at: datetime
    expires_at: datetime
    digest: str
    believed: tuple[Trust, ...] = field(repr=False)


def read_access_token(text: str, trusts: Sequence[Trust], keys: Keys, now: datetime) -> AccessToken:
    """Read a token by the trust documents in force. Raises `CredentialRefused`, and whatever `keys` raises."""
    token = read_signed(text, WHAT, TYPES)
    believed = believing(token, trusts, Carrier.JWT, keys)
    claims = token.claims
    expires = needed_instant(claims, "exp", WHAT) + SKEW
    check_not_expired(expires, WHAT, now)
    issued = needed_instant(claims, "iat", WHAT)
    check_begun(claims, WHAT, now)
    believed = _for_us(claims, believed)
    text_claim(claims, "jti", WHAT)
    issuer = text_claim(claims, "iss", WHAT)
    return AccessToken(
        issuer,
        text_claim(claims, "sub", WHAT),
        text_claim(claims, "client_id", WHAT),
        _actor(claims, issuer),
        _scopes(claims),
        carried(claims, believed, WHAT),
        issued,
        expires,
        digest_of(text),
        believed,
    )


def _for_us(claims: Tree, trusts: Sequence[Trust]) -> tuple[Trust, ...]:
    named = audiences(claims, WHAT)
    found = tuple(trust for trust in trusts if any(each in named for each in trust.audience))
    if not found:
        raise refused(Reason.AUDIENCE, WHAT, "ask its issuer for one that is for this service")
    return found


def _actor(claims: Tree, issuer: str) -> str | None:
    """Who acts now; those who acted before are not asked about, but their chain must have its form and an end."""
    if "act" not in claims:
        return None
    each, names = claims["act"], list[str]()
    while each is not None:
        if not isinstance(each, dict) or each.get("iss", issuer) != issuer or len(names) == MOST_ACTORS:
            raise refused(
                Reason.ACTOR, WHAT, f"`act` is an object with a `sub` of the same issuer, up to {MOST_ACTORS} deep"
            )
        name = each.get("sub")
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
            raise refused(Reason.ACTOR, WHAT, "`act` needs a `sub`")
        names.append(name)
        each = each.get("act")
    if not names:
        raise refused(Reason.ACTOR, WHAT, "`act` is an object")
    return names[0]


def _scopes(claims: Tree) -> tuple[str, ...]:
    """Words with one space between them (RFC 9068, section 2.2.3; RFC 8693, section 4.2)."""
    found = claims.get("scope", "")
    if not isinstance(found, str):
        raise refused(Reason.MISSING_CLAIM, WHAT, "`scope` is a text of words")
    words = found.split(" ") if found else []
    if "" in words or len(words) > MOST_SCOPES:
        raise refused(Reason.MISSING_CLAIM, WHAT, f"`scope` is up to {MOST_SCOPES} words with one space between them")
    return tuple(words)
