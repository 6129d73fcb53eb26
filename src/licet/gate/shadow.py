"""A draft that is evaluated beside the rulebook: nothing of it is enforced, and what it would change is counted.

No answer depends on anything here: whatever goes wrong switches the shadow off, and says so.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from licet.core.change import change, exchanged
from licet.core.decision import Decision
from licet.core.facts import Facts, Value, complete
from licet.core.rulebook import Rulebook
from licet.gate import decider
from licet.gate.callers import Caller
from licet.gate.endpoints import Endpoint
from licet.gate.enforced import Enforced
from licet.gate.flight import Flight
from licet.gate.ports import Timeline
from licet.gate.refused import Refused
from licet.services.admit import Admission
from licet.services.distinct import Distinct
from licet.services.shadow import Report, Seen, State
from licet.services.subjects import named
from licet.wire.body import ParsedBody

MOST_CALLERS = 16_384
"""Callers whose facts are remembered as a draft's vectors; past that, those not seen for longest are forgotten."""

MOST_BYTES = 256 * 1024
"""The names in all rows that are counted, at most; requests beyond are counted without saying by what."""

MOST_REMEMBERED = 16_384
"""Pairs of decisions whose difference is remembered; then all are forgotten and it begins again."""


class Place:
    """Where a worker's requests find the shadow that runs, if one does."""

    __slots__ = ("running",)

    def __init__(self) -> None:
        self.running: Shadow | None = None


class Request(NamedTuple):
    """What a decision was about."""

    caller: Caller
    endpoint: Endpoint
    body: ParsedBody
    substitution: bool
    country: str | None = None


class Side:
    """A rulebook that is not enforced, and callers' facts as its own vectors: the gate's own stay as they are."""

    def __init__(self, timeline: Timeline) -> None:
        self.enforced = Enforced(timeline, 0, {})
        self._callers: OrderedDict[bytes, tuple[Admission, Caller]] = OrderedDict()

    def decision(self, asked: Request, at: datetime) -> Decision:
        """What the gate would decide under this rulebook; a refusal where nothing is to decide."""
        body, endpoint = asked.body, asked.endpoint
        caller = self.caller(asked.caller)
        try:
            decided = decider.decide(
                self.enforced, caller, endpoint, body, at, substitution=asked.substitution, country=asked.country
            )
        except Refused:
            return decider.undecided(self.enforced.rulebook, endpoint.operation, body.model, at)
        return decided.decision

    def loses(self, flight: Flight, at: datetime) -> bool:
        """Whether an open answer would be ended under this rulebook."""
        return decider.lost(self.enforced, flight, at, self.caller(flight.caller)) is not None

    def caller(self, caller: Caller) -> Caller:
        """The same caller, with a value for every fact that this rulebook declares."""
        key_hash = caller.presented.hash
        known = self._callers.get(key_hash)
        if known is not None and known[0] is caller.admission:
            return known[1]
        admission = _declared(caller.admission, self.enforced.rulebook)
        mine = Caller(caller.presented, admission, caller.pseudonym, caller.beside)
        self._callers[key_hash] = (caller.admission, mine)
        if len(self._callers) > MOST_CALLERS:
            self._callers.popitem(last=False)
        return mine


def _declared(admission: Admission, rulebook: Rulebook) -> Admission:
    """An admission with the facts that a rulebook declares: new ones are unknown, but for the name of who asks."""
    if rulebook.facts.keys() == admission.facts.keys():
        return admission
    person = admission.person
    if person is not None:
        person = person._replace(facts=_completed(person.facts, person.subject, rulebook))
    return replace(admission, facts=_completed(admission.facts, admission.subject, rulebook), person=person)


def _completed(facts: Facts, subject: str, rulebook: Rulebook) -> dict[str, Value]:
    return complete(rulebook.facts, {**facts, **named(subject, rulebook.facts)})


