"""What the journal, the meters and the trace are told of a request: its decision, and how it ended."""

from __future__ import annotations

import asyncio

from msgspec import UNSET

from licet.core.safeguards import Side
from licet.gate.asked import Asked
from licet.gate.decider import Decided
from licet.gate.enforced import Enforced
from licet.gate.flight import Flight
from licet.gate.parts import Parts
from licet.gate.tracing import TRACE, tell_decision, tell_screening
from licet.wire.journal import DecisionRecord, EndRecord


def record(parts: Parts, asked: Asked, enforced: Enforced, decided: Decided, decision_id: str) -> asyncio.Future[None]:
    """Write a decision into the journal, and tell the trace of it. The future is done when it is durable."""
    decision, admission, trace = decided.decision, asked.caller.admission, asked.scope.get(TRACE)
    subject, beside = asked.caller.pseudonyms(decided.whose)
    if trace is not None:
        tell_decision(trace, decision, decision_id, enforced.rulebook)
        if decided.said:
            tell_screening(trace, Side.REQUEST, decided.said)
    return parts.journal.append(
        DecisionRecord(
            id=decision_id,
            at=decision.at,
            key=admission.key.id,
            subject=subject,
            api=asked.endpoint.api.value,
            endpoint=asked.endpoint.path,
            operation=decision.operation,
            stream=asked.body.stream,
            requested=decision.requested,
            outcome=decision.outcome,
            served=decision.served,
            instruments=decision.instruments,
            unknown=decision.unknown,
            rulebook=decision.rulebook,
            epoch=enforced.rulebook.epoch,
            beside=beside,
            ip_country=asked.country,
            safeguards=decided.said,
        )
    )


def record_end(parts: Parts, flight: Flight) -> None:
    """Record how it ended. Nobody waits for this record; if it cannot be written, the next decision says so."""
    end = EndRecord(
        id=flight.id,
        at=parts.clock.now(),
        how=flight.how,
        instruments=flight.instruments,
        bytes=flight.passed,
        safeguards=UNSET if flight.guarding is None else flight.guarding.said or UNSET,
    )
    if flight.guarding is not None:
        parts.meters.screened(Side.ANSWER, flight.guarding.said)
    if parts.journal.writable:
        parts.journal.append(end)
    status = flight.status or (flight.failure.status if flight.failure is not None else 200)
    parts.meters.answered(flight.endpoint, flight.decision.outcome, status)
    parts.meters.ended(flight.how)
    if flight.how == "upstream-error" and flight.failure is not None:
        parts.tell("upstream failed", level="warning", decision=flight.id, error=flight.failure.message)
