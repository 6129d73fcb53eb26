"""Ports for programs that are told theirs before they listen."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

FIRST, LAST = 20_000, 32_000
"""Below those that the system gives to whoever asks for any: between choosing and listening, none of them is taken."""


def _ports() -> Iterator[int]:
    """Round and round; processes that test beside one another begin far apart."""
    port = os.getpid() * 97 % (LAST - FIRST)
    while True:
        port = (port + 1) % (LAST - FIRST)
        yield FIRST + port


_NEXT = _ports()


def free_port() -> int:
    """A port where nobody listens, and that this process has not given out for long."""
    for port in _NEXT:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("there is always a next one")
