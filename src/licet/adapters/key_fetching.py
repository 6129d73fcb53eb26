"""Fetching the key set of an issuer: over TLS or from this machine itself, bounded, and never where an answer leads."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from licet.core.trust import Trust
from licet.credentials.key_set import LARGEST, KeySet, read_key_set
from licet.credentials.refusal import CredentialRefused

SECONDS = 4.0
"""How long one document may take in all, after its server is reached; and how long that may take."""

LEAST, USUAL, MOST = 60.0, 600.0, 86_400.0
"""Seconds that a set is kept: what its `max-age` says within these bounds, or without one the usual."""

DISCOVERY = "/.well-known/openid-configuration"

_LOCAL = frozenset(("127.0.0.1", "::1", "localhost"))
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age="?([0-9]{1,9})"?\s*(?:,|$)', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|,)\s*no-(?:store|cache)\s*(?:,|$)", re.IGNORECASE)
_HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "licet", "connection": "close"}


class KeysNotFetched(Exception):
    """A document that could not be had, and why, in our own words."""


class Fetched(NamedTuple):
    """A key set, and the seconds for which it is good."""

    keys: KeySet
    seconds: float


def fetch_keys(trust: Trust, seconds: float = SECONDS) -> Fetched:
    """The keys of a document's issuer from where they are. Blocks. Raises `KeysNotFetched`."""
    assert trust.keys is not None
    url = trust.keys.url or jwks_uri(trust.attester, seconds)
    content, headers = get(url, seconds)
    try:
        return Fetched(read_key_set(content), good_for(headers.get("cache-control", "")))
    except CredentialRefused as error:
        raise KeysNotFetched(str(error)) from None


def good_for(cache_control: str) -> float:
    """The seconds for which an answer may be kept (RFC 9111, section 5.2.2), within our bounds."""
    if _NOT_KEPT.search(cache_control):
        return LEAST
    said = _MAX_AGE.search(cache_control)
    return USUAL if said is None else min(max(float(said[1]), LEAST), MOST)


def jwks_uri(issuer: str, seconds: float = SECONDS) -> str:
    """Where an issuer's metadata say its keys are (OpenID Connect Discovery 1.0, sections 4.1 to 4.3). Blocks.

    Raises `KeysNotFetched`, also for metadata that name another issuer.
    """
    content, _ = get(issuer.rstrip("/") + DISCOVERY, seconds)
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError):
        raise KeysNotFetched("its metadata are not JSON") from None
    if not isinstance(tree, dict) or tree.get("issuer") != issuer:
        raise KeysNotFetched("its metadata are another issuer's")
    uri = tree.get("jwks_uri")
    if not isinstance(uri, str) or not uri.startswith("https:" if issuer.startswith("https:") else ("https:", "http:")):
        raise KeysNotFetched("its metadata do not say where its keys are, or lead out of TLS")
    return uri


def get(url: str, seconds: float = SECONDS, largest: int = LARGEST) -> tuple[bytes, Mapping[str, str]]:
    """A document and the headers of its answer (names in small letters). Blocks. Raises `KeysNotFetched`."""
    try:
        with _asked(url, seconds) as answer:
            if answer.status != 200:
                raise KeysNotFetched(f"their address answers with status {answer.status}")
            headers = {name.lower(): value for name, value in answer.getheaders()}
            content = answer.read(largest + 1)
            if len(content) > largest:
                raise KeysNotFetched(f"their address answers with more than {largest} bytes")
            if answer.length or headers.get("content-encoding", "identity") != "identity":
                raise KeysNotFetched("their address answers in part, or encoded")
            return content, headers
    except (OSError, HTTPException, ValueError):
        raise KeysNotFetched("their address does not answer in time, or not as HTTP does") from None


@contextmanager
def _asked(url: str, seconds: float) -> Iterator[HTTPResponse]:
    """The answer to a GET; so many seconds after it was sent, its connection ends."""
    connection, path = _connection(url, seconds)
    try:
        connection.connect()
        line = connection.sock
        assert line is not None
        over = threading.Event()
        timer = threading.Timer(seconds, _end, (line, over))
        timer.daemon = True
        timer.start()
        try:
            connection.request("GET", path, headers=_HEADERS)
            yield connection.getresponse()
        finally:
            timer.cancel()
        if over.is_set():  # what came without its length seems whole
            raise TimeoutError
    finally:
        connection.close()


def _connection(url: str, seconds: float) -> tuple[HTTPConnection, str]:
    """A connection that is not made yet, and what to ask it for. Raises `KeysNotFetched`, `ValueError`."""
    parts = urlsplit(url)
    if not url.isascii() or not url.isprintable() or " " in url or "@" in parts.netloc or not parts.hostname:
        raise KeysNotFetched("their address is none")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context), path
    if parts.scheme == "http" and parts.hostname in _LOCAL:
        return HTTPConnection(parts.hostname, parts.port, timeout=seconds), path
    raise KeysNotFetched("their address is neither https nor this machine's own")


def _end(line: socket.socket, over: threading.Event) -> None:
    over.set()
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)
