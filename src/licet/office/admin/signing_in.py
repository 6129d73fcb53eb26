"""Signing in: a challenge that an officer's key signs for this office; sessions of a quarter of an hour in memory.

There are no passwords. A session only says who somebody is: whatever they do is signed by itself.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request

from licet.core.roles import Deed, KeyKind, Officer, OfficerKey
from licet.office.admin.parts import CHALLENGE_SECONDS, SESSION_SECONDS, AdminParts, SignedIn
from licet.office.cookies import Cookies
from licet.office.problems import Problem
from licet.office.security import check_origin
from licet.services.acts.persons import check_role
from licet.services.acts.ports import Signature
from licet.services.acts.refusal import NotPermitted, SignatureRefused
from licet.services.acts.signing import SIGN_IN, check_signature
from licet.services.acts.signing_in import sign_in_digest
from licet.services.acts.spelling import from_text, to_text

COOKIE = "licet-officer"
PURPOSE = "admin"
CSRF = "x-licet-csrf"
SAFE = ("GET", "HEAD")
WRONG = (
    "nobody signed in: the key is no officer's, or did not sign this challenge for this office's own address"
    " (`office.public_url`)"
)


def cookies(parts: AdminParts) -> Cookies:
    """The cookie of the pages for people."""
    return Cookies(COOKIE, secure=parts.public_url.startswith("https:"), seconds=SESSION_SECONDS)


def new_challenge(parts: AdminParts) -> dict[str, Any]:
    """A new challenge, good once and for two minutes: 32 random bytes, written as a digest is."""
    name = parts.challenges.begin("sign in")
    return {"challenge": f"sha256:{from_text(name).hex()}", "seconds": CHALLENGE_SECONDS}


async def begin(parts: AdminParts, asked: str, key: str, signature: str) -> tuple[str, Officer]:
    """A session for whoever signed a challenge; its name, and who that is. Raises `Problem`: 401, whatever was wrong.

    An Ed25519 key signs the digest of the challenge together with this office's address, so that what somebody signs
    for another office opens nothing here. A passkey is bound to the address by its browser.
    """
    if not take(parts, asked):
        raise stranger("the challenge is not ours, was used, or has ended: ask for a new one")
    owner = await asyncio.to_thread(_signed, parts, asked, key, signature)
    return parts.sessions.begin(SignedIn(owner.name, key)), owner


def take(parts: AdminParts, asked: str) -> bool:
    """Whether a challenge is one of ours that still holds; it does no longer."""
    try:
        name = to_text(bytes.fromhex(asked.removeprefix("sha256:")))
    except ValueError:
        return False
    return parts.challenges.end(name) is not None


def _signed(parts: AdminParts, asked: str, key: str, signature: str) -> Officer:
    owner, held = _owner(parts, key)
    digest = sign_in_digest(asked, parts.public_url) if held.kind is KeyKind.ED25519 else asked
    now = parts.administration.now()
    try:
        given = Signature(key, from_text(signature))
        check_signature(parts.store, owner, given, digest, passkeys=parts.passkeys, now=now, purpose=SIGN_IN)
    except (SignatureRefused, ValueError):
        raise stranger(WRONG) from None
    return owner


def _owner(parts: AdminParts, key: str) -> tuple[Officer, OfficerKey]:
    for each in parts.store.officers():
        held = each.key(key)
        if each.roles and held is not None:
            return each, held
    raise stranger(WRONG)


async def whoever(parts: AdminParts, request: Request, deed: Deed) -> Officer:
    """The officer who asks, and may do this. Raises `Problem`: 401 for nobody, 403 without the role, or if forged.

    Roles, keys and accounts are read anew each time: whoever is dismissed, or loses the key, is out at once.
    """
    name = session_name(parts, request)
    held = parts.sessions.get(name)
    officer = None if held is None else await asyncio.to_thread(parts.store.officer, held.officer)
    if held is None or officer is None or not officer.roles or not _still(officer, held):
        parts.sessions.end(name)
        raise stranger("sign in first: `POST /admin/v1/session`")
    try:
        check_role(officer, deed)
    except NotPermitted as error:
        raise Problem(403, "not_permitted", str(error)) from None
    return officer


def session_name(parts: AdminParts, request: Request) -> str | None:
    """The session of a request: of a bearer token, or of a cookie with the token that only our own pages know."""
    authorization = request.headers.get("authorization")
    if authorization is not None:
        kind, _, token = authorization.partition(" ")
        return token if kind.lower() == "bearer" else None
    name = cookies(parts).read(request)
    if name is not None and request.method not in SAFE:
        check_origin(request, parts.public_url)
        if not parts.tokens.check(name, PURPOSE, request.headers.get(CSRF, "")):
            raise Problem(403, "forged", "this did not come from a page of ours; load the page again")
    return name


def _still(officer: Officer, held: SignedIn) -> bool:
    if held.key is not None:
        return officer.key(held.key) is not None
    return any((each.issuer, each.mark) == (held.issuer, held.mark) for each in officer.accounts)


def stranger(message: str) -> Problem:
    """Nobody is signed in."""
    return Problem(401, "not_signed_in", message, headers={"www-authenticate": 'Bearer realm="licet"'})
