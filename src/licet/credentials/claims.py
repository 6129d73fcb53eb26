"""Registered claims of JWTs (RFC 7519, section 4.1), read by their one meaning."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

from licet.credentials.refusal import Reason, refused
from licet.credentials.tree import Tree

SKEW = timedelta(seconds=60)
"""How far the issuer's clock may be off."""
LONGEST = 1024
"""Letters of one text; a `sub` has up to 255 (OpenID Connect Core 1.0, section 2)."""
LAST = 253_402_214_400
"""The beginning of the last day of the year 9999: the skew can still be added."""


def text_claim(claims: Tree, name: str, what: str) -> str:
    """A claim that must be there and be text."""
    found = claims.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST:
        raise refused(Reason.MISSING_CLAIM, what, f"`{name}` must be a text of 1 to {LONGEST} letters")
    return found


def instant(claims: Tree, name: str, what: str) -> datetime | None:
    """A NumericDate (RFC 7519, section 2); None where the claim is not there."""
    if name not in claims:
        return None
    found = claims[name]
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= LAST:
        raise refused(Reason.TIME, what, f"`{name}` is a number of seconds since 1970 (RFC 7519, section 2)")
    return datetime.fromtimestamp(found, UTC)


def needed_instant(claims: Tree, name: str, what: str) -> datetime:
    """A NumericDate that must be there."""
    found = instant(claims, name, what)
    if found is None:
        raise refused(Reason.MISSING_CLAIM, what, f"`{name}` must be there")
    return found


def check_begun(claims: Tree, what: str, now: datetime) -> None:
    """Raises `CredentialRefused` if it is issued, or valid, only later (`iat`, `nbf`), by more than the skew."""
    for name in ("nbf", "iat"):
        found = instant(claims, name, what)
        if found is not None and found > now + SKEW:
            raise refused(Reason.NOT_YET_VALID, what, f"its `{name}` is yet to come; compare the clocks")


def check_not_expired(end: datetime, what: str, now: datetime) -> None:
    """Raises `CredentialRefused` if `now` is not before its end."""
    if end <= now:
        raise refused(Reason.EXPIRED, what, "get a new one from its issuer")


def audiences(claims: Tree, what: str) -> tuple[str, ...]:
    """For whom it is (`aud`): a text, or a list of texts, that must be there."""
    found = claims.get("aud")
    listed = found if isinstance(found, list) else [found]
    if not listed or not all(isinstance(each, str) and 0 < len(each) <= LONGEST for each in listed):
        raise refused(Reason.MISSING_CLAIM, what, "`aud` must be a text or a list of texts")
    return tuple(listed)


def check_nonce(claims: Tree, nonce: str, what: str) -> None:
    """Raises `CredentialRefused` unless it answers the request that had this nonce."""
    found = text_claim(claims, "nonce", what)
    if not hmac.compare_digest(found.encode(), nonce.encode()):
        raise refused(Reason.NONCE, what, "begin again")
