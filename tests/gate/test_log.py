"""The log says as much as its setting asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

MakeWorld = Callable[..., Any]
EVENTS = {
    "debug": "events read",
    "info": "worker started",
    "warning": "upstream failed",
    "error": "credential missing",
}


@pytest.mark.parametrize("level", list(EVENTS))
def test_the_level_is_the_least_that_is_written(make_world: MakeWorld, level: str) -> None:
    world = make_world(settings=f"log: {{level: {level}}}\n")
    world.enact(world.model("bad", "garbage") + world.model("poor", "json").replace("TEST_UPSTREAM_KEY", "NOT_SET"))
    world.start()
    key = world.key("jean")
    assert [world.post("/v1/chat/completions", {"model": model}, key)[0] for model in ("bad", "poor")] == [502, 502]
    world.stop()
    lines = [json.loads(line) for line in (world.home / "log").read_text().splitlines() if line.startswith("{")]
    written = list(EVENTS)[list(EVENTS).index(level) :]
    assert {line["level"] for line in lines} == set(written)
    found = {line["event"]: line["level"] for line in lines}
    assert {event: of for of, event in EVENTS.items() if of in written}.items() <= found.items()
