"""What cannot be known is not served: a store that is away, a journal that cannot be written, workers that die."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil

from licet.core.decision import Outcome

World = Any
MakeWorld = Callable[..., World]
CHAT = "/v1/chat/completions"


def test_a_change_reaches_every_worker_by_push(make_world: MakeWorld) -> None:
    world = make_world(workers=2)
    world.enact(world.model("m", "json"))
    world.start()
    key = world.key("jean", us_citizen=False)
    assert {world.post(CHAT, {"model": "m"}, key)[0] for _ in range(20)} == {200}
    report = world.enact(world.order("stop", "m", "not us_citizen"))
    assert len(report.acks) == 2 and report.everywhere
    assert {world.post(CHAT, {"model": "m"}, key)[0] for _ in range(40)} == {451}
    report = world.enact("lift: end\nissued: 2026-01-03T00:00:00Z\nfrom: 2026-01-03T00:00:00Z\nends: [stop]\n")
    assert len(report.acks) == 2
    assert {world.post(CHAT, {"model": "m"}, key)[0] for _ in range(40)} == {200}


def test_a_worker_that_dies_is_started_again_and_knows_the_law(make_world: MakeWorld) -> None:
    world = make_world(workers=2)
    world.enact(world.model("m", "json") + world.order("stop", "m", "not us_citizen"))
    world.start()
    key = world.key("jean", us_citizen=False)
    before = {status["worker"]: status["pid"] for status in world.workers.status(timeout=2)}
    os.kill(before["w1"], signal.SIGKILL)
    world.wait_for(
        lambda: (
            {s["worker"]: s["pid"] for s in world.workers.status(timeout=2) if isinstance(s, dict)}.get(
                "w1", before["w1"]
            )
            != before["w1"]
        )
    )
    world.wait_for(lambda: all(isinstance(s, dict) and s["epoch"] == 1 for s in world.workers.status(timeout=2)))
    assert {world.post(CHAT, {"model": "m"}, key)[0] for _ in range(20)} == {451}


def test_store_away(make_world: MakeWorld) -> None:
    """Who is known goes on under the last rulebook, who is not is refused; past the stated age, everybody is."""
    world = make_world(settings="max_rulebook_age: 6\n")
    world.enact(world.model("m", "json") + world.model("s", "stream-300"))
    world.start()
    known, unknown = world.key("known"), world.key("unknown")
    assert world.post(CHAT, {"model": "m"}, known)[0] == 200
    for path in world.state.glob("licet.db*"):
        path.rename(path.with_name("away-" + path.name))
    world.wait_for(lambda: b'"event":"store unavailable"' in (world.home / "log").read_bytes())
    assert world.post(CHAT, {"model": "m"}, known)[0] == 200
    status, headers, answer = world.post(CHAT, {"model": "m"}, unknown)
    assert status == 503 and "retry-after" in headers and json.loads(answer)["error"]["code"] == "store_unavailable"
    world.wait_for(lambda: world.post(CHAT, {"model": "m"}, known)[0] == 503)
    assert json.loads(world.post(CHAT, {"model": "m"}, known)[2])["error"]["code"] == "rulebook_not_confirmed"
    assert world.get("/readyz", None)[0] == 503 and world.get("/healthz", None)[0] == 200
    for path in world.state.glob("away-*"):
        path.rename(path.with_name(path.name.removeprefix("away-")))
    world.wait_for(lambda: world.post(CHAT, {"model": "m"}, known)[0] == 200)


def test_facts_and_keys_that_expire(make_world: MakeWorld) -> None:
    """The gate goes by a scenario's clock, which is set to a second before the instant."""
    world = make_world(settings="clock: scenario\n")
    world.enact(world.model("m", "json") + world.order("now", "m", "not us_citizen"))
    world.start()
    soon = datetime.now(UTC) + timedelta(hours=1)
    fact, key = world.key("a"), world.key("b", expires=soon, us_citizen=True)
    world.attest("a", until=soon, us_citizen=True)
    assert [world.post(CHAT, {"model": "m"}, each)[0] for each in (fact, key)] == [200, 200]
    world.workers.set_clock(soon - timedelta(seconds=1), timeout=5)
    world.wait_for(lambda: [world.post(CHAT, {"model": "m"}, each)[0] for each in (fact, key)] == [451, 401])
    assert world.post(CHAT, {"model": "m"}, fact)[0] == 451, "the one before may have been cut at the very instant"
    assert {each.outcome for each in world.journal()[0] if each.at >= soon} == {Outcome.REFUSE}
    assert {each.outcome for each in world.journal()[0] if each.at < soon} == {Outcome.SERVE}


def test_scenario_clock(make_world: MakeWorld) -> None:
    world = make_world(settings="clock: scenario\n")
    world.enact(world.model("m", "json") + world.order("later", "m", "not us_citizen", since="2030-01-01T00:00:00Z"))
    world.start()
    key = world.key("jean", us_citizen=False)
    assert world.post(CHAT, {"model": "m"}, key)[0] == 200
    world.workers.set_clock(datetime(2029, 12, 31, 23, 50, tzinfo=UTC), timeout=5)
    assert world.post(CHAT, {"model": "m"}, key)[0] == 200
    world.workers.set_clock(datetime(2029, 12, 31, 23, 59, 59, tzinfo=UTC), timeout=5)
    world.wait_for(lambda: world.post(CHAT, {"model": "m"}, key)[0] == 451)
    assert world.post(CHAT, {"model": "m"}, key)[0] == 451, "the one before may have been cut at the very instant"
    records = world.journal()[0]
    assert {each.at.year == 2030 for each in records if each.outcome is Outcome.REFUSE} == {True}
    assert {each.at.year == 2030 for each in records if each.outcome is Outcome.SERVE} == {False}


def test_no_answer_without_a_record(make_world: MakeWorld) -> None:
    """The journal's files may grow no further (as on a full disk): nothing is served, refusals included."""
    world = make_world()
    world.enact(world.model("m", "json") + world.model("no", "json") + world.order("stop", "no", "not us_citizen"))
    world.start()
    key = world.key("jean", us_citizen=False)
    assert [world.post(CHAT, {"model": model}, key)[0] for model in ("m", "no")] == [200, 451]
    worker = psutil.Process(world.workers.status(timeout=2)[0]["pid"])
    size = max(path.stat().st_size for path in (world.state / "journal").glob("*.journal"))
    worker.rlimit(psutil.RLIMIT_FSIZE, (size, psutil.RLIM_INFINITY))
    for model in ("m", "no", "m"):
        status, _, answer = world.post(CHAT, {"model": model}, key)
        assert status == 503 and json.loads(answer)["error"]["code"] == "journal_unavailable"
    assert world.get("/readyz", None)[0] == 503
    worker.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
