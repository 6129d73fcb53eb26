"""A refusal at a real gate, a wallet at a real office, and the same request served: over real sockets and processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.gate.conftest import UpstreamServer, World
from tests.office.verifying import NAME, NUMBER, PERSON, Browser, trust
from tests.ports import free_port

from licet.app.demo.issuer import Issuer
from licet.app.demo.wallet import Wallet

CHAT = "/v1/chat/completions"
BODY = {"model": "locked", "messages": []}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer(lambda: datetime.now(UTC)) as made:
        yield made


@pytest.fixture
def world(tmp_path: Path, upstream: UpstreamServer, issuer: Issuer) -> Iterator[World]:
    port = free_port()
    settings = f"office: {{listen: '127.0.0.1:{port}', status_seconds: 1, rate: {{per_second: 500, burst: 500}}}}\n"
    made = World(tmp_path, upstream, 2, settings)
    made.enact(made.model("locked", "json") + made.order("test-order", "locked", "not us_citizen"))
    made.enact(trust("people", issuer.url, PERSON, us_citizen="us_citizen"))
    made.start()
    yield made
    made.close()


@pytest.fixture
def upstream() -> UpstreamServer:
    server = UpstreamServer()
    server.start()
    return server


def refusal(world: World, key: str) -> dict[str, Any]:
    """What the gate says of a refusal."""
    status, _, answer = world.post(CHAT, BODY, key)
    assert status == 451, answer
    found: dict[str, Any] = json.loads(answer)["error"]["licet"]
    return found


def test_refused_shown_served_and_revoked(world: World, issuer: Issuer) -> None:
    key = world.key("caller-4711")
    wallet = Wallet(lambda: datetime.now(UTC))
    papers = {"us_citizen": True, "family_name": NAME, "document_number": NUMBER}
    credential = wallet.receive(lambda jwk: issuer.issue(PERSON, jwk, papers))

    told = refusal(world, key)
    assert told["unknown"] == told["verifiable"] == ["us_citizen"]
    office, path = told["verify"].split("/verify/")
    world.wait_for(lambda: answers(office))
    browser = Browser(office).go(f"/verify/{path}")
    assert browser.status == 200 and "caller-4711" not in browser.page
    browser.send("wallet")
    redirect = wallet.answer(browser.link).redirect
    assert redirect is not None
    assert refusal(world, key)["unknown"] == ["us_citizen"], "nothing counts before the browser came back"
    browser.go(redirect)
    assert "This is now known of you" in browser.text
    for _ in range(6):
        assert world.post(CHAT, BODY, key)[0] == 200, "every worker decides anew at once"

    issuer.revoke(credential)
    world.wait_for(lambda: world.post(CHAT, BODY, key)[0] == 451, 10)

    world.stop()
    thumbprints = [value for value in (NAME, NUMBER, credential.split("~")[0].split(".")[2]) if kept(world, value)]
    assert thumbprints == []


def answers(office: str) -> bool:
    """Whether the office is there."""
    try:
        return Browser(office).go("/healthz").status == 200
    except OSError:
        return False
    except Exception as error:
        return not type(error).__module__.startswith("httpx")


def kept(world: World, text: str) -> bool:
    """Whether a text is in any file that the installation wrote."""
    files = [each for each in world.home.rglob("*") if each.is_file()]
    assert len(files) > 5
    return any(text.encode() in each.read_bytes() for each in files)
