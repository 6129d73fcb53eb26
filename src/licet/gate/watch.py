"""Changes of the law, carried out: new rulebooks, boundaries in time, changed facts, a store that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import NamedTuple

from licet.core.rulebook import Rulebook
from licet.gate import decider
from licet.gate.callers import Caller, Callers
from licet.gate.enforced import Enforced
from licet.gate.flight import Flight, Flights
from licet.gate.reading import Changes, Reader
from licet.gate.refusal import Pages, explain
from licet.services.identity.carriers.admission import KeysUnavailable
from licet.services.ports import Clock, StoreUnavailable
from licet.services.subjects import trusted
from licet.wire.failure import Failure

HEARTBEAT_SECONDS = 1.0

AHEAD_SECONDS = 4.0
"""How long ahead the timer is set; each heartbeat sets it again, so a clock that jumps is noticed."""

KEY_GONE = Failure(401, "invalid_api_key", "this answer was ended, because its API key is no longer valid")
TOKEN_GONE = Failure(401, "invalid_token", "this answer was ended, because its access token is no longer valid")
NOT_CHECKED = Failure(503, "keys_unavailable", "this answer was ended, because who you are cannot be checked now")
NOT_KNOWN = Failure(503, "store_unavailable", "this answer was ended, because the facts about you cannot be read now")


class Refreshed(NamedTuple):
    """What a change came to on this worker."""

    epoch: int
    rulebook: str
    cut: int
    seconds: float


class Watch:
    """Keeps one worker's rulebook, callers and open answers in step with the store and the clock.

    `confirmed` is when the store was last seen to hold nothing newer (monotonic seconds). `enforced` is None until
    the store could be read for the first time; nothing is served before that.
    """

    def __init__(
        self,
        reader: Reader,
        callers: Callers,
        flights: Flights,
        clock: Clock,
        monotonic: Callable[[], float],
        pages: Pages,
        max_age: float,
        tell: Callable[..., None],
    ) -> None:
        self.enforced: Enforced | None = None
        self.confirmed = float("-inf")
        self.cut_total = 0
        self._reader = reader
        self._callers = callers
        self._flights = flights
        self._clock = clock
        self._monotonic = monotonic
        self._pages = pages
        self._max_age = max_age
        self._tell = tell
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._checked = clock.now()
        """When the open answers were last decided again: a boundary after that is still to be carried out."""
        self._rechecks: set[asyncio.Task[int]] = set()

    @property
    def age(self) -> float:
        """Seconds since the rulebook was confirmed to be the one in force."""
        return self._monotonic() - self.confirmed

    @property
    def stale(self) -> bool:
        """Whether the rulebook was not confirmed for so long that nobody is served under it."""
        return self.age > self._max_age

    async def refresh(self) -> Refreshed:
        """Take over what the store holds, and end what that forbids. Raises `StoreUnavailable`."""
        async with self._lock:
            start = self._monotonic()
            cut = await self._take_over()
            self.confirmed = start
            assert self.enforced is not None
            rulebook = self.enforced.rulebook
            return Refreshed(rulebook.epoch, rulebook.digest, cut, self._monotonic() - start)

    async def run(self) -> None:
        """The heartbeat, as long as the worker lives: confirms the rulebook, and makes up for a push that failed."""
        while True:
            try:
                await self.refresh()
            except StoreUnavailable as error:
                self._tell("store unavailable", level="warning", age=round(self.age, 1), error=str(error))
            except Exception as error:  # the worker lives on with an ageing rulebook, and says so
                problem = f"{type(error).__name__}: {error}"
                self._tell("refresh failed", level="error", age=round(self.age, 1), error=problem)
            if self.stale:
                self._end_stale()
            self._arm()
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def clock_was_set(self) -> Refreshed:
        """The scenario's clock shows another instant: everything is decided again."""
        await self.recheck()
        return await self.refresh()

    def entered(self, flight: Flight) -> None:
        """A flight began; if something about its caller expires before the timer's instant, the timer moves."""
        until = flight.caller.admission.until
        if until is not None and (until - self._clock.now()).total_seconds() < AHEAD_SECONDS:
            self._arm()

    async def _take_over(self) -> int:
        if self.enforced is None:
            self.enforced = await asyncio.to_thread(self._reader.first)
            self._tell("rulebook in force", **self._state())
            self._arm()
            return 0
        before = self.enforced
        changes = await asyncio.to_thread(self._reader.since, before)
        if changes.is_nothing:
            self._arm()
            return 0
        before.seq = changes.seq
        self._tell("events read", level="debug", seq=changes.seq)
        if changes.enforced is not None:
            self.enforced = changes.enforced
            self._tell("rulebook in force", **self._state())
        if changes.everybody or (changes.enforced and _weighs_otherwise(changes.enforced.rulebook, before.rulebook)):
            self._callers.forget_all()
            return await self.recheck(_everybody)
        self._callers.forget(changes.subjects, changes.keys, unconfirmed=changes.unconfirmed)
        return await self.recheck(_touched_by(changes))

    def keys_changed(self) -> None:
        """The keys of an issuer are others than before: whoever came by a token is asked about again."""
        self._callers.forget_tokens()
        self._soon(self.recheck(lambda caller: caller.presented.token is not None))

    async def recheck(self, changed: Callable[[Caller], bool] | None = None) -> int:
        """Decide every open answer again; those about whom something changed with their facts of now. How many end."""
        enforced = self.enforced
        if enforced is None:
            return 0
        self._checked = now = self._clock.now()
        cut = 0
        doubtful = []
        for flight in self._flights:
            if (changed is not None and changed(flight.caller)) or not flight.caller.holds_at(now):
                doubtful.append(flight)
            else:
                cut += self._end_if_lost(enforced, flight, now)
        for flight in doubtful:
            cut += await self._readmit(flight)
        self.cut_total += cut
        if cut:
            self._tell("answers cut", cut=cut, **self._state())
        self._arm()
        return cut

    def _end_if_lost(self, enforced: Enforced, flight: Flight, now: datetime) -> bool:
        lost = decider.lost(enforced, flight, now)
        if lost is None:
            return False
        decision, whose = lost
        subject = flight.caller.subject(whose)
        failure = explain(decision, enforced.rulebook, self._pages, flight.id, cut=True, subject=subject, whose=whose)
        return flight.end("cut", failure, decision.verdicts[0].forbidden_by)

    async def _readmit(self, flight: Flight) -> bool:
        now, presented = self._clock.now(), flight.caller.presented
        try:
            found = self._callers.remembered(presented, now) or await self._callers.look_up(
                presented, self.rulebook, now, patient=False
            )
        except KeysUnavailable:
            return flight.end("cut", NOT_CHECKED)
        except Exception as error:  # whatever it is, who cannot be known is not served on, and the others are decided
            if not isinstance(error, StoreUnavailable):
                self._tell("readmission failed", level="error", error=f"{type(error).__name__}: {error}")
            return flight.end("cut", NOT_KNOWN)
        if not isinstance(found, Caller) or found.subjects != flight.caller.subjects:
            return flight.end("cut", KEY_GONE if presented.token is None else TOKEN_GONE)
        flight.caller = found
        assert self.enforced is not None
        return self._end_if_lost(self.enforced, flight, self._clock.now())

    def rulebook(self) -> Rulebook:
        """The rulebook in force; there must be one."""
        assert self.enforced is not None
        return self.enforced.rulebook

    def _end_stale(self) -> None:
        for flight in self._flights:
            flight.end("cut", stale_failure(self.age))

    def _arm(self) -> None:
        """Set the timer to the next instant at which some decision can change by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        enforced = self.enforced
        if enforced is None:
            return
        now = self._clock.now()
        instants = [flight.caller.admission.until for flight in self._flights]
        # not after `now`: a boundary may have come whose timer is due, has not run yet, and was cancelled above
        instants.append(enforced.rulebook.interval(min(self._checked, now))[1])
        upcoming = min((instant for instant in instants if instant is not None), default=None)
        if upcoming is not None:
            delay = max((upcoming - now).total_seconds(), 0.0)
            if delay < AHEAD_SECONDS:
                self._timer = asyncio.get_running_loop().call_later(delay, self._boundary)

    def _boundary(self) -> None:
        self._soon(self._at_boundary())

    def _soon(self, recheck: Coroutine[None, None, int]) -> None:
        task = asyncio.ensure_future(recheck)
        self._rechecks.add(task)
        task.add_done_callback(self._rechecks.discard)

    async def _at_boundary(self) -> int:
        cut = await self.recheck()
        if self.enforced is not None:
            await asyncio.to_thread(self.enforced.timeline.prepare)
        return cut

    def _state(self) -> dict[str, object]:
        assert self.enforced is not None
        rulebook = self.enforced.rulebook
        return {"epoch": rulebook.epoch, "rulebook": rulebook.digest}


def _everybody(_caller: Caller) -> bool:
    return True


def _weighs_otherwise(one: Rulebook, other: Rulebook) -> bool:
    """Whether attestations may count under one rulebook that do not under the other, or facts be declared otherwise."""
    return one.facts != other.facts or trusted(one) != trusted(other)


def _touched_by(changes: Changes) -> Callable[[Caller], bool]:
    def touched(caller: Caller) -> bool:
        admission = caller.admission
        if changes.unconfirmed and admission.unconfirmed:
            return True
        return not changes.subjects.isdisjoint(caller.subjects) or admission.key.id in changes.keys

    return touched


def stale_failure(age: float) -> Failure:
    """Nobody is served under a rulebook that is too old."""
    seconds = "its start" if age == float("inf") else f"{age:.0f} s"
    message = f"the rulebook could not be confirmed for {seconds}, so nothing is served until it is"
    return Failure(503, "rulebook_not_confirmed", message, headers=((b"retry-after", b"5"),))
