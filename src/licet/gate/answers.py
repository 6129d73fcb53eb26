"""Answers of the gate itself, in the shape of the API that was called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from licet.core.catalogue import Api
from licet.gate.endpoints import Stream
from licet.wire import anthropic, openai
from licet.wire.failure import Failure

Headers = list[tuple[bytes, bytes]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

JSON = (b"content-type", b"application/json")


async def answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    """A whole answer."""
    head = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def answer_failure(send: Send, api: Api, failure: Failure, headers: Headers) -> None:
    """A failure in the API's shape."""
    await answer(send, failure.status, error_body(api, failure), [JSON, *failure.headers, *headers])


def error_body(api: Api, failure: Failure) -> bytes:
    """The JSON of a failure."""
    return anthropic.error_body(failure) if api is Api.ANTHROPIC else openai.error_body(failure)


def close_event(stream: Stream) -> bytes:
    """What ends an event that broke off. Messages clients skip a `ping`, whatever came before its name (the last name
    of an event counts); the OpenAI API has no event that is skipped, so there its client raises on the broken JSON.
    """
    return b"\nevent: ping\n\n" if stream is Stream.MESSAGES else b"\n\n"


def error_event(stream: Stream, failure: Failure) -> bytes:
    """The event that tells a failure inside a stream; nothing where the endpoint has no streams."""
    match stream:
        case Stream.CHUNKS:
            return openai.chunk_event(failure)
        case Stream.RESPONSES:
            return openai.responses_event(failure)
        case Stream.MESSAGES:
            return anthropic.stream_event(failure)
        case Stream.NONE:
            return b""
