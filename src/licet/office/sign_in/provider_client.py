"""Asking an identity provider: its metadata, pushed requests, codes for tokens, UserInfo. Bounded, over TLS, strict."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote

import httpx

from licet.office.sign_in.metadata import ClientAuthentication, Metadata, Provider, ProviderRefused, metadata
from licet.wire.strict_json import StrictJsonError, decode, members

DISCOVERY = "/.well-known/openid-configuration"

FRESH_SECONDS = 3_600.0
"""How long metadata are believed before they are read again."""

LARGEST = 262_144
"""Bytes of one answer."""

SECONDS = 10.0
"""How long a provider may take for one answer, from the connection to its last byte."""

LONGEST_CODE = 4_096
LONGEST_TOKEN = 16_384
ERRORS = frozenset(
    (
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
    )
)
"""What a provider may answer that is worth telling (RFC 6749, section 5.2); other words may be anybody's."""


class Tokens(NamedTuple):
    """What a code was worth. Neither is ever written anywhere."""

    id_token: str
    access_token: str | None

    def __repr__(self) -> str:
        return "Tokens(...)"


class ProviderClient:
    """Asks providers. Belongs to one event loop; `monotonic` gives seconds."""

    def __init__(self, http: httpx.AsyncClient, monotonic: Callable[[], float], seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._http = http
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, Metadata]] = {}

    async def metadata(self, provider: Provider) -> Metadata:
        """The provider's metadata, read again where they are old. Raises `ProviderRefused`."""
        until, found = self._kept.get(provider.issuer, (0.0, None))
        if found is None or until <= self._monotonic():
            url = provider.issuer.rstrip("/") + DISCOVERY
            status, tree = await self._ask("GET", url, {})
            if status != 200:
                raise _away(f"its metadata are answered with status {status}")
            found = metadata(provider, tree)
            self._kept[provider.issuer] = (self._monotonic() + FRESH_SECONDS, found)
        return found

    async def push(self, provider: Provider, about: Metadata, request: Mapping[str, str]) -> str:
        """Hand a request over beforehand (RFC 9126); the name under which it is there. Raises `ProviderRefused`."""
        assert about.pushing is not None
        status, tree = await self._ask("POST", about.pushing, *_authenticated(provider, about, request))
        name = tree.get("request_uri")
        if status not in (200, 201) or not isinstance(name, str) or not 0 < len(name) <= LONGEST_CODE:
            raise _refused("push", tree, status)
        return name

    async def exchange(
        self, provider: Provider, about: Metadata, *, code: str, verifier: str, redirect_uri: str
    ) -> Tokens:
        """The tokens for a code (OpenID Connect Core 1.0, section 3.1.3; RFC 7636). Raises `ProviderRefused`."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        status, tree = await self._ask("POST", about.token, *_authenticated(provider, about, form))
        id_token, access = tree.get("id_token"), tree.get("access_token")
        kind = tree.get("token_type")
        if status != 200 or not isinstance(id_token, str) or not 0 < len(id_token) <= LONGEST_TOKEN:
            raise _refused("exchange", tree, status)
        bearer = isinstance(kind, str) and kind.lower() == "bearer"
        usable = bearer and isinstance(access, str) and access.isascii() and access.isprintable()
        return Tokens(id_token, access if usable and isinstance(access, str) else None)

    async def user_info(self, about: Metadata, access_token: str) -> Mapping[str, object]:
        """What the provider says of whoever signed in, besides the ID token (section 5.3). Raises `ProviderRefused`."""
        assert about.user_info is not None
        status, tree = await self._ask("GET", about.user_info, {"authorization": f"Bearer {access_token}"})
        if status != 200:
            raise _refused("user info", tree, status)
        return tree

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, object]]:
        """The status and the JSON object of an answer. No redirect is followed."""
        asked = {"accept": "application/json", "accept-encoding": "identity", **headers}
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._http.stream(method, url, headers=asked, data=form, timeout=self._seconds) as answer,
            ):
                content = bytearray()
                async for part in answer.aiter_raw():
                    content += part
                    if len(content) > LARGEST:
                        raise _away("its answer is too long")
                kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        except (httpx.HTTPError, TimeoutError):
            raise _away("it does not answer") from None
        if kind != "application/json" or "content-encoding" in answer.headers:
            raise _away(f"it answers with status {answer.status_code} and what is no JSON")
        try:
            return answer.status_code, {each.key: each.value for each in members(decode(bytes(content)))}
        except StrictJsonError:
            raise _away("it answers with what is no JSON that every parser reads alike") from None


def _authenticated(
    provider: Provider, about: Metadata, form: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Headers and form of a request in which the client shows who it is (RFC 6749, section 2.3.1)."""
    named = {"client_id": provider.client_id}
    match about.authentication:
        case ClientAuthentication.BASIC:
            pair = f"{quote(provider.client_id, safe='')}:{quote(provider.secret or '', safe='')}"
            return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, {**form, **named}
        case ClientAuthentication.POST:
            return {}, {**form, **named, "client_secret": provider.secret or ""}
        case ClientAuthentication.NONE:
            return {}, {**form, **named}


def _away(why: str) -> ProviderRefused:
    return ProviderRefused("away", f"the provider cannot be asked now: {why}; try again, or choose another one")


def _refused(step: str, tree: Mapping[str, object], status: int) -> ProviderRefused:
    """In our words: what a provider writes besides its code may be about somebody."""
    code = tree.get("error")
    why = f"`{code}`" if isinstance(code, str) and code in ERRORS else f"status {status}"
    return ProviderRefused(step, f"the provider did not accept this sign-in ({why}); begin again")
