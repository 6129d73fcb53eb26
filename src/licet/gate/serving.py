"""A request that is permitted, on its way to the model and back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from licet.core.decision import Decision
from licet.core.safeguards import Side
from licet.gate.answers import Receive, Send
from licet.gate.asked import Asked
from licet.gate.decider import Decided
from licet.gate.enforced import CredentialMissing, Enforced, Route
from licet.gate.flight import Flight
from licet.gate.headers import decision_headers
from licet.gate.parts import Parts
from licet.gate.receiving import watch_caller
from licet.gate.recording import record, record_end
from licet.gate.refused import refuse
from licet.gate.safeguard.answering import Guarding
from licet.gate.safeguard.cascade import Judged
from licet.gate.safeguard.refusing import ended, names
from licet.gate.tracing import TRACE, answered, asking, tell_screening
from licet.wire.body import with_model
from licet.wire.failure import Failure


async def serve(
    parts: Parts, asked: Asked, enforced: Enforced, decided: Decided, decision_id: str, receive: Receive, send: Send
) -> None:
    """Carry a request that is permitted to its model, and the answer back; decision and end are recorded.

    Raises `Refused` with 502 if there is no credential for the model: nothing was recorded then.
    """
    decision = decided.decision
    route, request = _request(parts, asked, enforced, decision)
    trace = asked.scope.get(TRACE)
    flight = _flight(parts, asked, decided, decision_id)
    if enforced.standing.answer and asked.endpoint.writes:
        flight.guarding = _guarding(parts, enforced, decided, decision_id)
    parts.flights.enter(flight)
    parts.watch.entered(flight)
    stop_watching = watch_caller(asked.scope, receive, flight)
    try:
        durable = record(parts, asked, enforced, decided, decision_id)
        headers = decision_headers(decision, decision_id, names(decided.flagging))
        if decided.said:
            parts.meters.screened(Side.REQUEST, decided.said)
        await parts.relay.carry(flight, route, request, durable, send, headers)
    finally:
        stop_watching()
        parts.flights.leave(flight)
        record_end(parts, flight)
        if trace is not None:
            answered(trace, flight)
            if flight.guarding is not None:
                tell_screening(trace, Side.ANSWER, flight.guarding.said)


def _request(parts: Parts, asked: Asked, enforced: Enforced, decision: Decision) -> tuple[Route, bytes]:
    """Where the request goes, and its bytes. Raises `Refused` if there is no credential for it."""
    assert decision.served is not None
    model = enforced.rulebook.catalogue.models[decision.served]
    try:
        route = enforced.route(model, asked.endpoint, asked.scope["query_string"])
    except CredentialMissing as error:
        parts.tell("credential missing", level="error", model=model.name)
        raise refuse(502, "upstream_failed", str(error)) from None
    data = with_model(asked.data, asked.body, model.upstream.name)
    length = b"content-length: %d\r\n\r\n" % len(data)
    forwarded, trace = asked.arrival.forwarded, asked.scope.get(TRACE)
    if trace is not None:
        forwarded = asking(trace, route.to, asked.endpoint, forwarded)
    return route, b"".join((route.head, forwarded, length, data))


def _flight(parts: Parts, asked: Asked, decided: Decided, decision_id: str) -> Flight:
    limits, now = parts.limits, parts.monotonic()
    task = asyncio.current_task(asyncio.get_running_loop())
    assert task is not None
    flight = Flight(
        decision_id,
        asked.endpoint,
        asked.caller,
        decided.decision,
        decided.models,
        stream=asked.body.stream,
        gives_up=now + limits.total_seconds,
        country=asked.country,
        task=task,
    )
    flight.deadline = min(flight.gives_up, now + limits.connect_seconds + limits.first_byte_seconds)
    return flight


def _guarding(parts: Parts, enforced: Enforced, decided: Decided, decision_id: str) -> Guarding | None:
    """What reads the answer, if safeguards stand before one of the models on the side of answers."""
    answering = enforced.standing.answer
    safeguards = {each.digest: each for model in decided.models for each in answering.get(model, ())}
    if not safeguards:
        return None

    def explained(flagging: Sequence[Judged]) -> Failure:
        return ended(decided.decision, flagging, enforced.rulebook, parts.pages, decision_id)

    return Guarding(tuple(safeguards.values()), parts.cascades, explained)
