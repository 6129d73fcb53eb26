"""The relying party: somebody is sent to an identity provider and comes back with a code (OpenID Connect Core 1.0).

Code flow with PKCE (RFC 7636), `state`, `nonce`, the answer's issuer (RFC 9207) and, where it is offered, a pushed
request (RFC 9126). A sign-in is for the browser that began it, is used once, and ends after ten minutes.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licet.office.cookies import Cookies
from licet.office.problems import Problem
from licet.office.requests import read_query
from licet.office.security import origin
from licet.office.sessions import Sessions, unguessable
from licet.office.sign_in.metadata import S256, Metadata, Provider, ProviderRefused
from licet.office.sign_in.provider_client import LONGEST_CODE, ProviderClient, Tokens

CALLBACK = "/sign-in/callback"
COOKIE = "licet-sign-in"
VERIFIED = "verified_claims"
"""Asked for in another way (OpenID Identity Assurance 1.0, section 6), which each provider agrees with its clients."""

SECONDS = 600
"""How long a sign-in may take."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A sign-in that came back: what the provider gave, not yet read, and the nonce that its ID token must have."""

    provider: Provider
    about: Metadata
    tokens: Tokens = field(repr=False)
    nonce: str = field(repr=False)


Completed = Callable[[Request, Answered], Awaitable[Response]]
"""What to do with it; its answer is what the browser sees. May raise `Problem`."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in under way."""

    provider: Provider
    completed: Completed
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    path: str = CALLBACK


class RelyingParty:
    """The office as a client of its providers. Belongs to one event loop."""

    def __init__(
        self,
        providers: Sequence[Provider],
        client: ProviderClient,
        *,
        public_url: str,
        random_bytes: Callable[[int], bytes],
        monotonic: Callable[[], float],
        tell: Callable[..., None],
    ) -> None:
        self.providers: Mapping[str, Provider] = {each.issuer: each for each in providers}
        self._client = client
        self._public_url = public_url
        self._random_bytes = random_bytes
        self._tell = tell
        self._flows: Sessions[Flow] = Sessions(random_bytes, monotonic, seconds=SECONDS)
        self._cookies = Cookies(COOKIE, secure=origin(public_url).startswith("https:"), seconds=SECONDS)

    def routes(self) -> list[BaseRoute]:
        """Where whoever comes back from a provider arrives."""
        paths = (CALLBACK, CALLBACK + "/{provider}")
        return [Route(path, self.callback, methods=["GET"]) for path in paths]

    def path(self, about: Metadata) -> str:
        """Where whoever comes back from a provider arrives.

        Of several, one that does not name itself in its answers has an address of its own, so that none is handed the
        code of another one (RFC 9700, section 4.4.2).
        """
        if about.says_issuer or len(self.providers) < 2:
            return CALLBACK
        return f"{CALLBACK}/{sha256(about.issuer.encode()).hexdigest()[:16]}"

    def provider(self, issuer: str) -> Provider:
        """A provider by its issuer. Raises `Problem`."""
        found = self.providers.get(issuer)
        if found is None:
            raise Problem(404, "no_such_provider", "nobody signs in here at such a provider; choose one that is named")
        return found

    async def begin(self, issuer: str, completed: Completed, claims: Sequence[str] = ()) -> Response:
        """Send a browser to a provider; `completed` is called when it comes back with what it should.

        `claims` are paths of claims that are needed, asked for where the provider lets itself be asked. The caller
        makes sure that whoever sits at the browser wants this. Raises `Problem`.
        """
        provider = self.provider(issuer)
        state, nonce, verifier = (unguessable(self._random_bytes) for _ in range(3))
        try:
            about = await self._client.metadata(provider)
            request = self._request(provider, about, state, nonce, verifier, claims)
            if about.pushing is not None:
                pushed = await self._client.push(provider, about, request)
                request = {"client_id": provider.client_id, "request_uri": pushed}
        except ProviderRefused as error:
            raise self._failed(provider, error) from None
        response = RedirectResponse(_with(about.authorization, request), 303)
        self._cookies.set(
            response, self._flows.begin(Flow(provider, completed, state, nonce, verifier, self.path(about)))
        )
        return response

    async def callback(self, request: Request) -> Response:
        """Whoever comes back from a provider. Raises `Problem`."""
        answer = read_query(request)
        flow = self._flows.end(self._cookies.read(request))
        state = answer.get("state", "")
        if flow is None or not _same(flow.state, state) or request.scope["path"] != flow.path:
            message = "no sign-in of this browser is under way with this answer; begin again where you came from"
            raise Problem(400, "no_sign_in", message)
        try:
            about = await self._client.metadata(flow.provider)
            code = _code(answer, about)
            tokens = await self._client.exchange(
                flow.provider, about, code=code, verifier=flow.verifier, redirect_uri=f"{self._public_url}{flow.path}"
            )
        except ProviderRefused as error:
            raise self._failed(flow.provider, error) from None
        response = await flow.completed(request, Answered(flow.provider, about, tokens, flow.nonce))
        self._cookies.clear(response)
        return response

    async def user_info(self, answered: Answered) -> Mapping[str, object] | None:
        """What the provider says at its UserInfo endpoint; None: there is none, or no token for it.

        Raises `Problem`.
        """
        if answered.about.user_info is None or answered.tokens.access_token is None:
            return None
        try:
            return await self._client.user_info(answered.about, answered.tokens.access_token)
        except ProviderRefused as error:
            raise self._failed(answered.provider, error) from None

    def _request(
        self,
        provider: Provider,
        about: Metadata,
        state: str,
        nonce: str,
        verifier: str,
        claims: Sequence[str],
    ) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        request = {
            "client_id": provider.client_id,
            "response_type": "code",
            "redirect_uri": f"{self._public_url}{self.path(about)}",
            "scope": " ".join(provider.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": S256,
        }
        if claims and about.takes_claims:
            wanted = dict.fromkeys(sorted({each.partition(".")[0] for each in claims} - {VERIFIED}))
            request["claims"] = json.dumps({"id_token": wanted}, separators=(",", ":"))
        return request

    def _failed(self, provider: Provider, error: ProviderRefused) -> Problem:
        self._tell("sign-in failed", level="warning", issuer=provider.issuer, step=error.code)
        return Problem(502, "provider_failed", str(error))


def _code(answer: Mapping[str, str], about: Metadata) -> str:
    """The code of an answer that is this provider's. Raises `ProviderRefused`, and `Problem` where there is none."""
    said = answer.get("iss")
    if (about.says_issuer or said is not None) and said != about.issuer:
        raise ProviderRefused("issuer", "this answer is not from the provider that was asked (RFC 9207); begin again")
    if "error" in answer:
        message = "the provider did not sign you in, or you declined; begin again where you came from"
        raise Problem(403, "declined", message)
    code = answer.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE or not code.isascii() or not code.isprintable():
        raise Problem(400, "no_code", "the provider's answer has no code; begin again where you came from")
    return code


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _with(url: str, request: Mapping[str, str]) -> str:
    """An address with a request, which may have a query already (RFC 6749, section 3.1)."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(request)}"