class Shadow:
    """One run of a draft on one worker.

    `base` is what is enforced as long as it runs. `at`: both are judged as of this instant until that has come
    (`before` is `base` for then); None: as of now, and the gate's own decision is the one that is compared.
    """

    def __init__(
        self, worker: str, run: str, base: Enforced, after: Timeline, before: Timeline | None, at: datetime | None
    ) -> None:
        self.state: State = "running"
        self.why = ""
        self.base = base
        self._worker = worker
        self._run = run
        self._at = at
        self._after = Side(after)
        self._before = None if before is None else Side(before)
        self._compared = 0
        self._changed = 0
        self._uncounted = 0
        self._room = MOST_BYTES
        self._callers = Distinct()
        self._callers_changed = Distinct()
        self._rows: dict[Seen, int] = {}
        self._met: dict[tuple[int, int], tuple[Seen | None, Decision, Decision]] = {}

    def see(self, place: Place, enforced: Enforced, asked: Request, decision: Decision) -> None:
        """The gate has decided `decision` under `enforced`: would the draft have it otherwise?"""
        try:
            if not self.lies_on(place, enforced):
                return
            at = self._instant(decision.at)
            if self._before is not None:
                decision = self._before.decision(asked, at)
            after = self._after.decision(asked, at)
            self._compared += 1
            self._callers.add(asked.caller.pseudonym)
            if after.served != decision.served:
                self._count(decision, after, asked.caller.pseudonym)
        except Exception as error:  # whatever it is, the answer goes on without it
            self.fail(place, error)

    def lies_on(self, place: Place, enforced: Enforced) -> bool:
        """Whether it goes on, on top of what is enforced now; if that is another rulebook, it has ended."""
        if self.state == "running" and enforced is not self.base:
            self._stop(place, "superseded", f"epoch {enforced.rulebook.epoch} is in force")
        return self.state == "running"

    def fail(self, place: Place, error: Exception) -> None:
        """Something went wrong with the draft: it is not evaluated any more."""
        self._stop(place, "failed", f"{type(error).__name__}: {error}"[:1000])

    def _stop(self, place: Place, state: State, why: str) -> None:
        place.running = None
        self.state, self.why = state, why

    def _instant(self, now: datetime) -> datetime:
        return now if self._at is None or now >= self._at else self._at

    def _count(self, before: Decision, after: Decision, pseudonym: str) -> None:
        self._changed += 1
        self._callers_changed.add(pseudonym)
        # verdicts of the same way are the same object (`engines.points`); both are held, so no other has their places
        key = (id(before.verdicts), id(after.verdicts))
        met = self._met.get(key)
        if met is None:
            if len(self._met) >= MOST_REMEMBERED:
                self._met.clear()
            met = self._met[key] = (self._row(before, after), before, after)
        row = met[0]
        if row is None:
            self._uncounted += 1
        else:
            self._rows[row] += 1

    def _row(self, before: Decision, after: Decision) -> Seen | None:
        """The row of a difference that is met for the first time; None if there is no room for more."""
        draft = self._after.enforced.rulebook
        found = change(before, after, exchanged(self.base.rulebook, draft, before, after), draft)
        # a model that only the draft has was asked for by a name that the rulebook does not resolve
        model = after.requested if after.served is not None else before.requested
        row = Seen(model, found.was, found.becomes, found.effect, found.by, found.unknown, 0)
        if row not in self._rows:
            self._room -= 100 + len(model) + sum(map(len, (*found.by, *found.unknown)))
            if self._room < 0:
                return None
            self._rows[row] = 0
        return row

    def lost(self, flights: Iterator[Flight], now: datetime) -> Iterator[Flight]:
        """Of open answers, those that the draft would end and the rulebook by itself would not."""
        at = self._instant(now)
        for flight in flights:
            ended = self._before is not None and self._before.loses(flight, at)
            if not ended and self._after.loses(flight, at):
                yield flight

    def prepare(self) -> None:
        """Compile what comes after the next boundary; made for a thread."""
        self._after.enforced.timeline.prepare()

    def report(self, opened: int, cut: int, streams: int) -> Report:
        """What was counted so far."""
        return Report(
            worker=self._worker,
            run=self._run,
            state=self.state,
            why=self.why,
            compared=self._compared,
            changed=self._changed,
            uncounted=self._uncounted,
            rows=tuple(
                Seen(row.model, row.was, row.becomes, row.effect, row.by, row.unknown, requests)
                for row, requests in self._rows.items()
            ),
            callers=self._callers.smallest,
            callers_changed=self._callers_changed.smallest,
            open=opened,
            cut=cut,
            streams=streams,
        )
