"""A log over HTTP: its files to everybody, read-only, and `POST /entries` to whoever has the token.

The files are those that any static server would serve, at the same paths. `spec/record-log.md`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from hmac import compare_digest
from http import HTTPStatus
from typing import Any

from licet.adapters.tlog.gathering import Appended, Gathering
from licet.adapters.tlog_reader import BUNDLE_LIMIT, CHECKPOINT, Files
from licet.record.log.entry_spelling import read_entry
from licet.record.refusal import Malformed, RecordRefused
from licet.record.signed.notes import NOTE_LIMIT
from licet.record.tree.tiles import ENTRY_LIMIT, read_path
from licet.services.record.ports import LogForked, LogUnavailable

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

ENTRIES = "/entries"
BINARY = b"application/octet-stream"
TEXT = b"text/plain; charset=utf-8"
JSON = b"application/json"
FOREVER = b"public, max-age=31536000, immutable"
FRESH = b"no-cache"
NEVER = b"no-store"
RETRY_AFTER = b"1"
"""Seconds after which a client may try an append again."""

LINGER = 4 << 20
"""Bytes of a refused body that are read and forgotten, so that a client that writes before it reads is told why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `more` are headers that only some have."""

    status: HTTPStatus
    body: bytes
    content_type: bytes = TEXT
    caching: bytes = NEVER
    more: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """The way into the log: for whoever has the token."""

    token: str
    gathering: Gathering

    def admits(self, headers: list[tuple[bytes, bytes]]) -> bool:
        """Whether a request carries the token, once."""
        given = [value for name, value in headers if name == b"authorization"]
        return len(given) == 1 and compare_digest(given[0], b"Bearer " + self.token.encode())


class LogApplication:
    """The ASGI application. Without `writing` it only reads."""

    def __init__(self, files: Files, writing: Writing | None = None) -> None:
        self._files = files
        self._writing = writing

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        method = scope["method"]
        if method == "POST" and scope["path"] == ENTRIES and self._writing is not None:
            answer = await self._append(self._writing, scope["headers"], receive)
        elif method in ("GET", "HEAD"):
            answer = await self._read(scope)
        else:
            answer = _failed(HTTPStatus.NOT_FOUND, "there is nothing here but the log's files, which are read with GET")
        await _send(send, answer, with_body=method != "HEAD")

    async def _read(self, scope: Message) -> Answer:
        """A file, at exactly its own path: no escapes, no query."""
        path = scope["path"].removeprefix("/")
        try:
            if scope["query_string"] or scope["raw_path"] != b"/" + path.encode():
                raise Malformed("path", "it has one spelling")
            if path != CHECKPOINT:
                read_path(path)
            return await asyncio.to_thread(self._file, path)
        except RecordRefused:
            return _failed(HTTPStatus.NOT_FOUND, "the log has no such file")
        except LogUnavailable:
            return _failed(HTTPStatus.SERVICE_UNAVAILABLE, "the log cannot be read now")

    def _file(self, path: str) -> Answer:
        if path == CHECKPOINT:
            return Answer(HTTPStatus.OK, self._files.get(path, NOTE_LIMIT), TEXT, FRESH)
        return Answer(HTTPStatus.OK, self._files.get(path, BUNDLE_LIMIT), BINARY, FOREVER)

    async def _append(self, writing: Writing, headers: list[tuple[bytes, bytes]], receive: Receive) -> Answer:
        if not writing.admits(headers):
            await _forget(receive)
            challenge = ((b"www-authenticate", b"Bearer"), (b"connection", b"close"))
            return _failed(HTTPStatus.UNAUTHORIZED, "appending needs the token of this log", challenge)
        if (b"content-type", BINARY) not in headers:
            await _forget(receive)
            why = f"an entry is sent as `{BINARY.decode()}`"
            return _failed(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, why, ((b"connection", b"close"),))
        entry = await _body(receive)
        if entry is None:
            why = f"an entry has at most {ENTRY_LIMIT} bytes"
            return _failed(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why, ((b"connection", b"close"),))
        try:
            read_entry(entry)
            appended = await writing.gathering.append(entry)
        except RecordRefused as error:
            return _failed(HTTPStatus.BAD_REQUEST, str(error))
        except LogForked as error:
            return _failed(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        except LogUnavailable as error:
            return _failed(HTTPStatus.SERVICE_UNAVAILABLE, str(error), ((b"retry-after", RETRY_AFTER),))
        return Answer(HTTPStatus.OK, _told(appended), JSON)


def _told(appended: Appended) -> bytes:
    """JSON; by hand, because this is said thousands of times a second."""
    return b'{"index": %d, "published": %s}' % (appended.index, b"true" if appended.published else b"false")


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is longer than an entry. One that breaks off is empty, which is no entry."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        body += message.get("body", b"")
        if len(body) > ENTRY_LIMIT:
            if message.get("more_body"):
                await _forget(receive)
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _forget(receive: Receive) -> None:
    """Read what is still being sent, up to a limit: closing on a client in mid-sentence would lose it the answer."""
    read = 0
    while read <= LINGER:
        message = await receive()
        read += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return


async def _send(send: Send, answer: Answer, *, with_body: bool) -> None:
    headers = [
        (b"content-type", answer.content_type),
        (b"content-length", b"%d" % len(answer.body)),
        (b"cache-control", answer.caching),
        (b"x-content-type-options", b"nosniff"),
        *answer.more,
    ]
    await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})


def _failed(status: HTTPStatus, why: str, more: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    """A failure, in one line."""
    return Answer(status, f"{why}\n".encode(), TEXT, NEVER, more)
