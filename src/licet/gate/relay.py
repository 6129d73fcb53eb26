"""Carry a decided request to its upstream and the answer back, as it comes, under a record that is durable first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from licet.gate.answers import Headers, Send, answer_failure, close_event, error_event
from licet.gate.enforced import Route
from licet.gate.flight import EVENT_SECONDS, Flight
from licet.gate.headers import withdrawn
from licet.gate.limits import Limits
from licet.gate.safeguard.answering import LARGEST_ANSWER, Guarding
from licet.gate.upstream import Upstreams
from licet.gate.upstream_connection import Head, UpstreamConnection, UpstreamFailed
from licet.wire.failure import Failure
from licet.wire.journal import JournalUnavailable
from licet.wire.sse import EventBoundary

RETURNED = frozenset(
    (
        b"content-type",
        b"cache-control",
        b"retry-after",
        b"retry-after-ms",
        b"x-should-retry",
        b"x-request-id",
        b"request-id",
        b"openai-processing-ms",
        b"openai-version",
    )
)
"""An upstream's headers that reach the caller: none about the operator's account, no cookies, nothing hop-by-hop."""

NOT_DURABLE = Failure(503, "journal_unavailable", "the decision could not be recorded, so nothing is served")


class _Ended(Exception):
    """The flight was ended by somebody, and the open event is complete."""


class Relay:
    """Answers flights. `monotonic` gives seconds for deadlines."""

    def __init__(self, upstreams: Upstreams, limits: Limits, monotonic: Callable[[], float]) -> None:
        self._upstreams = upstreams
        self._limits = limits
        self._monotonic = monotonic

    async def carry(
        self, flight: Flight, route: Route, request: bytes, durable: asyncio.Future[None], send: Send, headers: Headers
    ) -> None:
        """Answer a flight; afterwards its `how` and `passed` say what became of it."""
        try:
            connection, head = await self._exchange(flight, route, request)
            await settled(durable)
            await self._pass_on(flight, connection, head, send, headers)
            self._upstreams.keep(route.to, connection)
            return
        except asyncio.CancelledError:
            if flight.failure is None:
                flight.how, flight.failure = "left", Failure(503, "shutting_down", "the gate is shutting down")
            flight.task.uncancel()
        except UpstreamFailed as error:
            _blame(flight, Failure(502, "upstream_failed", f"the model's upstream failed: {error}"))
        except JournalUnavailable:
            flight.how, flight.failure = "upstream-error", NOT_DURABLE
        except _Ended:
            pass
        except Exception as error:  # a fault of ours: the end says that it is not whole, and the edge tells the rest
            _blame(flight, Failure(500, "internal_error", f"this gate failed: {type(error).__name__}"))
            if flight.connection is not None:
                flight.connection.close()
            raise
        if flight.connection is not None:
            flight.connection.close()
        await self._tell(flight, durable, send, headers)

    async def _exchange(self, flight: Flight, route: Route, request: bytes) -> tuple[UpstreamConnection, Head]:
        """Send the request; once more on a new connection, if a kept one turns out to be closed before an answer."""
        connection = self._upstreams.kept(route.to)
        if connection is not None:
            flight.connection = connection
            connection.send(request)
            try:
                return connection, await connection.head()
            except UpstreamFailed:
                if connection.touched:
                    raise
        flight.connection = connection = await self._upstreams.connect(route.to)
        connection.send(request)
        return connection, await connection.head()

    async def _pass_on(
        self, flight: Flight, connection: UpstreamConnection, head: Head, send: Send, headers: Headers
    ) -> None:
        if flight.guarding is not None:
            await self._pass_guarded(flight, flight.guarding, connection, head, send, headers)
            return
        start = _answer_head(head, headers)
        if head.status == 200 and _is_events(head):
            flight.events = EventBoundary()
        first = await connection.chunk()
        if flight.failure is not None:
            raise _Ended
        flight.started, flight.status = True, head.status
        await send({"type": "http.response.start", "status": head.status, "headers": start})
        await self._pass_body(flight, connection, first, send)

    async def _pass_body(self, flight: Flight, connection: UpstreamConnection, chunk: bytes, send: Send) -> None:
        events = flight.events
        idle = self._limits.idle_seconds
        while True:
            last = connection.at_end
            if flight.failure is not None:
                await self._end_event(flight, chunk, send)
            else:
                await send({"type": "http.response.body", "body": chunk, "more_body": not last})
                flight.passed += len(chunk)
                if events is not None:
                    events.feed(chunk)
                if last:
                    return
            flight.deadline = min(flight.gives_up, self._monotonic() + idle)
            chunk = await connection.chunk()

    async def _pass_guarded(
        self,
        flight: Flight,
        guarding: Guarding,
        connection: UpstreamConnection,
        head: Head,
        send: Send,
        headers: Headers,
    ) -> None:
        """Pass on what safeguards have read and not flagged, and not a byte before."""
        start = _answer_head(head, headers)
        if head.status == 200 and _is_events(head):
            flight.events = EventBoundary()
            start = [(name, value) for name, value in start if name != b"content-length"]
        whole: bytearray = bytearray()
        last = False
        while not last:
            chunk = await connection.chunk()
            last = connection.at_end
            self._wait(flight, guarding.seconds)
            if flight.events is not None:
                passing = await guarding.released(chunk, last=last)
            else:
                whole += chunk
                passing = b"" if not last and len(whole) <= LARGEST_ANSWER else await _whole(guarding, bytes(whole))
            if guarding.blind and head.status >= 400:
                raise UpstreamFailed(f"it answered {head.status}, with nothing that a safeguard can read")
            if flight.failure is None and guarding.failure is not None:
                flight.how, flight.failure = "cut", guarding.failure
            if flight.failure is not None or passing is None:
                raise _Ended
            if passing or last:
                await self._send_part(flight, head.status, start, passing, send, last=last)
            self._wait(flight, self._limits.idle_seconds)

    async def _send_part(
        self, flight: Flight, status: int, start: Headers, part: bytes, send: Send, *, last: bool
    ) -> None:
        if not flight.started:
            flight.started, flight.status = True, status
            await send({"type": "http.response.start", "status": status, "headers": start})
        await send({"type": "http.response.body", "body": part, "more_body": not last})
        flight.passed += len(part)
        if flight.events is not None:
            flight.events.feed(part)

    def _wait(self, flight: Flight, seconds: float) -> None:
        """Something may take so long from now on, and with a second's margin."""
        flight.deadline = min(flight.gives_up, self._monotonic() + seconds + 1)

    async def _end_event(self, flight: Flight, chunk: bytes, send: Send) -> None:
        """A stream is cut inside an event: pass on no more than the rest of that event."""
        events = flight.events
        if events is None or events.closed or not chunk:
            raise _Ended
        rest = events.until_closed(chunk)
        part = chunk if rest is None else rest
        await send({"type": "http.response.body", "body": part, "more_body": True})
        flight.passed += len(part)
        events.feed(part)
        if rest is not None:
            raise _Ended

    async def _tell(self, flight: Flight, durable: asyncio.Future[None], send: Send, headers: Headers) -> None:
        """Say why there is no answer, or no more of it, in the way that is still open."""
        failure = flight.failure
        if failure is None or flight.how == "left":
            return
        if not flight.started:
            try:
                await settled(durable)
            except JournalUnavailable:
                failure = NOT_DURABLE
            if flight.how == "cut":
                headers = withdrawn(headers, flight.instruments)
            await answer_failure(send, flight.endpoint.api, failure, headers)
        elif flight.events is not None:
            event = error_event(flight.endpoint.stream, failure)
            if not flight.events.closed:
                event = close_event(flight.endpoint.stream) + event
            await _send_soon(send, event)


