"""A worker's side of `services.shadow`: begins, reports and ends a shadow, and drops one that nobody asks about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from itertools import count, islice

import msgspec

from licet.core.rulebook import Rulebook
from licet.gate.enforced import Enforced
from licet.gate.flight import Flights
from licet.gate.ports import TimelineFrom
from licet.gate.shadow import Place, Shadow
from licet.gate.watch import Watch
from licet.services.ports import Clock
from licet.services.shadow import LEASE_SECONDS, Asked, Report, ShadowRefused

AT_ONCE = 200
"""Open answers that are looked at before requests have their turn again: well under a millisecond."""

Drafted = Callable[[int, Asked], Rulebook]
"""The rulebook of an epoch with the draft that was handed over; blocking."""


class Lease:
    """At most one shadow of one worker. Belongs to the worker's event loop.

    `discard` removes what was handed over under an id. Compiling happens in a thread and beside everything else: an
    enactment that is pushed meanwhile does not wait for it.
    """

    def __init__(
        self,
        worker: str,
        place: Place,
        watch: Watch,
        flights: Flights,
        drafted: Drafted,
        discard: Callable[[str], None],
        timeline_from: TimelineFrom,
        clock: Clock,
        monotonic: Callable[[], float],
        tell: Callable[..., None],
    ) -> None:
        self._worker = worker
        self._place = place
        self._watch = watch
        self._flights = flights
        self._drafted = drafted
        self._discard = discard
        self._timeline_from = timeline_from
        self._clock = clock
        self._monotonic = monotonic
        self._tell = tell
        self._runs = count(1)
        self._asked: Asked | None = None
        self._shadow: Shadow | None = None
        self._waiting: Report | None = None
        self._compiling: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0

    @property
    def told(self) -> dict[str, object] | None:
        """Which shadow runs here, for `licet status`; None if none does."""
        if self._asked is None:
            return None
        state = self._report_of(0, 0, 0).state
        return {"id": self._asked.id, "title": self._asked.title, "actor": self._asked.actor, "state": state}

    async def handle(self, request: Mapping[str, object]) -> Mapping[str, object]:
        """Carry out one request of the control socket. Raises `ShadowRefused`."""
        act = request.get("act")
        if act == "start":
            return _line(self._start(_asked(request)))
        if self._asked is None or self._asked.id != request.get("id"):
            return _line(Report(worker=self._worker, run="", state="none"))
        if act == "end":
            report = await self._report()
            self._drop()
            return _line(report)
        if act != "report":
            raise ShadowRefused(f"`{act}` is not a request about a shadow; there are start, report, end")
        self._renew()
        return _line(await self._report())

    def _start(self, asked: Asked) -> Report:
        mine = self._asked
        if mine is not None and mine.id != asked.id:
            raise ShadowRefused(f"a shadow of {mine.title} by {mine.actor} runs already; wait until it has ended")
        if self._watch.enforced is None:
            raise ShadowRefused("no rulebook is in force here yet")
        if mine != asked or self._report_of(0, 0, 0).state not in ("compiling", "running"):
            self._stop()
            self._asked = asked
            run = f"{next(self._runs)}-{self._monotonic():.6f}"
            self._waiting = Report(worker=self._worker, run=run, state="compiling")
            self._compiling = asyncio.ensure_future(self._compile(asked, run, self._watch.enforced))
        self._renew()
        return self._report_of(0, 0, 0)

    async def _compile(self, asked: Asked, run: str, enforced: Enforced) -> None:
        try:
            shadow = await asyncio.to_thread(self._made, asked, run, enforced)
        except Exception as error:  # a draft that cannot be had is no reason for a worker to stumble
            self._waiting = Report(worker=self._worker, run=run, state="failed", why=f"{error}"[:1000])
            return
        if self._watch.enforced is not enforced:
            self._waiting = Report(worker=self._worker, run=run, state="superseded", why="another epoch is in force")
            return
        self._waiting, self._shadow, self._place.running = None, shadow, shadow
        self._tell("shadow running", draft=asked.title, by=asked.actor, rulebook=asked.rulebook)

    def _made(self, asked: Asked, run: str, enforced: Enforced) -> Shadow:
        if enforced.rulebook.digest != asked.base:
            raise ShadowRefused(f"it lies on top of another rulebook than that of epoch {enforced.rulebook.epoch}")
        now = self._clock.now()
        ahead = asked.at if asked.at is not None and asked.at > now else None
        after = self._timeline_from(self._drafted(enforced.rulebook.epoch, asked), ahead or now)
        after.prepare()
        before = None if ahead is None else self._timeline_from(enforced.rulebook, ahead)
        return Shadow(self._worker, run, enforced, after, before, ahead)

    async def _report(self) -> Report:
        """The figures, with the open answers that would be ended; requests have their turn in between."""
        shadow, enforced = self._shadow, self._watch.enforced
        if shadow is None or enforced is None or not shadow.lies_on(self._place, enforced):
            return self._report_of(0, 0, 0)
        await asyncio.to_thread(shadow.prepare)
        opened, cut, streams = 0, 0, 0
        try:
            flights = iter(self._flights)
            while part := list(islice(flights, AT_ONCE)):
                lost = list(shadow.lost(iter(part), self._clock.now()))
                opened, cut = opened + len(part), cut + len(lost)
                streams += sum(flight.stream for flight in lost)
                await asyncio.sleep(0)
        except Exception as error:  # as in `Shadow.see`
            shadow.fail(self._place, error)
        return self._report_of(opened, cut, streams)

    def _report_of(self, opened: int, cut: int, streams: int) -> Report:
        if self._shadow is not None:
            return self._shadow.report(opened, cut, streams)
        return self._waiting or Report(worker=self._worker, run="", state="none")

    def _renew(self) -> None:
        self._until = self._monotonic() + LEASE_SECONDS
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LEASE_SECONDS, self._look)

    def _look(self) -> None:
        """Drop the shadow if its lease has run out; else look again when it does."""
        self._timer = None
        left = self._until - self._monotonic()
        if self._asked is None:
            return
        if left > 0:
            self._timer = asyncio.get_running_loop().call_later(left, self._look)
            return
        self._tell("shadow dropped, as nobody asks about it", draft=self._asked.title, by=self._asked.actor)
        self._discard(self._asked.id)
        self._drop()

    def _drop(self) -> None:
        self._stop()
        self._asked = None

    def _stop(self) -> None:
        self._place.running = None
        self._shadow = self._waiting = None
        if self._compiling is not None:
            self._compiling.cancel()
            self._compiling = None


def _asked(request: Mapping[str, object]) -> Asked:
    try:
        return msgspec.convert({key: value for key, value in request.items() if key not in ("do", "act")}, Asked)
    except msgspec.ValidationError as error:
        raise ShadowRefused(f"that is not a shadow to begin: {error}") from error


def _line(report: Report) -> dict[str, object]:
    found: dict[str, object] = msgspec.to_builtins(report)
    return found
