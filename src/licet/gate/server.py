"""HTTP/1.1 towards callers: uvicorn's protocol on llhttp, with the doors closed that it leaves ajar.

llhttp refuses most of what smuggling needs (two lengths, a length beside chunks, bare line feeds, folded lines).
Added here: a limit on heads and the time they take, one request at a time on a connection (no pipelining), exactly
one host, no other version than 1.1, no upgrades, no absolute targets, errors in JSON.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from licet.gate.cork import Cork
from licet.gate.limits import Limits
from licet.wire import openai
from licet.wire.failure import Failure

HEAD_SECONDS = 30.0
"""How long a connection may take to bring a whole head; also how long it may stay open unused at its beginning."""

CONNECTION = "licet.connection"
"""The extension under which the application finds this connection, to be told when the caller leaves."""

LINGER_SECONDS = 5.0
"""How long a connection that we close may take to fetch what was sent."""

_PHRASES = {400: b"Bad Request", 431: b"Request Header Fields Too Large", 505: b"HTTP Version Not Supported"}


class StrictProtocol(HttpToolsProtocol):
    """One caller's connection. `on_left` is called when it ends before its answer is complete."""

    on_left: Callable[[], object] | None = None

    def __init__(self, *arguments: Any, limits: Limits, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._limit = limits.header_bytes
        self._most = 2 * limits.concurrent + 64
        self._head_bytes = 0
        self._in_head = False
        self._deaf = False
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cork = Cork(cast(asyncio.Transport, transport), self.loop)
        super().connection_made(cast(asyncio.Transport, cork))
        if len(self.connections) > self._most:
            self.transport.abort()
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)
        if self.on_left is not None and self.has_left:
            self.on_left()

    @property
    def has_left(self) -> bool:
        """Whether it ended before its answer was complete."""
        return self.cycle is not None and self.cycle.disconnected

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        super().data_received(data)
        if self._in_head and not self._deaf:
            self._head_bytes += len(data)
            if self._head_bytes > self._limit:
                self._refuse(431, "headers_too_large", f"the head of the request is larger than {self._limit} bytes")
            elif self._head_timer is None:
                self._await_head()

    def on_message_begin(self) -> None:
        if self._deaf:
            return
        self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if self._deaf:
            return
        self._in_head = False
        self._stop_waiting()
        if self.cycle is not None and not self.cycle.response_complete:
            self._deaf = True  # pipelined: what follows is not read, and the connection ends after this answer
            self.cycle.keep_alive = False
            return
        problem = self._problem()
        if problem is None:
            self.on_left = None
            self.scope["extensions"] = {CONNECTION: {"protocol": self}}
            super().on_headers_complete()
        else:
            self._refuse(*problem)

    def on_body(self, body: bytes) -> None:
        if not self._deaf:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._deaf:
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the parser's words say nothing more
        self._refuse(400, "invalid_request", "this is not HTTP/1.1, or two readers could part it differently")

    def _problem(self) -> tuple[int, str, str] | None:
        if self.parser.get_http_version() != "1.1":
            return 505, "http_version", "this gate speaks HTTP/1.1 alone"
        if self.parser.should_upgrade():
            return 400, "upgrade", "connections are not upgraded here"
        if not self.url.startswith(b"/") or b"#" in self.url:
            return 400, "invalid_target", "the target of a request is a path here"
        size, hosts = len(self.url), 0
        for name, value in self.headers:
            size += len(name) + len(value) + 4
            hosts += name == b"host"
        if size > self._limit:
            return 431, "headers_too_large", f"the head of the request is larger than {self._limit} bytes"
        if hosts != 1:
            return 400, "invalid_host", "a request has one host header"
        return None

    def _refuse(self, status: int, code: str, message: str) -> None:
        """Answer, hear nothing any more, and close; an answer that is under way is broken off instead."""
        self._deaf = True
        if self.cycle is not None and not self.cycle.response_complete:
            if self.cycle.response_started:
                self.transport.abort()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        body = openai.error_body(Failure(status, code, message))
        lines = b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(lines % (status, _PHRASES[status], len(body)) + body)
        self.transport.close()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
