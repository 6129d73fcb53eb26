"""Releases that require evidence, on live traffic: refusals say why, and streams end when a requirement lapses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

World = Any
MakeWorld = Callable[..., World]
CHAT = "/v1/chat/completions"
DIGEST = "sha256:" + "0" * 64
THRESHOLD = f"""\
threshold: word@1
framework: an example
source: clause 1
capability: tells the word
metric: success
scale: [0, 1]
success_at: 1
lines: {{red: 0.2}}
suites: {{words: "{DIGEST}"}}
---
"""


def requiring(world: World, name: str, upstream: str, *more: str) -> str:
    """A model whose release requires that the word is not told, and that nothing above low is open."""
    text: str = world.model(name, upstream, *more)
    release, before = f"release: open-{name}\n", "to: true\n"
    head, _, tail = text.partition(release)
    return (
        head
        + release
        + tail.replace(before, f"{before}requires: [{{threshold: word@1}}, {{findings_at_most: low}}]\n", 1)
    )


def judged(kind: str, name: str, *more: str) -> str:
    at = "2026-01-03T00:00:00Z"
    lines = [f"{kind}: {name}", f"issued: {at}", f"from: {at}", f"assessed: {at}", "models: [m]"]
    return "\n".join([*lines, f'judgement: "{DIGEST}"', *more, "---", ""])


SPOKEN = judged("assessment", "spoken", "threshold: word@1", "verdict: not reached")


def test_a_refusal_says_which_release_which_requirement_since_when_and_what_would_meet_it(
    make_world: MakeWorld,
) -> None:
    world = make_world()
    world.enact(THRESHOLD + requiring(world, "m", "json") + world.model("first", "json"))
    world.start()
    key = world.key("ann")
    status, _, body = world.post(CHAT, {"model": "m"}, key)
    error = json.loads(body)["error"]
    assert status == 451
    assert error["message"] == (
        "`m` is not available to you. No release in force permits `m` to you."
        " Release `open-m` withholds `m` since 2026-01-01T00:00:00+00:00: it requires word@1 assessed as not reached,"
        " but nobody has said so. An assessment of `word@1` as `not reached` would meet it."
    )
    (unmet,) = error["licet"]["requirements"]
    assert (unmet["release"], unmet["model"], unmet["against"]) == ("open-m", "m", [])
    assert [each["id"] for each in json.loads(world.get("/v1/models", key)[2])["data"]] == ["first"]
    world.enact(SPOKEN)
    assert world.post(CHAT, {"model": "m"}, key)[0] == 200
    assert {each["id"] for each in json.loads(world.get("/v1/models", key)[2])["data"]} == {"first", "m"}


def test_a_finding_closes_a_model_and_a_patch_brings_it_back(make_world: MakeWorld) -> None:
    world = make_world()
    model = requiring(world, "m", "json", "fallback: [first]")
    world.enact(THRESHOLD + world.model("first", "json") + model + SPOKEN)
    world.start()
    key = world.key("ann")
    assert world.post(CHAT, {"model": "m"}, key)[0] == 200
    world.enact(judged("finding", "way-around", "levels: [none, high]"))
    status, headers, _ = world.post(CHAT, {"model": "m"}, key)
    assert (status, headers["licet-served-model"]) == (200, "first")
    listed = {each["id"]: each for each in json.loads(world.get("/v1/models", key)[2])["data"]}
    (unmet,) = listed["m"]["licet"]["requirements"]
    assert unmet["against"] == ["way-around"]
    assert datetime.fromisoformat(unmet["since"]) == datetime(2026, 1, 3, tzinfo=UTC)
    world.enact(judged("patch", "mended", "patches: [way-around]", "verdict: holds"))
    assert world.post(CHAT, {"model": "m"}, key)[1].get("licet-served-model") in (None, "m")


async def test_a_requirement_that_lapses_ends_the_streams_of_its_model_and_no_other(make_world: MakeWorld) -> None:
    """One by a finding that is enacted, one by an assessment that becomes too old, with nobody at a keyboard."""
    world = make_world(settings="clock: scenario\n")
    now = datetime.now(UTC)
    models = {name: requiring(world, name, "held-20") for name in ("m", "n")}
    models["n"] = models["n"].replace("word@1}", "word@1, within: 1h}")
    old = judged("assessment", "old", "threshold: word@1", "verdict: not reached").replace("[m]", "[n]")
    old = old.replace("2026-01-03T00:00:00Z", now.isoformat())
    world.enact(THRESHOLD + "".join(models.values()) + world.model("other", "held-20") + SPOKEN + old)
    world.start()
    key = world.key("ann")
    asked = {
        name: asyncio.create_task(asyncio.to_thread(world.post, CHAT, {"model": name, "stream": True}, key))
        for name in ("m", "n", "other")
    }
    await asyncio.to_thread(world.wait_for, lambda: world.workers.status(timeout=2)[0]["open"] == 3)
    report = await asyncio.to_thread(world.enact, judged("finding", "way-around", "levels: medium"))
    assert sum(ack.cut for ack in report.acks) == 1
    status, _, body = await asked.pop("m")
    assert b"no longer permitted" in body and (b"`way-around` is open" in body or status == 451)
    assert not any(task.done() for task in asked.values())
    await asyncio.to_thread(world.workers.set_clock, now + timedelta(minutes=59, seconds=59), timeout=5)
    assert b"`old` is too old" in (await asked.pop("n"))[2]
    assert not asked["other"].done()
    world.upstream.held = False
    assert b'"error"' not in (await asked["other"])[2]
