"""Requests in flight: everything that is being answered, so that a change of the law finds it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Literal

from licet.core.decision import Decision
from licet.gate.callers import Caller
from licet.gate.endpoints import Endpoint
from licet.gate.safeguard.answering import Guarding
from licet.gate.upstream_connection import UpstreamConnection
from licet.wire.failure import Failure
from licet.wire.sse import EventBoundary

How = Literal["done", "cut", "left", "upstream-error"]

EVENT_SECONDS = 0.1
"""How long a stream that is cut may take to end the event that is open."""


class Flight:
    """One request from its decision to the end of its answer.

    `models` are all models that serve it: the served one, and those that its body names inside. `started`: the
    answer's head has left, with the upstream's `status`. `country` is where it seemed to come from when it began.
    `events` follows an answer that is a stream of events. `deadline` is when it is given up (monotonic seconds).
    `guarding` reads its answer before the caller does, where safeguards stand before one of the models.
    `failure` is set once, by whatever ends it before its time, and `how` says what that was.
    """

    __slots__ = (
        "caller",
        "connection",
        "country",
        "deadline",
        "decision",
        "endpoint",
        "events",
        "failure",
        "gives_up",
        "guarding",
        "how",
        "id",
        "instruments",
        "loop",
        "models",
        "passed",
        "started",
        "status",
        "stream",
        "task",
    )

    def __init__(
        self,
        flight_id: str,
        endpoint: Endpoint,
        caller: Caller,
        decision: Decision,
        models: tuple[str, ...],
        *,
        stream: bool,
        gives_up: float,
        country: str | None = None,
        task: asyncio.Task[object],
    ) -> None:
        self.id = flight_id
        self.endpoint = endpoint
        self.caller = caller
        self.decision = decision
        self.models = models
        self.stream = stream
        self.country = country
        self.gives_up = gives_up
        self.deadline = gives_up
        self.task = task
        self.loop = task.get_loop()
        self.connection: UpstreamConnection | None = None
        self.events: EventBoundary | None = None
        self.started = False
        self.status: int | None = None
        self.passed = 0
        self.failure: Failure | None = None
        self.how: How = "done"
        self.instruments: tuple[str, ...] = ()
        self.guarding: Guarding | None = None

    def end(self, how: How, failure: Failure, instruments: tuple[str, ...] = ()) -> bool:
        """End it; False if something else did already. The task that answers is woken and reads `failure`."""
        if self.failure is not None:
            return False
        self.how, self.failure, self.instruments = how, failure, instruments
        if how == "cut" and self.events is not None and not self.events.closed:
            self.loop.call_later(EVENT_SECONDS, self.task.cancel)
        else:
            self.task.cancel()
        return True


class Flights:
    """The register of one worker."""

    def __init__(self) -> None:
        self._flights: dict[str, Flight] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def __iter__(self) -> Iterator[Flight]:
        return iter(tuple(self._flights.values()))

    def enter(self, flight: Flight) -> None:
        """Register; in the same step of the loop as its decision, or a change in between would miss it."""
        self._flights[flight.id] = flight

    def leave(self, flight: Flight) -> None:
        """It is answered."""
        self._flights.pop(flight.id, None)
