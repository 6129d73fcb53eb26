"""What the office takes of an identity provider's answers: those of one that is in order, and of no other."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from licet.office.sign_in.metadata import (
    ClientAuthentication,
    Metadata,
    Provider,
    ProviderRefused,
    metadata,
)
from licet.office.sign_in.provider_client import LARGEST, ProviderClient, Tokens

ISSUER = "https://idp.test"
PROVIDER = Provider(ISSUER, "licet office", "a secret:+%")
TREE: dict[str, object] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}


def test_metadata_without_more_mean_their_defaults() -> None:
    found = metadata(PROVIDER, TREE)
    assert found == Metadata(
        ISSUER, f"{ISSUER}/auth", f"{ISSUER}/token", None, None, False, False, ClientAuthentication.BASIC
    )
    assert metadata(Provider(ISSUER, "c"), TREE).authentication is ClientAuthentication.NONE
    post = TREE | {"token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"]}
    assert metadata(PROVIDER, post).authentication is ClientAuthentication.POST


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"issuer": f"{ISSUER}/"}, "another issuer"),
        ({"issuer": None}, "another issuer"),
        ({"authorization_endpoint": None}, "no `authorization_endpoint`"),
        ({"token_endpoint": None}, "no `token_endpoint`"),
        ({"token_endpoint": "http://idp.test/token"}, "no https address"),
        ({"token_endpoint": "http://127.0.0.1/token"}, "no https address"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "no https address"),
        ({"authorization_endpoint": "https://user@idp.test/auth"}, "no https address"),
        ({"userinfo_endpoint": 7}, "no https address"),
        ({"response_types_supported": ["id_token"]}, "does not give codes"),
        ({"response_types_supported": "code"}, "is no list"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "in no way"),
        ({"require_pushed_authorization_requests": True}, "does not say where"),
    ],
    ids=str,
)
def test_metadata_that_are_not_in_order(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ProviderRefused, match=words):
        metadata(PROVIDER, TREE | changes)


Asked = tuple[str, str, dict[str, str], dict[str, str]]


class Server:
    """A provider on loopback that answers as a test says; it keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[str], bytes] = lambda _: json_answer({})
        self.url = ""
        self.pause = 0.0

    def parts(self, answer: bytes) -> list[bytes]:
        """What is written at once: all, or a byte after the other."""
        return [answer[at : at + 1] for at in range(len(answer))] if self.pause else [answer]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, path, _ = head[0].split()
        self.asked.append((method, path, headers, dict(parse_qsl(body.decode()))))
        for part in self.parts(self.answer(path)):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(self.pause)
        writer.close()


def raw(content: bytes, status: int = 200, kind: str = "application/json", *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(content)}", *more, "", ""]
    return "\r\n".join(lines).encode() + content


def json_answer(tree: Any, status: int = 200) -> bytes:
    return raw(json.dumps(tree).encode(), status)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield made
    listening.close()
    await listening.wait_closed()


@pytest.fixture
async def client() -> AsyncIterator[ProviderClient]:
    async with httpx.AsyncClient(trust_env=False) as http:
        yield ProviderClient(http, lambda: 0.0)


def about(server: Server, **changes: Any) -> Metadata:
    said: dict[str, Any] = {
        "issuer": server.url,
        "authorization": f"{server.url}/auth",
        "token": f"{server.url}/token",
        "user_info": f"{server.url}/me",
        "pushing": f"{server.url}/push",
        "says_issuer": True,
        "takes_claims": False,
        "authentication": ClientAuthentication.BASIC,
    }
    return Metadata(**said | changes)


async def exchange(server: Server, client: ProviderClient, provider: Provider = PROVIDER, **changes: Any) -> Tokens:
    return await client.exchange(provider, about(server, **changes), code="c", verifier="v", redirect_uri="r")


async def test_a_code_is_exchanged_with_its_verifier_and_the_clients_secret(
    server: Server, client: ProviderClient
) -> None:
    server.answer = lambda _: json_answer({"id_token": "i", "access_token": "a", "token_type": "Bearer"})
    found = await exchange(server, client)
    assert (found.id_token, found.access_token, repr(found)) == ("i", "a", "Tokens(...)")
    method, path, headers, form = server.asked[0]
    assert (method, path) == ("POST", "/token")
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")) == b"licet%20office:a%20secret%3A%2B%25"
    assert (form["grant_type"], form["code"], form["code_verifier"]) == ("authorization_code", "c", "v")
    assert "client_secret" not in form
    await exchange(server, client, authentication=ClientAuthentication.POST)
    assert server.asked[1][3]["client_secret"] == PROVIDER.secret
    assert "authorization" not in server.asked[1][2]
    await exchange(server, client, Provider(ISSUER, "c"), authentication=ClientAuthentication.NONE)
    assert server.asked[2][3]["client_id"] == "c"
    assert "client_secret" not in server.asked[2][3]
    assert PROVIDER.secret not in repr(PROVIDER)


