"""The addresses under `/sign-in`: out to an identity provider, back with what it says, and its word that it is over.

Nobody is sent on before they saw whom it is for and followed a link of that page themselves: an address that somebody
else made must not turn the account of whoever opens it into that caller's facts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from licet.core.errors import LicetError
from licet.core.facts import Fact
from licet.core.trust import Trust
from licet.credentials.refusal import CredentialRefused
from licet.credentials.signed import digest_of
from licet.credentials.trusting import Keys
from licet.office.application import LOGOUT
from licet.office.asking import asking
from licet.office.cookies import Cookies
from licet.office.problems import Problem
from licet.office.requests import read_form, read_query
from licet.office.security import html
from licet.office.sessions import Tokens, unguessable
from licet.office.sign_in.identifying import Identifying
from licet.office.sign_in.metadata import Provider
from licet.office.sign_in.relying_party import SECONDS, Answered, RelyingParty
from licet.pages import sign_in as pages
from licet.services.identity.carriers.admission import KeysUnavailable
from licet.services.identity.carriers.attesting import Attested, AttestingRefused, People
from licet.services.identity.carriers.invitation import Invitation, InvitationRefused, check_lasting, open_invitation
from licet.services.identity.carriers.sign_in import (
    SignIn,
    SignInRefused,
    keep_sign_in,
    log_out,
    offered,
    read_sign_in,
    with_user_info,
)
from licet.services.ports import StoreUnavailable, Workers
from licet.services.subjects import SubjectRefused

SIGN_IN = "/sign-in"
COOKIE = "licet-sign-in-start"
PROVIDER = "provider"
START = "start"


@dataclass(frozen=True, slots=True)
class SignInParts:
    """What signing in needs. `secret` is the installation's; `tokens` makes what only our own page knows."""

    relying_party: RelyingParty
    identifying: Identifying
    store: People
    workers: Workers
    secret: bytes
    tokens: Tokens
    public_url: str
    random_bytes: Callable[[int], bytes]
    monotonic: Callable[[], float]
    tell: Callable[..., None]

    @property
    def keys(self) -> Keys:
        """The keys of issuers; blocks."""
        return self.identifying.keys


class Wanted(NamedTuple):
    """What somebody signs in for: an invitation, or to be known at all; and the text of the invitation."""

    text: str
    invitation: Invitation | None

    @property
    def path(self) -> str:
        """Where it begins."""
        return f"{SIGN_IN}/{quote(self.text)}" if self.text else SIGN_IN

    @property
    def subject(self) -> str | None:
        """Whom it is for."""
        return self.invitation.subject if self.invitation is not None else None

    @property
    def facts(self) -> tuple[str, ...] | None:
        """Which facts are asked for; None: all that a provider is believed."""
        return self.invitation.facts if self.invitation is not None else None


def routes(parts: SignInParts) -> list[BaseRoute]:
    """The addresses."""
    people = _People(parts)
    return [
        *parts.relying_party.routes(),
        Route(LOGOUT, people.log_out, methods=["POST"]),
        Route(SIGN_IN, people.begin, methods=["GET"]),
        Route(SIGN_IN + "/{invitation}", people.begin, methods=["GET"]),
    ]


def sign_in_at(relying_party: RelyingParty, trust: Trust, invitation: str) -> tuple[str, str | None] | None:
    """Where signing in by a trust document begins, for an invitation, and the provider's name; None: nowhere."""
    provider = relying_party.providers.get(trust.attester)
    if provider is None or provider.client_id not in trust.audience or "oidc" not in trust.carriers:
        return None
    return f"{SIGN_IN}/{quote(invitation)}?{urlencode({PROVIDER: provider.issuer})}", provider.title


