"""What changes of identities does to a gate that runs: lists that lapse, new pseudonyms, erasures; open answers too."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.gate.conftest import World

from licet.adapters.pseudonym_keys import PseudonymKeys
from licet.app.world import HostWorld
from licet.cli.main import run
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.services.keys import pseudonym

CHAT = "/v1/chat/completions"
CARDS, LIST = "https://cards.test", "https://cards.test/statuses/1"
TRUST = f"""\
trust: cards
issued: 2026-01-01T00:00:00Z
from: 2026-01-01T00:00:00Z
attester: {CARDS}
carriers: [sd-jwt-vc]
types: [card]
algorithms: [ES256]
keys: {{url: "{CARDS}/jwks"}}
facts: {{lpr: {{claim: lpr}}}}
---
"""

MakeWorld = Callable[..., World]


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """Two workers and no office; both models are for permanent residents."""
    made = make_world(workers=2)
    made.enact(TRUST + made.model("locked", "json") + made.model("slow", "stream-200"))
    made.enact(made.order("only-lpr", "locked, slow", "not lpr"))
    made.start()
    return made


def shows_a_card(world: World, subject: str) -> str:
    """A subject with a key, of whom a credential with a status said that fact."""
    key = world.key(subject)
    said = Attestation(
        subject,
        "lpr",
        True,
        CARDS,
        "presentation",
        "low",
        datetime.now(UTC),
        None,
        "",
        Carrier.SD_JWT_VC,
        "sha256:00",
        StatusReference(LIST, 1),
    )
    world.store.attest([said], actor="office", at=datetime.now(UTC))
    return key


def confirm(world: World, seconds: float) -> datetime:
    """The list is read now, and counts for so many seconds."""
    now = datetime.now(UTC)
    until = now + timedelta(seconds=seconds)
    world.store.confirm_status(LIST, digest="sha256:00", until=until, actor="status lists", at=now)
    world.workers.push(timeout=5)
    return until


def ask(world: World, key: str, *, stream: bool = False) -> tuple[int, bytes]:
    body: dict[str, object] = {"model": "slow" if stream else "locked", "stream": stream, "messages": []}
    status, _, answer = world.post(CHAT, body, key)
    return status, answer


def test_a_list_that_nobody_reads_any_more_ends_its_facts_by_itself(world: World) -> None:
    """No office runs: the gate knows the instant beforehand, and an answer that is open then ends at it."""
    key = shows_a_card(world, "ada")
    assert ask(world, key)[0] == 451, "never confirmed"
    until = confirm(world, 3)
    assert [ask(world, key)[0] for _ in range(6)] == [200] * 6
    found: list[tuple[int, bytes]] = []
    streaming = threading.Thread(target=lambda: found.append(ask(world, key, stream=True)), daemon=True)
    streaming.start()
    streaming.join(12)
    assert not streaming.is_alive()
    assert found[0][0] == 200
    assert b"no longer permitted to you" in found[0][1]
    world.wait_for(lambda: [each for each in world.journal()[1] if each.how == "cut"])
    (ended,) = [each for each in world.journal()[1] if each.how == "cut"]
    assert until <= ended.at < until + timedelta(seconds=5)
    assert [ask(world, key)[0] for _ in range(6)] == [451] * 6
    confirm(world, 60)
    assert [ask(world, key)[0] for _ in range(6)] == [200] * 6, "it counts again as soon as the list was read"


@pytest.fixture
def licet(world: World) -> Iterator[Callable[..., int]]:
    """Commands on the installation that the gate runs on."""

    def call(*arguments: str) -> int:
        return int(run(HostWorld(), ["--config", str(world.home / "licet.yaml"), *arguments]))

    yield call


def named(world: World, path: Path | None = None) -> list[str | None]:
    """What the journal called whoever asked."""
    return [each.subject for each in sorted(world.journal()[0], key=lambda each: each.at)]


def test_after_a_rotation_every_worker_names_anew_and_the_old_name_is_found(
    world: World, licet: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    key = world.key("ada", lpr=True)
    keys = PseudonymKeys(world.state, world.pepper)
    for _ in range(4):
        assert ask(world, key)[0] == 200
    assert licet("pseudonyms", "rotate", "--reason", "every year") == 0
    for _ in range(4):
        assert ask(world, key)[0] == 200
    old, new = (pseudonym(each, "ada") for each in keys.all().values())
    assert named(world) == [old] * 4 + [new] * 4
    capsys.readouterr()
    assert licet("journal", "show", "--subject", "ada", "-n", "100", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["records"]) == 8


def test_who_is_erased_is_out_at_once_in_the_middle_of_an_answer(world: World, licet: Callable[..., int]) -> None:
    key, other = world.key("ada", lpr=True), world.key("ben", lpr=True)
    found: dict[str, tuple[int, bytes]] = {}

    def streaming(name: str, with_key: str) -> threading.Thread:
        thread = threading.Thread(target=lambda: found.update({name: ask(world, with_key, stream=True)}), daemon=True)
        thread.start()
        return thread

    seen = len(world.upstream.seen)
    threads = [streaming("ada", key), streaming("ben", other)]
    world.wait_for(lambda: len(world.upstream.seen) >= seen + 2)
    assert licet("facts", "forget", "ada", "--reason", "asked for it") == 0
    threads[0].join(5)
    assert b"no longer valid" in found["ada"][1]
    assert threads[1].is_alive(), "nobody else is disturbed"
    assert [ask(world, key)[0] for _ in range(4)] == [401] * 4
    threads[1].join(15)
    assert b"[DONE]" in found["ben"][1]
    with closing(world.store):
        assert world.store.subject("ada") is None
