"""A witness over HTTP (C2SP tlog-witness): a small ASGI application.

Bodies and the time that they take are bounded. Whatever goes wrong, the answer is not a cosignature.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from licet.record.spelling import shown
from licet.services.record.watching.witnessing import BODY_LIMIT, Answer, Witness, WitnessUnusable

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_SECONDS = 10.0
"""How long a body may take to arrive."""

_checkpoint = re.compile(r"/(?P<origin>[0-9a-f]{64})/checkpoint")


class WitnessApplication:
    """The ASGI application. `told` gets a line about each request that was not answered with 200."""

    def __init__(self, witness: Witness, told: Callable[[str], None]) -> None:
        self._witness = witness
        self._told = told

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        method, path = scope["method"], scope["path"]
        try:
            answer = await self._answer(method, path, receive)
        except WitnessUnusable as error:
            self._told(str(error))
            answer = _plain(HTTPStatus.SERVICE_UNAVAILABLE, "the witness cannot cosign now; its operator was told why")
        if answer.status is not HTTPStatus.OK:
            said = answer.body.decode("utf-8", "replace").strip()
            self._told(f"{method} {shown(path)}: {answer.status.value} {said}")
        await _send(send, answer, with_body=method != "HEAD")

    async def _answer(self, method: str, path: str, receive: Receive) -> Answer:
        found = _checkpoint.fullmatch(path)
        if path != "/add-checkpoint" and found is None:
            return _plain(HTTPStatus.NOT_FOUND, "there are /add-checkpoint and /<origin hash>/checkpoint")
        if found is not None:
            if method not in ("GET", "HEAD"):
                return _plain(HTTPStatus.METHOD_NOT_ALLOWED, "it is read with GET")
            return await asyncio.to_thread(self._witness.checkpoint, found["origin"])
        if method != "POST":
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED, "checkpoints are sent with POST")
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(receive)
        except TimeoutError:
            return _plain(HTTPStatus.REQUEST_TIMEOUT, f"the body took longer than {BODY_SECONDS:g} seconds")
        if body is None:
            return _plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has at most {BODY_LIMIT} bytes")
        return await asyncio.to_thread(self._witness.add_checkpoint, body)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is too long. One that breaks off is empty, which is malformed."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY_LIMIT:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, answer: Answer, *, with_body: bool) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if answer.status in (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})


def _plain(status: HTTPStatus, why: str) -> Answer:
    return Answer(status, f"{why}\n".encode())
