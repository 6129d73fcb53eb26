"""What happens to a request that names a model: it is admitted, read, decided, recorded; then carried or refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from msgspec import UNSET

from licet.core.decision import Decision
from licet.core.guarded import taken_away
from licet.core.safeguards import Safeguard, Side
from licet.gate import decider
from licet.gate.answers import Receive, Send, answer_failure
from licet.gate.arrival import Arrival, Scope, read_arrival
from licet.gate.callers import Caller, Callers, Presented
from licet.gate.circumstances import Circumstances
from licet.gate.decider import Decided
from licet.gate.endpoints import Endpoint
from licet.gate.enforced import CredentialMissing, Enforced, Route
from licet.gate.flight import Flight, Flights
from licet.gate.headers import decision_headers
from licet.gate.limits import Limits
from licet.gate.meters import Meters
from licet.gate.ports import Journal, Traces
from licet.gate.receiving import CallerLeft, has_left, read_body, watch_caller
from licet.gate.refusal import Pages, explain
from licet.gate.refused import Refused, refuse, unavailable
from licet.gate.relay import NOT_DURABLE, Relay
from licet.gate.safeguard.answering import Guarding
from licet.gate.safeguard.cascade import Cascades, Judged, no_classifier, no_log
from licet.gate.safeguard.passages import request_readings
from licet.gate.safeguard.refusing import ended, names, turned_away
from licet.gate.safeguard.standing import Heard
from licet.gate.shadow import Place, Request, Shadow
from licet.gate.strangers import not_let_in
from licet.gate.tracing import TRACE, answered, asking, tell_decision, tell_screening
from licet.gate.watch import Watch, stale_failure
from licet.services.identity.carriers.admission import KeysUnavailable, is_token
from licet.services.ports import Clock, StoreUnavailable
from licet.wire.body import BodyError, ParsedBody, parse, with_model
from licet.wire.failure import Failure
from licet.wire.journal import DecisionRecord, EndRecord, JournalUnavailable


@dataclass(frozen=True, slots=True)
class Parts:
    """What one worker's gate is built from. `monotonic` gives seconds, `tell` writes a line of the log;
    `traces` is None unless requests are traced. `place` is where a shadow runs, if one does.
    """

    watch: Watch
    callers: Callers
    flights: Flights
    relay: Relay
    journal: Journal
    clock: Clock
    monotonic: Callable[[], float]
    new_id: Callable[[], str]
    limits: Limits
    pages: Pages
    meters: Meters
    tell: Callable[..., None]
    traces: Traces | None = None
    place: Place = field(default_factory=Place)
    circumstances: Circumstances = field(default_factory=Circumstances)
    cascades: Cascades = field(default_factory=lambda: Cascades(no_classifier, no_log))


NOTHING: frozenset[str] = frozenset()


class Asked(NamedTuple):
    """A request that was admitted and read."""

    endpoint: Endpoint
    arrival: Arrival
    scope: Scope
    data: bytes
    body: ParsedBody
    caller: Caller
    country: str | None


class Carrier:
    """Carries requests to models, one decision each."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._place = parts.place
        self._reading = 0

    async def carry(self, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
        """One request to an endpoint of the table. Raises `Refused` for what no decision was made about."""
        if len(self._parts.flights) + self._reading >= self._parts.limits.concurrent:
            raise unavailable("too_many_requests", "this gate carries as many requests as it may; try again")
        arrival = read_arrival(scope)
        self._reading += 1
        try:
            caller = await self.caller(arrival.key)
            changes = self._parts.callers.changes
            data = await read_body(receive, arrival.length, self._parts.limits)
            body = _parsed(data, endpoint)
            if changes != self._parts.callers.changes:
                caller = await self.caller(arrival.key)
        finally:
            self._reading -= 1
        country = self._parts.circumstances.country(scope, self.law().rulebook)
        await self._decide(Asked(endpoint, arrival, scope, data, body, caller, country), receive, send)

    async def caller(self, key: str) -> Caller:
        """Who asks by a key or a token, from memory or the store. Raises `Refused` with 401 or 503.

        After it returns from memory, nothing can change until the caller of this awaits something.
        """
        self.law()
        callers = self._parts.callers
        now = self._parts.clock.now()
        found = callers.known(key, now)
        while isinstance(found, Presented):
            try:
                async with asyncio.timeout(self._parts.limits.connect_seconds):
                    found = await callers.look_up(found, self._parts.watch.rulebook, now)
            except KeysUnavailable:
                raise unavailable("keys_unavailable", "who you are cannot be checked now; try again", 10) from None
            except (StoreUnavailable, TimeoutError):
                raise unavailable("store_unavailable", "who you are cannot be looked up now; try again", 5) from None
        if not isinstance(found, Caller):
            raise Refused(not_let_in(found, token=is_token(key)))
        return found

    def law(self) -> Enforced:
        """The rulebook in force. Raises `Refused` with 503 if it is not known, or not fresh."""
        watch = self._parts.watch
        if watch.enforced is None or watch.stale:
            raise Refused(stale_failure(watch.age))
        return watch.enforced

    async def _decide(self, asked: Asked, receive: Receive, send: Send) -> None:
        """Decide; if safeguards stand before what would serve, hear them, and decide again by what is so then."""
        heard: Heard | None = None
        while True:
            enforced = self.law()
            now = self._parts.clock.now()
            if not asked.caller.holds_at(now):
                asked = asked._replace(caller=await self.caller(asked.arrival.key))
                enforced = self.law()
            standing = enforced.standing
            flagged = NOTHING if heard is None else heard.flagged(standing)
            try:
                decided = self._decided(asked, enforced, now, flagged)
            except Refused as refused:
                await self._undecided(asked, enforced, now, refused.failure, send)
                return
            unheard = (heard or Heard()).unheard(standing, decided.models) if standing.request else ()
            if not unheard:
                break
            heard = heard or Heard()
            asked = await self._hear(asked, heard, unheard)
        if heard is not None:
            flagging = heard.flagging(standing, taken_away(decided.decision))
            decided = decided._replace(said=heard.said(standing), flagging=flagging)
        if self._place.running is not None:
            plain = self._decided(asked, enforced, now, NOTHING) if decided.flagging else decided
            self._shadow(self._place.running, enforced, asked, plain.decision)
        decision_id = self._parts.new_id()
        if decided.models:
            await self._serve(asked, enforced, decided, decision_id, receive, send)
        else:
            failure = self._explained(asked, enforced, decided, decision_id)
            await self._refuse(asked, enforced, decided, decision_id, failure, send)

    def _decided(self, asked: Asked, enforced: Enforced, now: datetime, flagged: frozenset[str]) -> Decided:
        return decider.decide(
            enforced,
            asked.caller,
            asked.endpoint,
            asked.body,
            now,
            substitution=asked.arrival.substitution,
            country=asked.country,
            flagged=flagged,
        )

    async def _undecided(self, asked: Asked, enforced: Enforced, now: datetime, failure: Failure, send: Send) -> None:
        """Refuse what nothing is decided about; that is recorded, too."""
        undecided = decider.undecided(enforced.rulebook, asked.endpoint.operation, asked.body.model, now)
        if self._place.running is not None:
            self._shadow(self._place.running, enforced, asked, undecided)
        await self._refuse(asked, enforced, Decided(undecided, ()), self._parts.new_id(), failure, send)

    async def _hear(self, asked: Asked, heard: Heard, unheard: tuple[Safeguard, ...]) -> Asked:
        """Have safeguards judge the request. Meanwhile everything may have changed: the request as it is then."""
        callers = self._parts.callers
        changes = callers.changes
        self._reading += 1
        try:
            readings = request_readings(asked.data)
            heard.take(await self._parts.cascades.judge_all(unheard, readings, Side.REQUEST))
            if has_left(asked.scope):
                raise CallerLeft
            if changes != callers.changes:
                asked = asked._replace(caller=await self.caller(asked.arrival.key))
        finally:
            self._reading -= 1
        return asked._replace(country=self._parts.circumstances.country(asked.scope, self.law().rulebook))

    def _explained(self, asked: Asked, enforced: Enforced, decided: Decided, decision_id: str) -> Failure:
        """Why nothing serves."""
        decision, rulebook, pages = decided.decision, enforced.rulebook, self._parts.pages
        if decided.flagging:
            wish, withheld = asked.arrival.substitution, decided.withheld
            return turned_away(
                decision, decided.flagging, rulebook, pages, decision_id, substitution=wish, withheld=withheld
            )
        return explain(
            decision,
            rulebook,
            pages,
            decision_id,
            withheld=decided.withheld,
            subject=asked.caller.subject(decided.whose),
            whose=decided.whose,
        )

    def _shadow(self, shadow: Shadow, enforced: Enforced, asked: Asked, decision: Decision) -> None:
        request = Request(asked.caller, asked.endpoint, asked.body, asked.arrival.substitution, asked.country)
        shadow.see(self._place, enforced, request, decision)

    async def _refuse(
        self, asked: Asked, enforced: Enforced, decided: Decided, decision_id: str, failure: Failure, send: Send
    ) -> None:
        decision = decided.decision
        try:
            await self._record(asked, enforced, decided, decision_id)
        except JournalUnavailable:
            failure = NOT_DURABLE
        self._parts.meters.answered(asked.endpoint, decision.outcome, failure.status)
        headers = decision_headers(decision, decision_id)
        if decided.said:
            self._parts.meters.screened(Side.REQUEST, decided.said)
        await answer_failure(send, asked.endpoint.api, failure, headers)

    async def _serve(
        self, asked: Asked, enforced: Enforced, decided: Decided, decision_id: str, receive: Receive, send: Send
    ) -> None:
        decision = decided.decision
        route, request = self._request(asked, enforced, decision)
        trace = asked.scope.get(TRACE)
        flight = self._flight(asked, decided, decision_id)
        if enforced.standing.answer and asked.endpoint.writes:
            flight.guarding = self._guarding(enforced, decided, decision_id)
        self._parts.flights.enter(flight)
        self._parts.watch.entered(flight)
        stop_watching = watch_caller(asked.scope, receive, flight)
        try:
            durable = self._record(asked, enforced, decided, decision_id)
            headers = decision_headers(decision, decision_id, names(decided.flagging))
            if decided.said:
                self._parts.meters.screened(Side.REQUEST, decided.said)
            await self._parts.relay.carry(flight, route, request, durable, send, headers)
        finally:
            stop_watching()
            self._parts.flights.leave(flight)
            self._end(flight)
            if trace is not None:
                answered(trace, flight)
                if flight.guarding is not None:
                    tell_screening(trace, Side.ANSWER, flight.guarding.said)

    def _request(self, asked: Asked, enforced: Enforced, decision: Decision) -> tuple[Route, bytes]:
        """Where the request goes, and its bytes. Raises `Refused` if there is no credential for it."""
        assert decision.served is not None
        model = enforced.rulebook.catalogue.models[decision.served]
        try:
            route = enforced.route(model, asked.endpoint, asked.scope["query_string"])
        except CredentialMissing as error:
            self._parts.tell("credential missing", level="error", model=model.name)
            raise refuse(502, "upstream_failed", str(error)) from None
        data = with_model(asked.data, asked.body, model.upstream.name)
        length = b"content-length: %d\r\n\r\n" % len(data)
        forwarded, trace = asked.arrival.forwarded, asked.scope.get(TRACE)
        if trace is not None:
            forwarded = asking(trace, route.to, asked.endpoint, forwarded)
        return route, b"".join((route.head, forwarded, length, data))

    def _flight(self, asked: Asked, decided: Decided, decision_id: str) -> Flight:
        limits, now = self._parts.limits, self._parts.monotonic()
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

    def _guarding(self, enforced: Enforced, decided: Decided, decision_id: str) -> Guarding | None:
        """What reads the answer, if safeguards stand before one of the models on the side of answers."""
        answering = enforced.standing.answer
        safeguards = {each.digest: each for model in decided.models for each in answering.get(model, ())}
        if not safeguards:
            return None

        def explained(flagging: Sequence[Judged]) -> Failure:
            return ended(decided.decision, flagging, enforced.rulebook, self._parts.pages, decision_id)

        return Guarding(tuple(safeguards.values()), self._parts.cascades, explained)

    def _record(self, asked: Asked, enforced: Enforced, decided: Decided, decision_id: str) -> asyncio.Future[None]:
        decision, admission, trace = decided.decision, asked.caller.admission, asked.scope.get(TRACE)
        subject, beside = asked.caller.pseudonyms(decided.whose)
        if trace is not None:
            tell_decision(trace, decision, decision_id, enforced.rulebook)
            if decided.said:
                tell_screening(trace, Side.REQUEST, decided.said)
        return self._parts.journal.append(
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

    def _end(self, flight: Flight) -> None:
        """Record how it ended. Nobody waits for this record; if it cannot be written, the next decision says so."""
        end = EndRecord(
            id=flight.id,
            at=self._parts.clock.now(),
            how=flight.how,
            instruments=flight.instruments,
            bytes=flight.passed,
            safeguards=UNSET if flight.guarding is None else flight.guarding.said or UNSET,
        )
        if flight.guarding is not None:
            self._parts.meters.screened(Side.ANSWER, flight.guarding.said)
        if self._parts.journal.writable:
            self._parts.journal.append(end)
        status = flight.status or (flight.failure.status if flight.failure is not None else 200)
        self._parts.meters.answered(flight.endpoint, flight.decision.outcome, status)
        self._parts.meters.ended(flight.how)
        if flight.how == "upstream-error" and flight.failure is not None:
            self._parts.tell("upstream failed", level="warning", decision=flight.id, error=flight.failure.message)


def _parsed(data: bytes, endpoint: Endpoint) -> ParsedBody:
    try:
        return parse(data, endpoint.uncarried)
    except BodyError as error:
        raise refuse(400, error.code, str(error), error.param) from None
