"""One GET to a server that somebody else runs: over TLS or on this machine itself, bounded in bytes and in time.

No redirect is followed and nothing is decoded. What goes wrong is told in our own words, never in the server's.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ssl import SSLError
from threading import Event, Timer
from typing import NamedTuple
from urllib.parse import urlsplit

LOCAL = frozenset(("127.0.0.1", "::1", "localhost"))
CHUNK = 65_536


class NotFetched(Exception):
    """A document that could not be had; the message says why, of an `it` that is the document."""


class AddressRefused(NotFetched):
    """An address that is not asked; the message says what is allowed."""


class Limits(NamedTuple):
    """Bytes of a document; seconds that its server may say nothing, and that it may take in all once it is reached."""

    largest: int
    silence: float
    patience: float


class Answer(NamedTuple):
    """What a server answered, whatever its status. Names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def get(url: str, accept: str, limits: Limits, conditions: Mapping[str, str] | None = None) -> Answer:
    """What is at an address now. `conditions` are more headers. Blocks. Raises `NotFetched`, `AddressRefused`."""
    connection, path = _connection(url, limits.silence)
    headers = {"accept": accept, "accept-encoding": "identity", "user-agent": "licet", "connection": "close"}
    try:
        with _within(connection, limits.patience):
            connection.request("GET", path, headers={**headers, **(conditions or {})})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            if found.get("content-encoding", "identity") != "identity":
                raise NotFetched("it comes encoded, which was not asked for")
            return Answer(answer.status, found, _content(answer, limits.largest))
    except HTTPException:
        raise NotFetched("its server does not answer as HTTP does") from None
    except (OSError, ValueError) as error:
        raise NotFetched(_told(error)) from None
    finally:
        connection.close()


def _connection(url: str, silence: float) -> tuple[HTTPConnection, str]:
    """A connection that is not made yet, and what to ask it for."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # brackets or a port that are none
        raise AddressRefused("it is not spelled as an address is") from None
    if not url.isascii() or not url.isprintable() or " " in url or "@" in parts.netloc or not host:
        raise AddressRefused("no credentials and no spaces are allowed in it")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https":
        return HTTPSConnection(host, port, timeout=silence), path
    if parts.scheme == "http" and host in LOCAL:
        return HTTPConnection(host, port, timeout=silence), path
    raise AddressRefused("only https is allowed, and http on this machine")


@contextmanager
def _within(connection: HTTPConnection, patience: float) -> Iterator[None]:
    """Connect; so many seconds later the connection ends. A head can come a letter at a time, without a silence."""
    connection.connect()
    line, over = connection.sock, Event()
    assert line is not None
    timer = Timer(patience, _end, (line, over))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if over.is_set():  # what came without its length seems whole
            raise NotFetched(f"it takes more than {patience:g} s")


def _end(line: socket.socket, over: Event) -> None:
    over.set()
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _content(answer: HTTPResponse, largest: int) -> bytes:
    content = bytearray()
    while more := answer.read1(CHUNK):
        content += more
        if len(content) > largest:
            raise NotFetched(f"it is longer than {largest} bytes")
    if answer.length:
        raise NotFetched(f"it breaks off after {len(content)} bytes")
    return bytes(content)


def _told(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "its server says nothing for too long"
        case SSLError():  # its number is OpenSSL's, and would be taken for the system's
            return "its server's certificate is not believed, or no TLS comes about"
        case OSError(errno=int(number)) if number > 0:
            return f"its server is not reached ({os.strerror(number)})"
        case _:
            return "its server is not reached"
