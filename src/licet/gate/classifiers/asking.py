"""Asking a classifier over HTTP: one JSON document out, one back, everything else is a failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from licet.core.safeguards import Stage
from licet.gate.ports import ClassifierFailed
from licet.gate.upstream import Address, Upstreams, address
from licet.gate.upstream_connection import UpstreamConnection, UpstreamFailed

LARGEST = 1_048_576
"""Bytes of an answer, at most."""


class Asking:
    """A classifier's endpoint. It may be asked many times at once; connections are kept for the next question."""

    def __init__(self, upstreams: Upstreams, to: Address, head: bytes) -> None:
        self._upstreams = upstreams
        self._to = to
        self._head = head

    async def ask(self, question: Mapping[str, object]) -> dict[str, Any]:
        """The answer to a question, a JSON object with status 200. Raises `ClassifierFailed`; cancelling ends it."""
        body = json.dumps(question, ensure_ascii=True).encode("ascii")
        request = b"%scontent-length: %d\r\n\r\n%s" % (self._head, len(body), body)
        kept = self._upstreams.kept(self._to)
        try:
            if kept is not None:
                try:
                    return await self._exchange(kept, request)
                except UpstreamFailed:
                    if kept.touched:
                        raise
            # a connection that was closed while nobody used it says nothing of the classifier
            return await self._exchange(await self._upstreams.connect(self._to), request)
        except UpstreamFailed as error:
            raise ClassifierFailed(f"it could not be asked: {error}") from None

    async def _exchange(self, connection: UpstreamConnection, request: bytes) -> dict[str, Any]:
        done = False
        try:
            connection.send(request)
            head = await connection.head()
            if head.status != 200:
                raise ClassifierFailed(f"it answered with status {head.status}")
            found = _object(await _body(connection))
            done = True
            return found
        finally:
            if done:
                self._upstreams.keep(self._to, connection)
            else:
                connection.close()


async def _body(connection: UpstreamConnection) -> bytes:
    pieces, size = [], 0
    while piece := await connection.chunk():
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise ClassifierFailed(f"its answer is longer than {LARGEST} bytes")
    return b"".join(pieces)


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise ClassifierFailed("its answer is not JSON that can be read in one way") from None
    if not isinstance(found, dict):
        raise ClassifierFailed("its answer is not a JSON object")
    return found


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, as `object_pairs_hook`. Raises `ValueError` for a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def asking(upstreams: Upstreams, stage: Stage, path: str, key_header: str, environ: Mapping[str, str]) -> Asking:
    """The endpoint of a stage. `key_header` is how its key is sent, with `{}` for it. Raises `ClassifierFailed`."""
    try:
        to = address(stage.url)
    except ValueError as error:
        raise ClassifierFailed(str(error)) from None
    lines = [f"POST {to.prefix}{path} HTTP/1.1", f"host: {to.authority}"]
    if stage.key_env is not None:
        lines.append(key_header.format(_secret(environ, stage.key_env)))
    lines += ["content-type: application/json", "accept-encoding: identity", "user-agent: licet", ""]
    return Asking(upstreams, to, "\r\n".join(lines).encode("ascii"))


def _secret(environ: Mapping[str, str], variable: str) -> str:
    secret = environ.get(variable, "")
    if not secret or not secret.isascii() or not secret.isprintable():
        raise ClassifierFailed(f"its key is not in the environment: set `{variable}` and restart")
    return secret
