"""Ways around by who asks: an agent for somebody who is refused, by every endpoint, alias, list and nested model."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from tests.gate.conftest import UpstreamServer, World
from tests.gate.tokens import Issuer

from licet.services import keys

CHAT, MESSAGES, RESPONSES = "/v1/chat/completions", "/v1/messages", "/v1/responses"
SETTINGS = "public_url: https://gate.test\ncircumstances: {country: iptocc, trusted_proxies: [127.0.0.0/8]}\n"
GERMAN, AMERICAN = "85.214.132.117", "8.8.8.8"


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, upstream: UpstreamServer, issuer: Issuer) -> Iterator[World]:
    """A gate for those tests that enact nothing."""
    made = World(tmp_path_factory.mktemp("gate"), upstream, 1, SETTINGS)
    yield begun(made, issuer)
    made.close()


def begun(made: World, issuer: Issuer) -> World:
    """`open` is for everybody, `locked` for US citizens; what asks for `chain` gets `locked` or nothing."""
    made.enact(
        issuer.trust()
        + made.model("open", "open")
        + made.model("locked", "locked", "aliases: [alias-of-locked]")
        + made.model("chain", "chain", "fallback: [locked]")
        + made.order("o-locked", "locked", "not us_citizen")
        + made.order("o-chain", "chain", "True")
    )
    made.start()
    return made


def acting(world: World, agent: str, person: str) -> str:
    """A key of an agent that acts for somebody."""
    now, pepper = datetime.now(UTC), world.pepper
    made = keys.create(
        world.store, agent, acts_for=person, actor="t", now=now, pepper=pepper, random_bytes=secrets.token_bytes
    )
    world.workers.push(timeout=5)
    return made[1]


def asked(world: World, key: str) -> list[int]:
    """Every way to ask for the model; the statuses."""
    tools = [{"type": "advisor", "model": "locked"}]
    bodies: list[tuple[str, dict[str, object]]] = [
        (CHAT, {"model": "locked", "messages": []}),
        (CHAT, {"model": "alias-of-locked", "messages": []}),
        (CHAT, {"model": "locked", "messages": [], "stream": True}),
        (CHAT, {"model": "chain", "messages": []}),
        (CHAT, {"model": "open", "messages": [], "tools": tools}),
        (MESSAGES, {"model": "locked", "messages": [], "max_tokens": 5}),
        (RESPONSES, {"model": "locked", "input": "x"}),
        (RESPONSES, {"model": "open", "input": "x", "tools": tools}),
    ]
    return [world.post(path, body, key)[0] for path, body in bodies]


def listed(world: World, key: str, **headers: str) -> set[str]:
    return {each["id"] for each in json.loads(world.get("/v1/models", key, **headers)[2])["data"]}


@pytest.mark.parametrize(("agent", "person"), [(True, False), (False, True), (True, None), (None, True)])
def test_two_get_nothing_that_one_of_them_is_refused(
    world: World, issuer: Issuer, agent: bool | None, person: bool | None
) -> None:
    one, other = f"agent-{agent}-{person}", f"person-{agent}-{person}"
    before = len(world.upstream.seen)
    for name, citizen in {one: agent, other: person}.items():
        world.key(name)
        if citizen is not None:
            world.attest(name, us_citizen=citizen)
    key = acting(world, one, other)
    assert asked(world, key) == [451] * 8
    assert listed(world, key) == {"open"}
    assert world.get("/v1/models/locked", key)[0] == world.get("/v1/models/chain", key)[0] == 404
    turned = acting(world, other if person else one, one if person else other)
    assert asked(world, turned) == [451] * 8, "the other way round, too"
    assert len(world.upstream.seen) == before, "nothing reached the upstream"


def test_a_token_of_an_agent_gets_nothing_that_its_person_is_refused(world: World, issuer: Issuer) -> None:
    agent = issuer.token(sub="the-agent", client_id="the-agent")
    assert set(asked(world, agent)) == {200}, "alone it may"
    before = len(world.upstream.seen)
    both = issuer.token(sub="somebody", us_citizen=False, act={"sub": "the-agent"})
    assert asked(world, both) == [451] * 8
    assert listed(world, both) == {"open"}
    narrowed = issuer.token(sub="the-agent", client_id="the-agent", scope="model:open")
    assert not {200} & set(asked(world, narrowed))
    assert len(world.upstream.seen) == before


def test_a_country_that_is_claimed_opens_nothing(make_world: Callable[..., World], issuer: Issuer) -> None:
    world = begun(make_world(settings=SETTINGS), issuer)
    world.enact(world.order("o-home", "open", "not (ip_country == 'DE')"))
    world.workers.push(timeout=5)
    key, before = world.key("somebody", us_citizen=True), len(world.upstream.seen)
    assert "open" in listed(world, key, x_forwarded_for=GERMAN)
    for headers in (
        {},
        {"x_forwarded_for": AMERICAN},
        {"x_forwarded_for": f"{GERMAN}, {AMERICAN}"},
        {"x_forwarded_for": "DE"},
        {"x_forwarded_for": GERMAN, "forwarded": f"for={GERMAN}"},
        {"x_real_ip": GERMAN},
        {"cf_ipcountry": "DE"},
    ):
        assert world.post(CHAT, {"model": "open", "messages": []}, key, **headers)[0] == 451, headers
        assert "open" not in listed(world, key, **headers), headers
    assert len(world.upstream.seen) == before
