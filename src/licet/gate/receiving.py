"""A request's body, read within its limits; and the caller who leaves before the answer is complete."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from licet.gate.answers import Receive
from licet.gate.arrival import Scope
from licet.gate.flight import Flight
from licet.gate.limits import Limits
from licet.gate.refused import refuse
from licet.gate.server import CONNECTION
from licet.wire.failure import Failure

LEFT = Failure(499, "caller_left", "the caller left before the answer was complete")


class CallerLeft(Exception):
    """The connection ended before the body did."""


async def read_body(receive: Receive, length: int | None, limits: Limits) -> bytes:
    """The whole body. Raises `Refused` (413, 408) or `CallerLeft`."""
    if length is not None and length > limits.body_bytes:
        raise _too_large(limits)
    message = await receive()
    if message["type"] != "http.request":
        raise CallerLeft
    if not message.get("more_body", False):
        body: bytes = message.get("body", b"")
        if len(body) > limits.body_bytes:
            raise _too_large(limits)
        return body
    try:
        async with asyncio.timeout(limits.idle_seconds):
            return await _read_rest(receive, message.get("body", b""), limits)
    except TimeoutError:
        raise refuse(408, "body_timeout", f"the body did not arrive within {limits.idle_seconds:g} s") from None


async def _read_rest(receive: Receive, first: bytes, limits: Limits) -> bytes:
    parts = [first]
    size = len(first)
    more = True
    while more:
        if size > limits.body_bytes:
            raise _too_large(limits)
        message = await receive()
        if message["type"] != "http.request":
            raise CallerLeft
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
    if size > limits.body_bytes:
        raise _too_large(limits)
    return b"".join(parts)


def watch_caller(scope: Scope, receive: Receive, flight: Flight) -> Callable[[], object]:
    """End the flight when its caller leaves; the result stops the watch.

    Our own server calls back; under another one a task waits for the event (6 us a request more).
    """
    extension = scope.get("extensions", {}).get(CONNECTION)
    if extension is None:
        return flight.loop.create_task(_await_leaving(receive, flight)).cancel
    protocol = extension["protocol"]
    protocol.on_left = lambda: flight.end("left", LEFT)
    return lambda: setattr(protocol, "on_left", None)


def has_left(scope: Scope) -> bool:
    """Whether the caller is gone already; under another server than ours, nobody knows before a flight watches."""
    extension = scope.get("extensions", {}).get(CONNECTION)
    return extension is not None and bool(extension["protocol"].has_left)


async def _await_leaving(receive: Receive, flight: Flight) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    flight.end("left", LEFT)


def _too_large(limits: Limits) -> Exception:
    return refuse(413, "body_too_large", f"the body is larger than {limits.body_bytes} bytes")