class _People:
    def __init__(self, parts: SignInParts) -> None:
        self._parts = parts
        self._cookie = Cookies(COOKIE, secure=parts.public_url.startswith("https:"), seconds=SECONDS)

    async def begin(self, request: Request) -> Response:
        """Where to sign in; or, for whoever comes from that page, off to the provider."""
        query = read_query(request)
        wanted = await asyncio.to_thread(self._open, request.path_params.get("invitation", ""))
        issuer, session = query.get(PROVIDER), self._cookie.read(request)
        if issuer is not None and START in query:
            if not self._parts.tokens.check(session, _purpose(wanted, issuer), query[START]):
                message = "this address is not of your browser's page, or it has ended; begin again where you came from"
                raise Problem(403, "foreign_start", message)
            return await self._go(wanted, self._parts.relying_party.provider(issuer))
        session = session or unguessable(self._parts.random_bytes)
        response = html(await asyncio.to_thread(self._page, wanted, issuer, session))
        self._cookie.set(response, session)
        return response

    async def log_out(self, request: Request) -> Response:
        """A provider says that somebody's session is over (OpenID Connect Back-Channel Logout 1.0, section 2.5)."""
        text = (await read_form(request)).get("logout_token", "")
        await asking(self._log_out, text)
        return Response(status_code=200)

    async def _go(self, wanted: Wanted, provider: Provider) -> Response:
        trusts = await asyncio.to_thread(self._parts.identifying.trusts, provider)
        facts = offered(trusts, wanted.facts)
        if not facts:
            raise _not_trusted()
        paths = [each.facts[name].claim for each in trusts for name in facts if name in each.facts]
        claims = sorted({path for path in paths if path is not None})
        return await self._parts.relying_party.begin(provider.issuer, partial(self._completed, wanted, facts), claims)

    async def _completed(self, wanted: Wanted, facts: tuple[str, ...], _: Request, answered: Answered) -> Response:
        """Whoever signed in is back: what was asked for is attested, and everything else forgotten."""
        try:
            trusts = await asyncio.to_thread(self._parts.identifying.trusts, answered.provider)
            sign_in = await asking(self._read, answered, trusts, facts)
            if sign_in.missing:
                claims = await self._parts.relying_party.user_info(answered)
                if claims is not None:
                    sign_in = with_user_info(sign_in, dict(claims), trusts, facts)
            declared = (await asyncio.to_thread(self._parts.identifying.law)).facts
            attested = await asyncio.to_thread(self._keep, wanted, sign_in, declared)
        except StoreUnavailable:
            raise
        except LicetError as error:
            raise self._refused(answered.provider, error) from None
        self._parts.tell("signed in", issuer=sign_in.issuer, facts=[each.fact for each in attested.attestations])
        return html(pages.kept_page(_kept(sign_in, attested, declared)))

    def _read(self, answered: Answered, trusts: tuple[Trust, ...], facts: tuple[str, ...]) -> SignIn:
        identifying, provider = self._parts.identifying, answered.provider
        return read_sign_in(
            answered.tokens.id_token,
            trusts,
            facts,
            identifying.keys,
            client_id=provider.client_id,
            nonce=answered.nonce,
            now=identifying.wall.now(),
        )

    def _keep(self, wanted: Wanted, sign_in: SignIn, declared: Mapping[str, Fact]) -> Attested:
        parts = self._parts
        now = parts.identifying.clock.now()
        if wanted.invitation is not None:
            check_lasting(wanted.invitation, now)
        return keep_sign_in(
            parts.store,
            parts.workers,
            declared,
            sign_in,
            subject=wanted.subject,
            secret=parts.secret,
            now=now,
            random_bytes=parts.random_bytes,
            stopwatch=parts.monotonic,
        )

    def _log_out(self, text: str) -> None:
        """Blocks. Raises `Problem`."""
        parts = self._parts
        try:
            token = parts.identifying.logout_token(text, parts.relying_party.providers)
        except (CredentialRefused, KeysUnavailable) as error:
            raise Problem(400, "logout_refused", str(error)) from None
        done = log_out(
            parts.store,
            parts.workers,
            token,
            digest=digest_of(text),
            secret=parts.secret,
            now=parts.identifying.clock.now(),
            stopwatch=parts.monotonic,
        )
        parts.tell("logged out", issuer=token.issuer, facts=list(done.withdrawn) if done is not None else [])

    def _open(self, text: str) -> Wanted:
        """What an address is for. Blocks. Raises `Problem`."""
        if not text:
            return Wanted("", None)
        try:
            now = self._parts.identifying.clock.now()
            return Wanted(text, open_invitation(self._parts.secret, text, now))
        except InvitationRefused as error:
            raise Problem(404, "invitation", str(error)) from None

    def _page(self, wanted: Wanted, issuer: str | None, session: str) -> str:
        """The page from which somebody goes to a provider. Blocks. Raises `Problem`."""
        parts = self._parts
        chosen = [parts.relying_party.provider(issuer)] if issuer else list(parts.relying_party.providers.values())
        declared = parts.identifying.law().facts
        offers, asked = [], set(wanted.facts or ())
        for provider in chosen:
            facts = offered(parts.identifying.trusts(provider), wanted.facts)
            asked |= set(facts)
            if facts:
                start = parts.tokens.make(session, _purpose(wanted, provider.issuer))
                address = f"{wanted.path}?{urlencode({PROVIDER: provider.issuer, START: start})}"
                offers.append(pages.Offer(provider.name, provider.issuer, facts, address))
        named = [declared[name] for name in sorted(asked) if name in declared]
        return pages.start_page(named, offers, wanted.invitation.until if wanted.invitation is not None else None)

    def _refused(self, provider: Provider, error: LicetError) -> Problem:
        """In words for whoever signed in, and to the log without them."""
        if isinstance(error, Problem):
            return error
        reason = error.reason.name.lower() if isinstance(error, CredentialRefused) else type(error).__name__
        self._parts.tell("sign-in refused", level="warning", issuer=provider.issuer, reason=reason)
        match error:
            case KeysUnavailable():
                return Problem(502, "provider_failed", str(error))
            case CredentialRefused():
                return Problem(403, "token_refused", str(error))
            case InvitationRefused():
                return Problem(404, "invitation", str(error))
            case AttestingRefused() | SignInRefused():
                return Problem(403, "sign_in_refused", str(error))
            case SubjectRefused():
                message = "what the provider says is not a value that this fact can have; tell the operator"
                return Problem(403, "sign_in_refused", message)
        raise error


def _purpose(wanted: Wanted, issuer: str) -> str:
    return f"sign-in\0{wanted.text}\0{issuer}"


def _kept(sign_in: SignIn, attested: Attested, declared: Mapping[str, Fact]) -> pages.Kept:
    return pages.Kept(
        attested.subject if attested.is_new else None,
        attested.attestations,
        attested.withdrawn,
        sign_in.missing,
        sign_in.thrown,
        bool(attested.announced.silences),
        {each.fact: declared[each.fact].meaning for each in attested.attestations if each.fact in declared},
    )


def _not_trusted() -> Problem:
    message = "this provider is not trusted for what is asked; choose another one, or ask the operator"
    return Problem(403, "sign_in_refused", message)
