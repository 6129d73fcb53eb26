"""What an organisation pushes, on a gate that runs: whom it ends is out on every worker, in the middle of an answer."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.gate.conftest import World

from licet.services import keys
from licet.services.identity.organisations import clients, members
from licet.services.identity.organisations.member_words import Membership, Pushed
from licet.services.identity.ports import Client, Member
from licet.services.rulebooks import in_force

CHAT = "/v1/chat/completions"
TRUST = """\
trust: acme-members
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
attester: acme
carriers: [scim]
facts: {org: {claim: organization, only: [acme.example]}}
---
"""
WHOLE = Pushed("bjensen", "701984", True, {"organization": "acme.example"})


def active(yes: bool) -> Pushed:
    """A patch of that alone."""
    return Pushed(None, None, yes, {}, frozenset())


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """Two workers; `locked`, and `long`, whose answers take long, are for the members of an organisation."""
    made = make_world(workers=2)
    models = made.model("locked", "echo") + made.model("long", "stream-400")
    made.enact(TRUST + models + made.order("only-acme", "locked, long", "org != 'acme.example'"))
    made.start()
    return made


def pushing(world: World) -> tuple[Membership, Client]:
    client, _ = clients.create(
        world.store,
        "acme",
        actor="test",
        now=datetime.now(UTC),
        secret=world.pepper,
        random_bytes=secrets.token_bytes,
    )
    law = in_force(world.store)
    membership = Membership(
        world.store,
        world.workers,
        world.pepper,
        lambda: law,
        lambda: datetime.now(UTC),
        secrets.token_bytes,
        time.monotonic,
    )
    return membership, client


def key_of(world: World, member: Member) -> str:
    """A key of a member's subject."""
    _, text = keys.create(
        world.store,
        member.subject,
        actor="test",
        now=datetime.now(UTC),
        pepper=world.pepper,
        random_bytes=secrets.token_bytes,
    )
    world.workers.push(timeout=5)
    return text


def ask(world: World, key: str, *, stream: bool = False) -> tuple[int, bytes]:
    body: dict[str, object] = {"model": "long" if stream else "locked", "stream": stream, "messages": []}
    status, _, answer = world.post(CHAT, body, key)
    return status, answer


@pytest.mark.parametrize("how", ["not active", "deleted"])
def test_a_member_is_out_everywhere_before_the_push_is_answered(world: World, how: str) -> None:
    membership, client = pushing(world)
    member = members.add(membership, client, WHOLE)
    key = key_of(world, member)
    assert [ask(world, key)[0] for _ in range(8)] == [200] * 8
    answers: list[tuple[int, bytes]] = []
    seen = len(world.upstream.seen)
    streaming = threading.Thread(target=lambda: answers.append(ask(world, key, stream=True)), daemon=True)
    streaming.start()
    world.wait_for(lambda: len(world.upstream.seen) > seen)
    if how == "deleted":
        members.remove(membership, client, member.id, None)
    else:
        members.change(membership, client, member.id, active(False), None)
    assert all(ask(world, key)[0] in (401, 403, 451) for _ in range(8)), "on every worker"
    streaming.join(20)
    ((status, answer),) = answers
    assert status == 200
    assert b"[DONE]" not in answer, "it was cut in the middle"
    assert b"error" in answer
    if how == "not active":
        members.change(membership, client, member.id, active(True), None)
        assert [ask(world, key)[0] for _ in range(8)] == [200] * 8


def test_another_organisation_name_is_somebody_else_at_the_gate(world: World) -> None:
    membership, client = pushing(world)
    member = members.add(membership, client, WHOLE._replace(claims={"organization": "evil.example"}))
    status, answer = ask(world, key_of(world, member))
    assert status == 451
    assert "only-acme" in json.dumps(json.loads(answer))
