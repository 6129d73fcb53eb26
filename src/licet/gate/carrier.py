"""What happens to a request that names a model: it is admitted, read, decided, recorded; then carried or refused."""

from __future__ import annotations

from datetime import datetime

from licet.core.decision import Decision
from licet.core.guarded import taken_away
from licet.core.safeguards import Safeguard, Side
from licet.gate import decider
from licet.gate.admitting import law, who_asks
from licet.gate.answers import Receive, Send, answer_failure
from licet.gate.arrival import Scope, read_arrival
from licet.gate.asked import Asked, parsed
from licet.gate.decider import Decided
from licet.gate.endpoints import Endpoint
from licet.gate.enforced import Enforced
from licet.gate.headers import decision_headers
from licet.gate.parts import Parts
from licet.gate.receiving import CallerLeft, has_left, read_body
from licet.gate.recording import record
from licet.gate.refusal import explain
from licet.gate.refused import Refused, unavailable
from licet.gate.relay import NOT_DURABLE
from licet.gate.safeguard.passages import request_readings
from licet.gate.safeguard.refusing import turned_away
from licet.gate.safeguard.standing import Heard
from licet.gate.serving import serve
from licet.gate.shadow import Request, Shadow
from licet.wire.failure import Failure
from licet.wire.journal import JournalUnavailable

NOTHING: frozenset[str] = frozenset()


class Carrier:
    """Carries requests to models, one decision each."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._place = parts.place
        self._reading = 0
        self._hearing = 0

    async def carry(self, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
        """One request to an endpoint of the table. Raises `Refused` for what no decision was made about."""
        if len(self._parts.flights) + self._reading >= self._parts.limits.concurrent:
            raise unavailable("too_many_requests", "this gate carries as many requests as it may; try again")
        arrival = read_arrival(scope)
        self._reading += 1
        try:
            caller = await who_asks(self._parts, arrival.key)
            changes = self._parts.callers.changes
            data = await read_body(receive, arrival.length, self._parts.limits)
            body = parsed(data, endpoint)
            if changes != self._parts.callers.changes:
                caller = await who_asks(self._parts, arrival.key)
        finally:
            self._reading -= 1
        country = self._parts.circumstances.country(scope, law(self._parts.watch).rulebook)
        await self._decide(Asked(endpoint, arrival, scope, data, body, caller, country), receive, send)

    async def _decide(self, asked: Asked, receive: Receive, send: Send) -> None:
        """Decide; if safeguards stand before what would serve, hear them, and decide again by what is so then."""
        heard: Heard | None = None
        while True:
            enforced = law(self._parts.watch)
            now = self._parts.clock.now()
            if not asked.caller.holds_at(now):
                asked = asked._replace(caller=await who_asks(self._parts, asked.arrival.key))
                enforced = law(self._parts.watch)
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
            await serve(self._parts, asked, enforced, decided, decision_id, receive, send)
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
        """Have safeguards judge the request. Meanwhile everything may have changed: the request as it is then.

        Half of all requests may wait for classifiers: one that hangs takes the places of guarded models, not all.
        """
        if self._hearing * 2 >= self._parts.limits.concurrent:
            message = "this gate waits for as many classifiers as it may; try again"
            raise unavailable("too_many_requests", message)
        callers = self._parts.callers
        changes = callers.changes
        self._reading += 1
        self._hearing += 1
        try:
            readings = request_readings(asked.data)
            heard.take(await self._parts.cascades.judge_all(unheard, readings, Side.REQUEST))
            if has_left(asked.scope):
                raise CallerLeft
            if changes != callers.changes:
                asked = asked._replace(caller=await who_asks(self._parts, asked.arrival.key))
        finally:
            self._reading -= 1
            self._hearing -= 1
        return asked._replace(country=self._parts.circumstances.country(asked.scope, law(self._parts.watch).rulebook))

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
            await record(self._parts, asked, enforced, decided, decision_id)
        except JournalUnavailable:
            failure = NOT_DURABLE
        self._parts.meters.answered(asked.endpoint, decision.outcome, failure.status)
        headers = decision_headers(decision, decision_id)
        if decided.said:
            self._parts.meters.screened(Side.REQUEST, decided.said)
        await answer_failure(send, asked.endpoint.api, failure, headers)
