"""A draft beside the rulebook: it counts what `decide` says of the draft, and nothing of it reaches anybody."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from licet.core.change import change, exchanged
from licet.core.decision import Request, decide
from licet.services.rulebooks import Proposal, propose
from licet.services.shadow import LEASE_SECONDS, Seen, Shadow, ShadowRefused, Tally, draft_bytes, first_difference
from licet.services.subjects import facts_at
from licet.wire.documents import DocumentsRejectedError, SourceFile

World = Any
MakeWorld = Callable[..., World]
NEVER = datetime.min.replace(tzinfo=UTC)
LICET = (sys.executable, "-c", "from licet.app.main import main; main()")
CHAT = "/v1/chat/completions"
NAMES = (f"{number:016x}" for number in range(1, 1 << 20))
PEOPLE: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {"citizen": {"us_citizen": True}, "resident": {"us_citizen": False, "lpr": True}, "nobody": {}}
)


def drafted(world: World, text: str) -> Proposal:
    return propose(world.store, [SourceFile("draft.yaml", text.encode(), lambda _: None)])


def shadow(world: World, text: str, *, title: str = "order draft", at: datetime | None = None) -> Shadow:
    run = Shadow(world.workers, lambda: drafted(world, text), next(NAMES), title, "officer", at, time.monotonic)
    run.begin()
    world.wait_for(lambda: run.ask() and run.is_complete)
    return run


def told(world: World) -> list[Any]:
    return [status["shadow"] for status in world.workers.status(timeout=2)]


@pytest.fixture
def lawful(make_world: MakeWorld) -> World:
    """Two workers, three people; `m` falls back to `other`."""
    world = make_world(workers=2)
    world.enact(
        world.model("m", "json", "fallback: [other]") + world.model("other", "json") + world.model("s", "stream-200")
    )
    world.start()
    world.keys = {name: world.key(name, **facts) for name, facts in PEOPLE.items()}
    return world


DRAFT = ("draft", "m", "not us_citizen and not lpr")


def expected(world: World, text: str, asked: Counter[tuple[str, str]]) -> dict[Seen, int]:
    """The rows that the reference interpreter gives for so many requests of each subject for each model."""
    proposal, now = drafted(world, text), datetime.now(UTC)
    found: Counter[Seen] = Counter()
    for (subject, model), count in asked.items():
        record = world.store.subject(subject)
        before, after = (
            decide(book, Request({**facts_at(record, book.facts, (), {}, now), "stream": False}, model, "use", now))
            for book in (proposal.before, proposal.rulebook)
        )
        different = exchanged(proposal.before, proposal.rulebook, before, after)
        row = change(before, after, different, proposal.rulebook)
        if row.was != row.becomes:
            found[Seen(row.model, row.was, row.becomes, row.effect, row.by, row.unknown, 0)] += count
    return dict(found)


def rows(tally: Tally) -> dict[Seen, int]:
    return {msgspec.structs.replace(row, requests=0): row.requests for row in tally.rows}


def test_the_counts_are_what_decide_says_of_the_draft_and_nothing_is_enforced(lawful: World) -> None:
    world, text = lawful, lawful.order(*DRAFT)
    run = shadow(world, text)
    asked: Counter[tuple[str, str]] = Counter()
    for number in range(60):
        name, model = list(PEOPLE)[number % 3], ("m", "other")[number % 4 == 0]
        assert world.post(CHAT, {"model": model}, world.keys[name])[0] == 200
        asked[name, model] += 1
    tally = run.ask()
    assert rows(tally) == expected(world, text, asked) and tally.rows
    assert tally.compared == 60 and tally.changed == sum(row.requests for row in tally.rows) == 15
    assert (tally.callers, tally.callers_changed, tally.uncounted) == (3, 1, 0)
    assert tally.workers == ("w1", "w2"), "two workers add up"
    assert {each["state"] for each in told(world)} == {"running"}
    assert run.end() is not None
    assert told(world) == [None, None]
    assert not list((world.state / "workers").glob("*.draft"))
    decisions, _ = world.journal()
    assert {each.outcome for each in decisions} == {"serve"} and {each.epoch for each in decisions} == {1}


def test_journal_and_answers_are_the_same_with_and_without(lawful: World) -> None:
    world = lawful
    requests = [
        ({"model": "m"}, "citizen"),
        ({"model": "m"}, "nobody"),
        ({"model": "m", "stream": True}, "nobody"),
        ({"model": "what-else"}, "nobody"),
        ({"model": "other"}, "resident"),
    ]

    def answers() -> list[Any]:
        found = []
        for body, name in requests:
            status, headers, content = world.post(CHAT, body, world.keys[name])
            kept = {key: value for key, value in headers.items() if key not in ("licet-decision", "date", "link")}
            found.append((status, kept, content.replace(headers["licet-decision"].encode(), b"")))
        return found

    def records(since: int) -> list[Any]:
        decisions = sorted(world.journal()[0], key=lambda each: each.at)[since:]
        return [msgspec.structs.replace(each, id="", at=NEVER) for each in decisions]

    without = answers()
    world.wait_for(lambda: len(world.journal()[0]) == len(requests))
    run = shadow(world, world.order(*DRAFT) + world.model("what", "json", "aliases: [what-else]"))
    within = answers()
    world.wait_for(lambda: len(world.journal()[0]) == 2 * len(requests))
    assert within == without
    assert msgspec.json.encode(records(len(requests))) == msgspec.json.encode(records(0)[: len(requests)])
    tally = run.end()
    assert tally is not None and tally.changed == 3
    assert ("what", None, "what") in {(row.model, row.was, row.becomes) for row in tally.rows}


async def test_open_answers_that_the_draft_would_end_are_counted_and_run_on(lawful: World) -> None:
    world = lawful
    run = await asyncio.to_thread(shadow, world, world.order("draft", "s", "not us_citizen"))

    def stream(name: str) -> bytes:
        return bytes(world.post(CHAT, {"model": "s", "stream": True}, world.keys[name])[2])

    tasks = [asyncio.create_task(asyncio.to_thread(stream, name)) for name in ("citizen", "resident", "nobody")]
    await asyncio.to_thread(world.wait_for, lambda: run.ask().open == 3)
    tally = await asyncio.to_thread(run.ask)
    assert (tally.open, tally.cut, tally.streams) == (3, 2, 2)
    await asyncio.to_thread(run.end)
    for body in await asyncio.gather(*tasks):
        assert body.endswith(b"data: [DONE]\n\n")


def test_a_draft_that_takes_effect_later_is_judged_as_of_then(lawful: World) -> None:
    world, later = lawful, datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    text = world.order(*DRAFT, since=later.isoformat())
    proposal = drafted(world, text)
    at = first_difference(proposal.before, proposal.rulebook, datetime.now(UTC))
    assert at == later
    run = shadow(world, text, at=at)
    world.post(CHAT, {"model": "m"}, world.keys["nobody"])
    world.post(CHAT, {"model": "m"}, world.keys["citizen"])
    tally = run.end()
    assert tally is not None and (tally.compared, tally.changed) == (2, 1)


def test_a_second_shadow_is_refused_and_told_of_the_first(lawful: World) -> None:
    run = shadow(lawful, lawful.order(*DRAFT), title="order first")
    with pytest.raises(ShadowRefused, match="a shadow of order first by officer runs already"):
        shadow(lawful, lawful.order("second", "m", "lpr"))
    assert run.ask() and run.is_complete, "the first runs on"
    run.end()


def test_a_shadow_that_nobody_asks_about_drops_by_itself(lawful: World) -> None:
    shadow(lawful, lawful.order(*DRAFT))
    start = time.monotonic()
    lawful.wait_for(lambda: told(lawful) == [None, None], LEASE_SECONDS + 5)
    assert time.monotonic() - start > LEASE_SECONDS - 2
    assert not list((lawful.state / "workers").glob("*.draft")), "what was handed over is removed, too"
    run = shadow(lawful, lawful.order(*DRAFT))
    assert run.end() is not None


def test_a_new_rulebook_meanwhile_rebases_the_shadow(lawful: World) -> None:
    world = lawful
    run = shadow(world, world.order(*DRAFT))
    world.post(CHAT, {"model": "m"}, world.keys["nobody"])
    assert run.ask().changed == 1
    world.enact(world.order("real", "m", "lpr"))
    world.wait_for(lambda: run.ask().rebased == 1 and run.is_complete)
    for name in PEOPLE:
        world.post(CHAT, {"model": "m"}, world.keys[name])
    tally = run.ask()
    assert (tally.compared, tally.changed, tally.epoch) == (4, 1, 2), "`nobody` is refused `m` by both now"
    world.enact(world.order(*DRAFT))
    with pytest.raises(ShadowRefused, match="the draft was enacted meanwhile"):
        world.wait_for(lambda: run.ask() is None)
    assert told(world) == [None, None]


def test_a_draft_longer_than_a_request_gets_there(lawful: World) -> None:
    many = "".join(lawful.order(f"o{number}", "m", "not us_citizen", f"reasons: {'x' * 400}") for number in range(200))
    assert len(draft_bytes(drafted(lawful, many))) > 100_000
    run = shadow(lawful, many)
    lawful.post(CHAT, {"model": "m"}, lawful.keys["resident"])
    tally = run.end()
    assert tally is not None and len(tally.rows[0].by) == 200


def test_a_malformed_draft_reaches_no_gate(lawful: World) -> None:
    with pytest.raises(DocumentsRejectedError, match=r"draft.yaml:7:10: unknown fact `nonsense`"):
        shadow(lawful, lawful.order("draft", "m", "nonsense"))
    assert told(lawful) == [None, None]


def asked_of(run: Shadow, **other: object) -> dict[str, object]:
    return {**msgspec.to_builtins(run._asked), **other}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"digest": "0" * 64}, "does not have the digest"),
        ({"rulebook": "sha256:0"}, "is another one here"),
        ({"base": "sha256:0"}, "lies on top of another rulebook"),
    ],
)
def test_what_is_not_what_was_announced_is_not_evaluated(lawful: World, other: dict[str, Any], why: str) -> None:
    run = shadow(lawful, lawful.order(*DRAFT))
    request = asked_of(run, **other)
    lawful.workers.shadow("start", request, timeout=5)
    with pytest.raises(ShadowRefused, match=why):
        lawful.wait_for(lambda: run.ask() is None)
    assert lawful.post(CHAT, {"model": "m"}, lawful.keys["nobody"])[0] == 200


def test_requests_that_are_none_are_refused(lawful: World) -> None:
    for act, request in (("start", {}), ("start", {"id": "../../etc"}), ("dance", {"id": "1" * 16})):
        for answer in lawful.workers.shadow(act, request, timeout=5):
            assert getattr(answer, "why", "") or answer["state"] == "none"
    assert told(lawful) == [None, None]


def test_a_worker_that_comes_later_takes_part(lawful: World) -> None:
    """A worker that died and was started again has no shadow, and is given it."""
    run = shadow(lawful, lawful.order(*DRAFT))
    lawful.post(CHAT, {"model": "m"}, lawful.keys["nobody"])
    before = run.ask().compared
    lawful.stop()
    lawful.start()
    lawful.wait_for(lambda: run.ask() and run.is_complete)
    lawful.post(CHAT, {"model": "m"}, lawful.keys["nobody"])
    assert run.ask().compared == before + 1
    run.end()


def command(world: World, *arguments: str) -> subprocess.Popen[bytes]:
    whole = [*LICET, "--config", str(world.home / "licet.yaml"), "shadow", str(world.home / "draft.yaml"), *arguments]
    return subprocess.Popen(whole, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_the_command_and_ctrl_c_and_a_second_one(lawful: World) -> None:
    (lawful.home / "draft.yaml").write_text(lawful.order(*DRAFT))
    process = command(lawful, "--for", "60s", "--json")
    lawful.wait_for(lambda: [each["state"] for each in told(lawful) if each] == ["running"] * 2)
    for name in PEOPLE:
        lawful.post(CHAT, {"model": "m"}, lawful.keys[name])
    second = command(lawful)
    out, err = second.communicate(timeout=20)
    assert (second.returncode, out) == (4, b"") and b"w1, w2: a shadow of order draft by" in err
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    tree = json.loads(out)
    assert (tree["compared"], tree["changed"], tree["callers"]) == (3, 1, 3)
    assert tree["changes"] == [
        {
            "model": "m",
            "was": "m",
            "becomes": "other",
            "effect": "loses",
            "by": ["draft"],
            "unknown": ["lpr", "us_citizen"],
            "requests": 1,
        }
    ]
    plain = command(lawful, "--for", "1s")
    out, _ = plain.communicate(timeout=20)
    assert plain.returncode == 0 and out.startswith(b"shadow of order draft: nothing of it is enforced\n")
    assert out.count(b"shadow of") == 1, "in a pipe, once"
    assert told(lawful) == [None, None]


def test_on_a_scenario_s_clock(make_world: MakeWorld) -> None:
    """The draft takes effect when that clock says so."""
    world = make_world(settings="clock: scenario\n")
    world.enact(world.model("m", "json"))
    world.start()
    start = datetime(2026, 6, 12, tzinfo=UTC)
    world.workers.set_clock(start, timeout=5)
    key = world.key("jean")
    run = shadow(world, world.order("draft", "m", "true", since=(start + timedelta(hours=1)).isoformat()))
    assert world.post(CHAT, {"model": "m"}, key)[0] == 200
    assert (run.ask().compared, run.ask().changed) == (1, 0)
    world.workers.set_clock(start + timedelta(hours=1), timeout=5)
    assert world.post(CHAT, {"model": "m"}, key)[0] == 200
    assert (run.ask().compared, run.ask().changed) == (2, 1)
    run.end()