async def _whole(guarding: Guarding, body: bytes) -> bytes | None:
    return body if await guarding.passes(None if len(body) > LARGEST_ANSWER else body) else None


def _blame(flight: Flight, failure: Failure) -> None:
    """Why a flight failed, unless something else had ended it before."""
    if flight.failure is None:
        flight.how, flight.failure = "upstream-error", failure


async def settled(durable: asyncio.Future[None]) -> None:
    """Wait until the record is durable, and leave the record alone if the one who waits is cancelled."""
    if durable.done():
        durable.result()
    else:
        await asyncio.shield(durable)


async def _send_soon(send: Send, event: bytes) -> None:
    """Send the last event, unless the caller has stopped reading: then the connection just ends."""
    try:
        async with asyncio.timeout(EVENT_SECONDS):
            await send({"type": "http.response.body", "body": event, "more_body": False})
    except TimeoutError:
        return


def _answer_head(head: Head, headers: Headers) -> Headers:
    """The headers of the answer. Raises `UpstreamFailed` for an answer that is not passed on."""
    if 300 <= head.status < 400:
        raise UpstreamFailed(f"it answered {head.status}, a redirect, which is not followed")
    if head.status in (401, 403, 407):
        raise UpstreamFailed(f"it answered {head.status} to the gate's own credentials")
    kept: Headers = []
    chunked = False
    length = None
    for name, value in head.headers:
        if name in RETURNED:
            kept.append((name, value))
        elif name == b"content-length":
            length = value
        elif name == b"transfer-encoding":
            chunked = True
        elif name == b"content-encoding" and value.lower() != b"identity":
            raise UpstreamFailed("it answered in a content encoding that was not asked for")
    if length is not None and not chunked:
        kept.append((b"content-length", length))
    kept += headers
    return kept


def _is_events(head: Head) -> bool:
    return any(
        name == b"content-type" and value.lower().startswith(b"text/event-stream") for name, value in head.headers
    )
