"""What a trace tells of a request: its way through the gate, the decision, and no word of its content or its caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from licet.core.decision import Decision
from licet.core.rulebook import Rulebook
from licet.core.safeguards import Side
from licet.gate.answers import Send
from licet.gate.arrival import Scope
from licet.gate.endpoints import CARRIED, MODELS, OWN, Endpoint
from licet.gate.flight import Flight
from licet.gate.ports import Trace, Traces
from licet.gate.upstream import Address
from licet.wire.journal import Screened

TRACE = "licet.trace"
"""Under this name a request's scope holds its trace, where requests are traced."""

Answer = Callable[[Scope, Send], Awaitable[None]]


async def traced(traces: Traces, scope: Scope, send: Send, answer: Answer) -> None:
    """Answer a request under a trace, which lasts until the last byte left."""
    parents = [value for name, value in scope["headers"] if name == b"traceparent"]
    parent = parents[0].decode("latin-1") if len(parents) == 1 else None
    trace = traces.begin(scope["method"], _route(scope["path"]), scope.get("server"), parent)
    status: int | None = None

    async def noting(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        await send(message)

    try:
        await answer({**scope, TRACE: trace}, noting)
    finally:
        trace.end(status)


def tell_decision(trace: Trace, decision: Decision, decision_id: str, rulebook: Rulebook) -> None:
    """Note a decision. A name that no model has is the caller's own text, and is left out."""
    trace.note("licet.decision", decision_id)
    trace.note("licet.outcome", decision.outcome.value)
    trace.note("licet.epoch", rulebook.epoch)
    if decision.requested in rulebook.catalogue.models:
        trace.note("licet.model.requested", decision.requested)
    if decision.served is not None:
        trace.note("licet.model.served", decision.served)
    trace.note("licet.instruments", decision.instruments)


def tell_screening(trace: Trace, side: Side, said: Iterable[Screened]) -> None:
    """Note what safeguards said, without scores."""
    trace.note(f"licet.safeguards.{side.value}", tuple(f"{each.safeguard}: {each.led.value}" for each in said))


def asking(trace: Trace, to: Address, endpoint: Endpoint, forwarded: bytes) -> bytes:
    """The exchange with the upstream begins; the headers that go on to it, under a `traceparent` of the gate's own."""
    traceparent = trace.ask(to.host, to.port, to.prefix + endpoint.path)
    lines = [line for line in forwarded.split(b"\r\n") if line and not line.startswith(b"traceparent:")]
    return b"\r\n".join((*lines, b"traceparent: " + traceparent.encode("ascii"), b""))


def answered(trace: Trace, flight: Flight) -> None:
    """The answer is over, whole or not."""
    trace.note("licet.end", flight.how)
    trace.answered(flight.status, None if flight.failure is None else flight.failure.code)
    if flight.instruments:
        trace.note("licet.cut_by", flight.instruments)


def _route(path: str) -> str | None:
    """The path as one of the tables has it; nothing that a caller made up."""
    if path in CARRIED or path in OWN or path == MODELS:
        return path
    return MODELS + "/{model}" if path.startswith(MODELS + "/") else None
