"""Fetching token status lists: bounded in bytes and time, conditional, from https (or this machine) alone.

Nothing is verified here. What was fetched last is kept, as public as its issuer made it: under
`<state>/status-lists/<SHA-256 of the address>`, so that an older list is known as such after a start, too.
`spec/status-lists.md`.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from threading import Event, Timer
from time import monotonic
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from licet.adapters.segments_files import keep
from licet.credentials.status_list import LARGEST_TEXT
from licet.services.identity.statuses import StatusUnreadable

FOLDER = "status-lists"
MEDIA_TYPE = "application/statuslist+jwt"
SILENCE_SECONDS = 5.0
PATIENCE_SECONDS = 10.0
REDIRECTS = 3
CHUNK = 65_536
MOVED = (301, 302, 303, 307, 308)


class _Kept(NamedTuple):
    etag: str
    text: str


class HttpStatusLists:
    """`services.identity.statuses.StatusLists` over HTTP. For one thread at a time."""

    def __init__(self, state: Path, silence: float = SILENCE_SECONDS, patience: float = PATIENCE_SECONDS) -> None:
        self._folder = state / FOLDER
        self._silence = silence
        self._patience = patience
        self._known: dict[str, _Kept] = {}

    def fetch(self, uri: str) -> str:
        """See the port. Redirects are followed within the same origin."""
        kept = self._kept(uri)
        conditions = {"If-None-Match": kept.etag} if kept is not None and kept.etag else {}
        url = uri
        for _ in range(REDIRECTS + 1):
            status, headers, content = self._ask(uri, url, conditions)
            if status not in MOVED:
                break
            url = _redirected(uri, url, headers.get("location") or "")
        else:
            raise StatusUnreadable(f"`{uri}` redirects more than {REDIRECTS} times")
        if status == 304 and kept is not None and conditions:
            return kept.text
        if status != 200:
            raise StatusUnreadable(f"`{uri}` answers with the status {status}")
        if (headers.get("content-type") or "").split(";")[0].strip().lower() != MEDIA_TYPE:
            raise StatusUnreadable(f"`{uri}` answers with something else than `{MEDIA_TYPE}`")
        try:
            text = content.decode("ascii").strip()
        except UnicodeDecodeError:
            raise StatusUnreadable(f"`{uri}` answers with what is no token") from None
        etag = headers.get("etag") or ""
        self._known[uri] = _Kept(etag if etag.isascii() and etag.isprintable() and len(etag) < 256 else "", text)
        return text

    def last(self, uri: str) -> str | None:
        """See the port."""
        with suppress(OSError, UnicodeDecodeError):
            return self._path(uri).read_text("ascii")
        return None

    def remember(self, uri: str, text: str) -> None:
        """See the port."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            keep(self._path(uri), text.encode("ascii"))
        except OSError as error:
            raise StatusUnreadable(f"cannot keep `{self._path(uri)}`: {error.strerror}") from error

    def _kept(self, uri: str) -> _Kept | None:
        return self._known.get(uri)

    def _path(self, uri: str) -> Path:
        return self._folder / f"{sha256(uri.encode()).hexdigest()}.jwt"

    def _ask(self, uri: str, url: str, conditions: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        try:
            connection = _connected(url, self._silence)
        except ValueError as error:
            raise StatusUnreadable(f"`{uri}` is no address of a status list: {error}") from None
        try:
            target = urlsplit(url)
            path = (target.path or "/") + (f"?{target.query}" if target.query else "")
            with self._bounded(connection):
                connection.request("GET", path, headers={"Accept": MEDIA_TYPE, "User-Agent": "licet", **conditions})
                answer = connection.getresponse()
                return answer.status, {k.lower(): v for k, v in answer.getheaders()}, self._content(answer)
        except (OSError, HTTPException) as error:
            raise StatusUnreadable(f"cannot read `{uri}`: {_told(error)}") from error
        finally:
            connection.close()

    @contextmanager
    def _bounded(self, connection: HTTPConnection) -> Iterator[None]:
        """A connection that ends when the patience does: heads can come a letter at a time, without a silence."""
        connection.connect()
        line, over = connection.sock, Event()
        assert line is not None
        timer = Timer(self._patience, _end, (line, over))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            if over.is_set():  # what came without its length seems whole
                raise TimeoutError(f"it takes more than {self._patience:g} s")

    def _content(self, answer: HTTPResponse) -> bytes:
        content, until = bytearray(), monotonic() + self._patience
        while more := answer.read1(CHUNK):
            content += more
            if len(content) > LARGEST_TEXT:
                raise OSError(f"it is longer than {LARGEST_TEXT} bytes")
            if monotonic() > until:
                raise TimeoutError(f"it takes more than {self._patience:g} s")
        if answer.length:
            raise OSError(f"it breaks off after {len(content)} bytes")
        return bytes(content)


def _end(line: socket.socket, over: Event) -> None:
    over.set()
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _connected(url: str, silence: float) -> HTTPConnection:
    """A connection to https, or to http on this machine. Raises `ValueError` that says what is allowed."""
    parts = urlsplit(url)
    if not url.isascii() or not url.isprintable() or " " in url or "@" in parts.netloc or parts.hostname is None:
        raise ValueError("no credentials and no spaces are allowed in it")
    if parts.scheme == "https":
        return HTTPSConnection(parts.hostname, parts.port, timeout=silence)
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return HTTPConnection(parts.hostname, parts.port, timeout=silence)
    raise ValueError("only https is allowed, and http on this machine")


LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _redirected(uri: str, url: str, location: str) -> str:
    here, there = urlsplit(url), _joined(uri, url, location)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise StatusUnreadable(f"`{uri}` redirects to another server")
    return there.geturl()


def _joined(uri: str, url: str, location: str) -> SplitResult:
    try:
        return urlsplit(urljoin(url, location))
    except ValueError:
        raise StatusUnreadable(f"`{uri}` redirects to what is no address") from None


def _told(error: Exception) -> str:
    return (os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)) or type(
        error
    ).__name__