async def test_an_access_token_that_is_no_bearer_is_not_used(server: Server, client: ProviderClient) -> None:
    for tree in ({"token_type": "DPoP", "access_token": "a"}, {"token_type": "bearer", "access_token": "a\nb"}, {}):
        server.answer = lambda _, tree=tree: json_answer({"id_token": "i", **tree})  # type: ignore[misc]
        assert (await exchange(server, client)).access_token is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (json_answer({"error": "invalid_grant", "error_description": "of Liddell"}, 400), "`invalid_grant`"),
        (json_answer({"error": "Liddell did it"}, 400), "status 400"),
        (json_answer({}), "status 200"),
        (json_answer({"id_token": 7}), "status 200"),
        (json_answer({"id_token": "x" * 20_000}), "status 200"),
        (json_answer([]), "no JSON"),
        (raw(b'{"id_token": "a", "id_token": "b"}'), "no JSON"),
        (raw(b"\xff"), "no JSON"),
        (raw(b"<p>Liddell", 500, "text/html"), "status 500"),
        (raw(b'{"id_token": "a"}', 200, "text/plain"), "status 200"),
        (raw(b'{"id_token": "a"}', 200, "application/json", "content-encoding: gzip"), "no JSON"),
        (raw(b"", 302, "application/json", "location: https://elsewhere.test/"), "no JSON"),
        (raw(b'{"a": "' + b"x" * LARGEST + b'"}'), "too long"),
        (b"no HTTP at all\r\n\r\n", "does not answer"),
        (b"", "does not answer"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_answers_that_are_not_taken(server: Server, client: ProviderClient, answer: bytes, words: str) -> None:
    server.answer = lambda _: answer
    with pytest.raises(ProviderRefused, match=words) as caught:
        await exchange(server, client)
    assert "Liddell" not in str(caught.value)
    assert len(server.asked) == 1, "no redirect is followed"


async def test_metadata_are_asked_for_once(server: Server, client: ProviderClient) -> None:
    provider = Provider(server.url, "c")
    tree = {name: str(value).replace(ISSUER, server.url) for name, value in TREE.items()}
    server.answer = lambda _: json_answer(tree)
    assert await client.metadata(provider) == await client.metadata(provider)
    assert [each[1] for each in server.asked] == ["/.well-known/openid-configuration"]
    server.answer = lambda _: json_answer(tree, 404)
    with pytest.raises(ProviderRefused, match="status 404"):
        await client.metadata(Provider(f"{server.url}/other", "c"))


async def test_a_pushed_request_has_a_name(server: Server, client: ProviderClient) -> None:
    server.answer = lambda _: json_answer({"request_uri": "urn:x", "expires_in": 60}, 201)
    assert await client.push(PROVIDER, about(server), {"state": "s"}) == "urn:x"
    assert server.asked[0][3]["state"] == "s"
    for tree, status in (({}, 201), ({"request_uri": 7}, 201), ({"request_uri": "urn:x"}, 400)):
        server.answer = lambda _, tree=tree, status=status: json_answer(tree, status)  # type: ignore[misc]
        with pytest.raises(ProviderRefused):
            await client.push(PROVIDER, about(server), {})


async def test_user_info_is_asked_with_the_access_token(server: Server, client: ProviderClient) -> None:
    server.answer = lambda _: json_answer({"sub": "x", "staff": True})
    assert await client.user_info(about(server), "token") == {"sub": "x", "staff": True}
    assert server.asked[0][2]["authorization"] == "Bearer token"
    server.answer = lambda _: json_answer({"error": "invalid_token"}, 401)
    with pytest.raises(ProviderRefused, match="status 401"):
        await client.user_info(about(server), "token")


async def test_an_answer_that_comes_a_byte_at_a_time_is_not_waited_for(server: Server) -> None:
    server.pause = 0.02
    server.answer = lambda _: json_answer({"sub": "x" * 40})
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(ProviderRefused, match="does not answer"):
            await ProviderClient(http, lambda: 0.0, 0.1).user_info(about(server, user_info=server.url), "token")
