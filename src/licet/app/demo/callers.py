"""The callers of a scenario: each asks through an official client library, and reads the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import anthropic
import openai

TOKENS = 12
"""How long an answer may be: who answers matters here, not what."""

STREAM_TOKENS = 320
"""How long a streamed answer is; at the model's speed, it outlasts the two seconds until the order takes effect."""

QUESTION = "In one sentence: what is a licence?"
STREAMED = "Write a long story about a lighthouse keeper."


class Answer(NamedTuple):
    """What a caller got. `outcome` is `serve`, `substitute`, `refuse`, or `fail` with `text` saying what went wrong.

    `told` are the instruments that the answer names; `decision` is the name under which the journal has it.
    """

    outcome: str
    served: str | None
    told: tuple[str, ...]
    decision: str
    status: int
    headers: tuple[tuple[str, str], ...]
    text: str


class Ended(NamedTuple):
    """How a streamed answer ended: `cut`, `done` or `fail`; its pieces; and what the client raised, if it did."""

    how: str
    told: tuple[str, ...]
    decision: str
    pieces: int
    text: str


Client = openai.AsyncOpenAI | anthropic.AsyncAnthropic


def connect(library: str, gate: str, key: str) -> Client:
    """An official client that talks to the gate as it would to its own provider: one address, one key, no retries."""
    if library == "openai":
        return openai.AsyncOpenAI(base_url=f"{gate}/v1", api_key=key, max_retries=0, timeout=40)
    return anthropic.AsyncAnthropic(base_url=gate, api_key=key, max_retries=0, timeout=40)


async def ask(client: Client, model: str) -> Answer:
    """Ask a model one short question."""
    try:
        if isinstance(client, openai.AsyncOpenAI):
            chat = await client.chat.completions.with_raw_response.create(
                model=model, max_tokens=TOKENS, messages=[{"role": "user", "content": QUESTION}]
            )
            completion = chat.parse()
            return answered(model, completion.model, chat.headers, completion.choices[0].message.content or "")
        raw = await client.messages.with_raw_response.create(
            model=model, max_tokens=TOKENS, messages=[{"role": "user", "content": QUESTION}]
        )
        message = await raw.parse()
        words = "".join(block.text for block in message.content if block.type == "text")
        return answered(model, message.model, raw.headers, words)
    except (openai.APIStatusError, anthropic.APIStatusError) as error:
        return refused(error.status_code, error.response.headers, error.response.text)
    except (openai.APIError, anthropic.APIError) as error:
        return Answer("fail", None, (), "", 0, (), f"{type(error).__name__}: {error}")


def answered(requested: str, served: str, headers: Mapping[str, str], text: str) -> Answer:
    """An answer of a model. What the body says of the model and what the headers say must be the same."""
    told = headers.get("licet-served-model", requested)
    if told != served:
        return Answer("fail", served, (), "", 200, pairs(headers), f"the headers name `{told}`, the body `{served}`")
    outcome = "serve" if served == requested else "substitute"
    return Answer(outcome, served, named(headers), headers.get("licet-decision", ""), 200, pairs(headers), text)


def refused(status: int, headers: Mapping[str, str], body: str) -> Answer:
    """A refusal by the rulebook is a 451; any other status is a failure."""
    outcome = "refuse" if status == 451 else "fail"
    return Answer(outcome, None, named(headers), headers.get("licet-decision", ""), status, pairs(headers), body)


def named(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The instruments that the headers name."""
    return tuple(sorted(name.strip() for name in headers.get("licet-instrument", "").split(",") if name.strip()))


def pairs(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(headers.items())


async def stream(client: openai.AsyncOpenAI, model: str) -> Ended:
    """Ask for a long answer as a stream and read it to its end, whatever the end is."""
    decision, pieces, finished = "", 0, False
    try:
        chunks = await client.chat.completions.create(
            model=model,
            max_tokens=STREAM_TOKENS,
            stream=True,
            messages=[{"role": "user", "content": STREAMED}],
            extra_body={"ignore_eos": True},  # an option of llama.cpp's server: write on to the last token
        )
        decision = chunks.response.headers.get("licet-decision", "")
        async for chunk in chunks:
            pieces += 1
            finished = finished or any(choice.finish_reason for choice in chunk.choices)
    except openai.APIStatusError as error:
        return Ended("fail", (), decision, 0, f"{error.status_code}: {error}")
    except openai.APIError as error:
        return cut(error, decision, pieces)
    how, text = ("done", "") if finished else ("fail", "it ended without an end")
    return Ended(how, (), decision, pieces, text)


def cut(error: openai.APIError, decision: str, pieces: int) -> Ended:
    """The client raised inside a stream: by an error event of the gate, or because the connection broke."""
    told = error.body.get("licet") if isinstance(error.body, dict) else None
    if not isinstance(told, dict):
        return Ended("fail", (), decision, pieces, str(error))
    return Ended("cut", tuple(each["name"] for each in told["instruments"]), decision, pieces, error.message)
