"""Small servers of our own: a listening socket, uvicorn's settings, and ending in order on a signal."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

import uvicorn

from licet.adapters.bounded_connection import BoundedProtocol

ENDS = (signal.SIGTERM, signal.SIGINT)
"""What ends a server."""


class Ended(BaseException):
    """The process was told to end. No `Exception`, so that nothing on the way out takes it for a fault."""


def end_on_signals() -> None:
    """Raise `Ended` on SIGTERM and SIGINT. uvicorn gives signals back when it has ended, so they must not kill us."""
    for number in ENDS:
        signal.signal(number, _end)


def listening(host: str, port: int, connections: int) -> socket.socket:
    """A socket that listens; port 0 is any free one. Raises `OSError`."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(connections)
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """Where it listens, as an http URL."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def served(application: Callable[..., Any], connections: int, stop_seconds: int) -> uvicorn.Server:
    """A server with bounded connections; whoever comes past `connections` is answered with 503.

    `stop_seconds` is how long answers may take once it was told to end.
    """
    return uvicorn.Server(
        uvicorn.Config(
            application,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=connections,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=stop_seconds,
        )
    )


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Ended
