"""The upstreams: connections kept open for the next request, addressed by base URL."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from licet.gate.upstream_connection import UpstreamConnection, UpstreamFailed

IDLE_SECONDS = 4.0
"""How long an unused connection is kept: less than the 5 s after which common servers close theirs."""

KEPT = 256
"""Unused connections kept for each upstream."""


class Address(NamedTuple):
    """Where an upstream listens, and what its requests say of it."""

    host: str
    port: int
    tls: bool
    prefix: str
    authority: str


def address(url: str) -> Address:
    """The address in a base URL. Raises `ValueError` if it is not http(s) or names no host."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"`{url}` is not a base URL: it must begin with http:// or https:// and a host")
    tls = parts.scheme == "https"
    return Address(
        parts.hostname, parts.port or (443 if tls else 80), tls, parts.path.rstrip("/"), parts.netloc.rpartition("@")[2]
    )


class Upstreams:
    """Opens and keeps connections; `connections` counts those that were opened."""

    def __init__(self, tls: ssl.SSLContext, connect_seconds: float, monotonic: Callable[[], float]) -> None:
        self._tls = tls
        self._connect_seconds = connect_seconds
        self._monotonic = monotonic
        self._kept: dict[Address, deque[UpstreamConnection]] = {}

    def kept(self, to: Address) -> UpstreamConnection | None:
        """A connection that is open and unused, the one used last first."""
        connections = self._kept.get(to)
        while connections:
            connection = connections.pop()
            if connection.lost is None and self._monotonic() - connection.idle_since < IDLE_SECONDS:
                return connection
            connection.close()
        return None

    async def connect(self, to: Address) -> UpstreamConnection:
        """A new connection. Raises `UpstreamFailed` after `connect_seconds` or when there is none to be had."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_seconds):
                _, connection = await loop.create_connection(
                    UpstreamConnection,
                    to.host,
                    to.port,
                    ssl=self._tls if to.tls else None,
                    server_hostname=to.host if to.tls else None,
                )
        except TimeoutError:
            raise UpstreamFailed(f"no connection within {self._connect_seconds:g} s") from None
        except OSError as error:
            raise UpstreamFailed(f"no connection: {error.strerror or type(error).__name__}") from error
        return connection

    def keep(self, to: Address, connection: UpstreamConnection) -> None:
        """Take back a connection after its exchange; one that cannot carry another is closed."""
        connections = self._kept.setdefault(to, deque(maxlen=KEPT))
        if not connection.reusable or len(connections) == KEPT:
            connection.close()
            return
        connection.idle_since = self._monotonic()
        connections.append(connection)

    def close(self) -> None:
        """Close everything that is kept."""
        for connections in self._kept.values():
            for connection in connections:
                connection.close()
        self._kept.clear()
