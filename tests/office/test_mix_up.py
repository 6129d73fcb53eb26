"""Two providers, one of them dishonest: it is not handed the codes of the other (RFC 9700, section 4.4)."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.office.test_provider_client import Server, json_answer

from licet.office.application import Manner
from licet.office.application import office as asgi_office
from licet.office.rate import Rate
from licet.office.sign_in.metadata import Provider
from licet.office.sign_in.provider_client import ProviderClient
from licet.office.sign_in.relying_party import Answered, RelyingParty

US = "http://127.0.0.1:7"


@asynccontextmanager
async def provider() -> AsyncIterator[Server]:
    """A provider that does not say who answers (RFC 9207)."""
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    tree = {"issuer": made.url, "authorization_endpoint": f"{made.url}/auth", "token_endpoint": f"{made.url}/token"}
    made.answer = lambda path: json_answer(tree if "well-known" in path else {"id_token": "t"})
    yield made
    listening.close()
    await listening.wait_closed()


def tell(_event: str, /, **_fields: object) -> None:
    """Nobody listens."""


async def completed(_request: Request, _answered: Answered) -> Response:
    return PlainTextResponse("signed in")


async def test_a_provider_never_gets_the_code_of_another_one() -> None:
    async with provider() as honest, provider() as thief, httpx.AsyncClient(trust_env=False) as http:
        party = RelyingParty(
            [Provider(honest.url, "us"), Provider(thief.url, "us")],
            ProviderClient(http, time.monotonic),
            public_url=US,
            random_bytes=os.urandom,
            monotonic=time.monotonic,
            tell=tell,
        )

        async def begin(request: Request) -> Response:
            return await party.begin(request.query_params["at"], completed)

        app = asgi_office([Route("/begin", begin), *party.routes()], Manner(US, Rate(99, 99, time.monotonic), tell))

        async def begun(browser: httpx.AsyncClient, at: Server) -> tuple[str, str]:
            away = (await browser.get("/begin", params={"at": at.url})).headers["location"]
            said = parse_qs(urlsplit(away).query)
            return said["redirect_uri"][0], said["state"][0]

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=US) as browser:
            theirs, _ = await begun(browser, honest)
            own, state = await begun(browser, thief)
            back = await browser.get(theirs, params={"code": "of the honest one", "state": state})
            assert (back.status_code, back.json()["code"]) == (400, "no_sign_in")
            assert not any(form for _, path, _, form in thief.asked if path == "/token")
            own, state = await begun(browser, thief)
            assert (await browser.get(own, params={"code": "its own", "state": state})).text == "signed in"
        assert [form["redirect_uri"] for _, path, _, form in thief.asked if path == "/token"] == [own]
