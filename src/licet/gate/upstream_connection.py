"""One HTTP/1.1 connection to an upstream: requests go out one at a time, answers come back in pieces.

The parsing is llhttp's (httptools, the parser of Node.js). docs/adr/0004 has the measurement that led here: three
times less CPU a request than the general client, because nothing is built that a relay does not need.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple, cast

import httptools

HIGH_WATER = 65_536
"""Buffered bytes above which the upstream is not read any further until the caller took some."""

HEAD_LIMIT = 65_536
"""Largest head of an answer, in bytes."""


class UpstreamFailed(Exception):
    """The upstream could not be reached, or what it answered is not HTTP, or it stopped in the middle."""


class Head(NamedTuple):
    """Status and headers of an answer; names in lower case."""

    status: int
    headers: list[tuple[bytes, bytes]]


class UpstreamConnection(asyncio.Protocol):
    """A connection that carries one exchange after the other.

    `head()` and `chunk()` wait for the next piece; `interrupt(error)` makes the one that waits raise `error`, and
    closes the connection. There is one waiter at a time.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.idle_since = 0.0
        self.lost: BaseException | None = None
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._reading = True
        self._writable = True
        self._begin()

    def _begin(self) -> None:
        self.touched = False
        self.finished = False
        self._parser = httptools.HttpResponseParser(self)
        self._head: Head | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._framed = False
        self._chunks: deque[bytes] = deque()
        self._buffered = 0
        self._interrupted: BaseException | None = None

    # the caller's side

    def send(self, request: bytes) -> None:
        """Begin an exchange."""
        self._begin()
        assert self._transport is not None
        self._transport.write(request)

    async def head(self) -> Head:
        """The answer's head. Raises `UpstreamFailed`, or what it is interrupted with."""
        while self._head is None:
            await self._more()
        return self._head

    async def chunk(self) -> bytes:
        """What arrived of the body since the last call, at least a byte; nothing at its end. Raises as `head`."""
        while not self._chunks:
            if self.finished:
                return b""
            await self._more()
        self._check()
        data = self._chunks.popleft() if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        self._buffered = 0
        if not self._reading and self._transport is not None:
            self._reading = True
            self._transport.resume_reading()
        return data

    @property
    def at_end(self) -> bool:
        """Whether nothing is left to take of this answer."""
        return self.finished and not self._chunks

    @property
    def reusable(self) -> bool:
        """Whether another exchange may follow on this connection."""
        return self.lost is None and self.at_end and self._keep_alive and self._interrupted is None

    def interrupt(self, error: BaseException) -> None:
        """Give up the exchange: what waits raises `error`, and the upstream sees the connection end."""
        self._interrupted = error
        self.close()
        self._wake()

    def close(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    async def _more(self) -> None:
        self._check()
        if self.lost is not None:
            raise UpstreamFailed(_ending(self.lost, self.touched)) from self.lost
        self._waiter = self.loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
        self._check()

    def _check(self) -> None:
        if self._interrupted is not None:
            raise self._interrupted

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        if self.finished:
            self.lost = UpstreamFailed("it sent bytes that nobody asked for")
            self.close()
            return
        self.touched = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, UpstreamFailed) as error:
            if not self.finished:
                self.lost = UpstreamFailed(f"its answer is not HTTP/1.1: {error}")
            self._keep_alive = False
            self.close()
        if self._buffered > HIGH_WATER and self._reading and self._transport is not None:
            self._reading = False
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._head is not None and not self._framed and not self.finished and exc is None and self.lost is None:
            self.finished = True  # the body ends with the connection (RFC 9112, section 6.3, rule 8)
        self.lost = self.lost or exc or EOFError()
        self._wake()

    # the parser's side

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > HEAD_LIMIT:
            raise UpstreamFailed(f"head of more than {HEAD_LIMIT} bytes")
        name = name.lower()
        if name in (b"content-length", b"transfer-encoding"):
            self._framed = True
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 200:
            self._framed = self._framed or status in (204, 304)
            self._keep_alive = self._parser.should_keep_alive()
            self._head = Head(status, self._headers)

    def on_body(self, body: bytes) -> None:
        self._chunks.append(body)
        self._buffered += len(body)

    def on_message_complete(self) -> None:
        if self._head is not None:
            self.finished = True
        else:  # an interim answer (1xx): the real one follows
            self._headers = []
            self._framed = False

    _keep_alive = False


def _ending(error: BaseException, touched: bool) -> str:
    if isinstance(error, UpstreamFailed):
        return str(error)
    return "it closed the connection in the middle of its answer" if touched else "it closed the connection unanswered"
