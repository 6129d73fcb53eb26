"""From a refusal at the gate to an answer: the caller signs in at work, and the same request is decided anew."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tests.gate.conftest import UpstreamServer, World
from tests.office.signing_in import CLIENT, SECRET_ENV, Browser
from tests.oidc_provider.running import NoProvider, OidcProvider, installed, office_client
from tests.ports import free_port

SECRET = "a-secret-of-a-test-that-is-long-enough-for-it"


@pytest.fixture(scope="module")
def upstream() -> UpstreamServer:
    server = UpstreamServer()
    server.start()
    return server


@pytest.fixture
def provider() -> Iterator[tuple[OidcProvider, str]]:
    """A provider, and the URL of the office that is its client."""
    url = f"http://127.0.0.1:{free_port()}"
    client = {**office_client(url, CLIENT), "client_secret": SECRET}
    try:
        made = OidcProvider(installed(), [client])
    except NoProvider as error:
        pytest.skip(f"the OpenID provider that sign-in is tested with is not here: {error}")
    made.set(accounts={"alice": {"staff": True, "name": "Alice Liddell"}}, login="alice")
    yield made, url
    made.stop()


@pytest.fixture
def world(
    tmp_path: Path, upstream: UpstreamServer, provider: tuple[OidcProvider, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A gate with an office, which `licet serve` runs; `secret` is for staff alone."""
    at, url = provider
    monkeypatch.setenv(SECRET_ENV, SECRET)
    known = f"{{issuer: '{at.issuer}', client_id: {CLIENT}, secret_env: {SECRET_ENV}}}"
    world = World(tmp_path, upstream, 1, f"office: {{listen: '{urlsplit(url).netloc}', providers: [{known}]}}\n")
    trust = (
        "trust: acme\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\n"
        f"attester: {at.issuer}\ncarriers: [oidc]\naudience: [{CLIENT}]\nalgorithms: [ES256]\n"
        "keys: {discovery: true}\nlasts: 1h\nfacts: {staff: {claim: staff}}\n---\n"
    )
    world.enact(trust + world.model("secret", "stream-400") + world.order("only-staff", "secret", "not staff"))
    world.start()
    yield world
    world.close()


def asked(world: World, key: str, *, stream: bool = False) -> tuple[int, bytes]:
    body = {"model": "secret", "stream": stream, "messages": [{"role": "user", "content": "hello"}]}
    status, _, answer = world.post("/v1/chat/completions", body, key)
    return status, answer


class Office:
    """Where the office of `licet serve` is."""

    def __init__(self, url: str) -> None:
        self.url = url


def test_who_was_refused_signs_in_and_is_served_until_the_provider_takes_it_back(
    world: World, provider: tuple[OidcProvider, str]
) -> None:
    at, url = provider
    key = world.key("somebody")
    status, answer = asked(world, key)
    assert status == 451
    verify = json.loads(answer)["error"]["licet"]["verify"]
    assert verify.startswith(f"{url}/verify/")
    browser = Browser(Office(url))
    world.wait_for(lambda: reached(browser, url))
    page = browser.sign_in(urlsplit(verify).path.replace("/verify/", "/sign-in/"))
    assert page.status_code == 200, page.text
    found: list[tuple[int, bytes]] = []
    streaming = threading.Thread(target=lambda: found.append(asked(world, key, stream=True)), daemon=True)
    seen = len(world.upstream.seen)
    streaming.start()
    world.wait_for(lambda: len(world.upstream.seen) > seen)
    time.sleep(0.2)
    assert found == [], "it is being answered"
    at.log_out(CLIENT, "alice")
    assert asked(world, key)[0] == 451, "every worker knows when the logout is answered"
    streaming.join(5)
    assert found[0][0] == 200
    assert b"no longer permitted to you" in found[0][1]
    browser.close()


def reached(browser: Browser, url: str) -> bool:
    """Whether the office answers."""
    try:
        return browser.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
