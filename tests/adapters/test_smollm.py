"""The model server of the demonstration, judged by the official clients of the APIs that it speaks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import anthropic
import openai
import pytest

from licet.adapters.smollm import requested


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    command = [sys.executable, "-m", "licet.adapters.smollm", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())["listening"]
        finally:
            server.terminate()
        assert server.wait(10) == 0


@pytest.fixture
def open_ai(address: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0)


@pytest.fixture
def claude(address: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=address, api_key="any", max_retries=0)


def test_chat_completions_carry_the_requested_name(open_ai: openai.OpenAI) -> None:
    answer = open_ai.chat.completions.create(
        model="fable-5", max_tokens=4, messages=[{"role": "user", "content": "Say hello."}]
    )
    assert answer.model == "fable-5"
    assert answer.choices[0].message.content


def test_every_chunk_of_a_stream_carries_the_requested_name(open_ai: openai.OpenAI) -> None:
    chunks = list(
        open_ai.chat.completions.create(
            model='odd "name" ☃', max_tokens=4, stream=True, messages=[{"role": "user", "content": "Say hello."}]
        )
    )
    assert {chunk.model for chunk in chunks} == {'odd "name" ☃'}
    assert chunks[-1].choices[0].finish_reason == "length"


def test_messages_and_their_streams_carry_the_requested_name(claude: anthropic.Anthropic) -> None:
    answer = claude.messages.create(
        model="mythos-5", max_tokens=4, messages=[{"role": "user", "content": "Say hello."}]
    )
    assert (answer.model, answer.stop_reason) == ("mythos-5", "max_tokens")
    with claude.messages.stream(
        model="opus-4.8", max_tokens=4, messages=[{"role": "user", "content": "Say hello."}]
    ) as stream:
        assert stream.get_final_message().model == "opus-4.8"


def test_a_stream_whose_first_token_is_half_a_character_begins_like_every_other(claude: anthropic.Anthropic) -> None:
    """An emoji takes several tokens; llama.cpp's server forgets `message_start` where one comes first."""
    asked: anthropic.types.MessageParam = {"role": "user", "content": "Say hello with one emoji."}
    for _ in range(12):
        with claude.messages.stream(model="opus-4.8", max_tokens=3, messages=[asked]) as stream:
            kinds = [event.type for event in stream]
            assert stream.get_final_message().model == "opus-4.8"
        assert (kinds[0], kinds.count("message_start")) == ("message_start", 1)


def test_the_other_endpoints_of_both_apis(open_ai: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    assert open_ai.responses.create(model="fable-5", input="Hello", max_output_tokens=4).model == "fable-5"
    assert open_ai.completions.create(model="fable-5", prompt="Hello", max_tokens=4).model == "fable-5"
    embedding = open_ai.embeddings.create(model="fable-5", input="Hello")
    assert (embedding.model, len(embedding.data[0].embedding)) == ("fable-5", 576)
    count = claude.messages.count_tokens(model="fable-5", messages=[{"role": "user", "content": "Hello"}])
    assert count.input_tokens > 0


@pytest.mark.parametrize("body", [b"", b"[]", b'{"model": 5}', b"\xff", b'{"messages": []}'])
def test_a_body_that_names_no_model(body: bytes) -> None:
    assert requested(body) == ""
