"""The gate as an ASGI application: every request comes in here, and what is not in a table is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec

from licet.core.catalogue import Api
from licet.gate import listing
from licet.gate.admitting import law, who_asks
from licet.gate.answers import JSON, Receive, Send, answer, answer_failure
from licet.gate.arrival import Scope, caller_key
from licet.gate.carrier import Carrier
from licet.gate.endpoints import CARRIED, MODELS, OWN, why_refused
from licet.gate.parts import Parts
from licet.gate.receiving import CallerLeft
from licet.gate.refused import Refused, refuse
from licet.gate.tracing import traced
from licet.wire.failure import Failure

Hook = Callable[[], Awaitable[None]]


class Gate:
    """One worker's application; `start` and `stop` run at the ends of its life (ASGI lifespan)."""

    def __init__(self, parts: Parts, start: Hook, stop: Hook) -> None:
        self._parts = parts
        self._carrier = Carrier(parts)
        self._start = start
        self._stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the worker's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            traces = self._parts.traces
            if traces is None:
                await self._answer(scope, receive, send)
            else:
                await traced(traces, scope, send, lambda scope, send: self._answer(scope, receive, send))

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            hook = self._start if message["type"] == "lifespan.startup" else self._stop
            await hook()
            await send({"type": message["type"] + ".complete"})
            if hook is self._stop:
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        endpoint = CARRIED.get(path)
        api = endpoint.api if endpoint is not None else _guess_api(scope)
        try:
            if scope["raw_path"] != path.encode():
                raise refuse(404, "unknown_path", "paths with escapes are not carried: write the path plainly")
            if endpoint is None:
                await self._aside(path, api, scope, send)
            elif scope["method"] != "POST":
                raise refuse(405, "method_not_allowed", f"`{path}` takes POST alone")
            else:
                await self._carrier.carry(endpoint, scope, receive, send)
        except Refused as refused:
            self._parts.meters.refused(api, refused.failure)
            await answer_failure(send, api, refused.failure, [])
        except CallerLeft:
            return
        except Exception as error:
            self._parts.tell("failed", level="error", path=path[:200], error=f"{type(error).__name__}: {error}"[:500])
            await _answer_broken(send, api)

    async def _aside(self, path: str, api: Api, scope: Scope, send: Send) -> None:
        """Everything that reaches no model."""
        if path not in OWN and path != MODELS and not path.startswith(MODELS + "/"):
            raise refuse(404, "unknown_path", why_refused(path))
        if scope["method"] != "GET":
            raise refuse(405, "method_not_allowed", f"`{path[:200]}` takes GET alone")
        if path in OWN:
            await self._own(path, send)
            return
        caller = await who_asks(self._parts, caller_key(scope["headers"]))
        enforced, now = law(self._parts.watch), self._parts.clock.now()
        country = self._parts.circumstances.country(scope, enforced.rulebook)
        if path == MODELS:
            body = listing.listing(enforced, caller, api, now, country)
        else:
            body = msgspec.json.encode(listing.one(enforced, caller, api, path[len(MODELS) + 1 :], now, country))
        await answer(send, 200, body, [JSON])

    async def _own(self, path: str, send: Send) -> None:
        if path == "/metrics":
            body, media = self._parts.meters.exposition(self._parts.watch, self._parts.flights)
            await answer(send, 200, body, [(b"content-type", media)])
            return
        failure = self.unready() if path == "/readyz" else None
        tree: dict[str, Any] = {"status": "ok" if failure is None else failure.message}
        await answer(send, 200 if failure is None else 503, msgspec.json.encode(tree), [JSON])

    def unready(self) -> Failure | None:
        """Why this worker would serve nobody now."""
        try:
            law(self._parts.watch)
        except Refused as refused:
            return refused.failure
        if not self._parts.journal.writable:
            return Failure(503, "journal_unavailable", "the journal cannot be written")
        return None


async def _answer_broken(send: Send, api: Api) -> None:
    """A fault of ours: 500; or, where an answer had begun, nothing, and the server closes the connection."""
    with suppress(RuntimeError):
        await answer_failure(send, api, Failure(500, "internal_error", "this gate failed; nothing was served"), [])


def _guess_api(scope: Scope) -> Api:
    """In which shape to answer on a path that both APIs have, or neither."""
    if any(name == b"anthropic-version" for name, _ in scope["headers"]) or scope["path"].startswith("/v1/messages"):
        return Api.ANTHROPIC
    return Api.OPENAI
