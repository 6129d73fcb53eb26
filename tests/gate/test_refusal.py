"""What stands on a refusal: the headers of one that came before the first byte, and links that are links."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from licet.core.decision import Decision, Outcome, Verdict
from licet.core.rulebook import Rulebook
from licet.gate.refusal import Pages, explain
from licet.wire.documents import SourceFile, read_files

World = Any
MakeWorld = Callable[..., World]
CHAT = "/v1/chat/completions"
NOW = datetime(2026, 1, 5, tzinfo=UTC)


async def test_an_answer_cut_before_its_first_byte_names_the_instrument(make_world: MakeWorld) -> None:
    world = make_world()
    text = world.model("m", "hang") + world.model("first", "json", "fallback: [m]")
    world.enact(text + world.order("before", "first", "not us_citizen"))
    world.start()
    key = world.key("jean", us_citizen=False)
    asked = [asyncio.create_task(asyncio.to_thread(world.post, CHAT, {"model": name}, key)) for name in ("m", "first")]
    await asyncio.to_thread(world.wait_for, lambda: world.workers.status(timeout=2)[0]["open"] == 2)
    await asyncio.to_thread(world.enact, world.order("cut", "m", "not us_citizen"))
    for (status, headers, answer), requested in zip(await asyncio.gather(*asked), ("m", "first"), strict=True):
        assert status == 451 and json.loads(answer)["error"]["licet"]["cut"] is True
        assert headers["licet-instrument"] == "cut" and headers["licet-requested-model"] == requested
        assert "licet-served-model" not in headers and 'rel="blocked-by"' in headers["link"]


def rulebook(appeal: str) -> Rulebook:
    """One order that says where to appeal."""
    text = "fact: citizen\ntype: boolean\nmeaning: x\nsource: x\n---\nmodel: m\nfamily: f\napis: [openai]\n"
    text += "upstream: {url: 'http://127.0.0.1:1'}\n---\norder: stop\nissued: 2026-01-01T00:00:00Z\n"
    text += f"from: 2026-01-01T00:00:00Z\nmodels: [m]\nforbids: not citizen\nappeal: {json.dumps(appeal)}\n"
    return read_files([SourceFile("test.yaml", text.encode(), lambda _: None)]).rulebook(1)


def link(appeal: str) -> str:
    """The `Link` of a refusal whose order names this place for appeals."""
    verdict = Verdict("m", False, (), ("stop",), (), (), ())
    decision = Decision(Outcome.REFUSE, "m", None, "use", (verdict,), "sha256:x", NOW)
    failure = explain(decision, rulebook(appeal), Pages("https://gate.test"), "d1")
    assert appeal in failure.message
    return dict(failure.headers)[b"link"].decode()


@pytest.mark.parametrize("appeal", ["https://appeal.test/", "HTTP://a.test:8080/x?y=%20&z#f", "https://[::1]/"])
def test_an_absolute_url_for_appeals_is_linked(appeal: str) -> None:
    assert link(appeal) == f'<https://gate.test>; rel="blocked-by", <{appeal}>; rel="help"'


@pytest.mark.parametrize(
    "appeal",
    [
        "write to the Office of Appeals, room 7",
        "mailto:appeals@authority.test",
        "/appeal",
        "//appeal.test/",
        "https:///x",
        "https://appeal.test/ or in person",
        'https://appeal.test/>; rel="next"',
        "https://appeal.test/é",
        "javascript:alert(1)",
    ],
)
def test_anything_else_stands_in_the_message_alone(appeal: str) -> None:
    assert link(appeal) == '<https://gate.test>; rel="blocked-by"'
