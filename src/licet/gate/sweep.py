"""Deadlines, looked at four times a second: what waits longer than it may is ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from licet.gate.flight import Flight, Flights
from licet.wire.failure import Failure

SWEEP_SECONDS = 0.25


class Sweep:
    """Ends flights past their deadline; `observe` runs beside it once a second."""

    def __init__(self, flights: Flights, monotonic: Callable[[], float], observe: Callable[[], None]) -> None:
        self._flights = flights
        self._monotonic = monotonic
        self._observe = observe

    async def run(self) -> None:
        """For as long as the worker lives."""
        rounds = 0
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.sweep()
            rounds += 1
            if rounds % 4 == 0:
                self._observe()

    def sweep(self) -> None:
        """End what is past its deadline."""
        now = self._monotonic()
        for flight in self._flights:
            if now >= flight.deadline:
                flight.end("upstream-error", _timeout(flight, now))


def _timeout(flight: Flight, now: float) -> Failure:
    if now >= flight.gives_up:
        return Failure(504, "upstream_timeout", "the answer took longer than an answer may")
    if flight.started:
        return Failure(504, "upstream_timeout", "the model's upstream stopped in the middle of its answer")
    return Failure(504, "upstream_timeout", "the model's upstream did not answer in time")
