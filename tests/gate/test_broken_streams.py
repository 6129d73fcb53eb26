"""An upstream that stops inside an event: official clients raise, and never take what came for a whole answer."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import openai
import pytest

World = Any


@pytest.fixture(scope="module")
def key(world: World) -> str:
    return str(world.key("broken", us_citizen=True))


def test_the_anthropic_client_raises_the_gates_own_error(world: World, key: str) -> None:
    client = anthropic.Anthropic(api_key=key, base_url=world.url, max_retries=0, timeout=20)
    got: list[str] = []
    with pytest.raises(anthropic.APIStatusError, match="upstream failed: it closed the connection in the middle"):
        stream = client.messages.create(
            model="m-cutoff", max_tokens=9, messages=[{"role": "user", "content": "x"}], stream=True
        )
        got.extend(event.type for event in stream)
    assert len(got) == 3 and "message_stop" not in got


def test_the_openai_client_raises(world: World, key: str) -> None:
    client = openai.OpenAI(api_key=key, base_url=world.url + "/v1", max_retries=0, timeout=20)
    got: list[Any] = []
    with pytest.raises((json.JSONDecodeError, openai.APIError)):
        got.extend(
            client.chat.completions.create(model="m-cutoff", messages=[{"role": "user", "content": "x"}], stream=True)
        )
    with pytest.raises((json.JSONDecodeError, openai.APIError)):
        got.extend(client.responses.create(model="m-cutoff", input="x", stream=True))


def test_the_error_stands_in_an_event_of_its_own(world: World, key: str) -> None:
    for path in ("/v1/chat/completions", "/v1/responses", "/v1/messages"):
        _, _, body = world.post(path, {"model": "m-cutoff", "stream": True}, key)
        last = body.split(b"\n\n")[-2]
        assert json.loads(last.rpartition(b"data: ")[2])["error"]["code"] == "upstream_failed"
        assert b"[DONE]" not in body and b"message_stop" not in body
