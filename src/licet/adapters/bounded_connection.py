"""Connections of the small servers, a log's and a witness's: uvicorn's, with heads bounded in size and time."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""How long a connection may take to bring a head, from its beginning or from its last answer."""

HEAD_LIMIT = 16_384
"""The longest head, in bytes."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection: uvicorn's protocol, with a limit on heads and on the time they take."""

    _timer: asyncio.TimerHandle | None = None
    _chunk = _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._chunk = len(data)
        self._head_bytes += self._chunk
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_LIMIT:
            self.transport.abort()

    def on_message_begin(self) -> None:
        self._begin_head()
        self._head_bytes = self._chunk
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_timer()
        super().on_headers_complete()

    def _begin_head(self) -> None:
        self._stop_timer()
        self._in_head, self._head_bytes = True, 0
        self._timer = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
