"""What the gate needs of the world. Adapters and engines implement these; the composition root passes them in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from licet.core.decision import Decision
from licet.core.facts import Facts
from licet.core.rulebook import Rulebook
from licet.engines.points import Vector
from licet.wire.journal import Record


class Journal(Protocol):
    """The durable record of decisions."""

    def append(self, record: Record) -> asyncio.Future[None]:
        """Start to write a record; the result resolves once it is durable and raises `JournalUnavailable` if not."""

    @property
    def writable(self) -> bool:
        """Whether a record can still become durable."""


class Trace(Protocol):
    """One request as a trace shows it. Nothing here waits, raises, or is given what a caller or a model wrote."""

    def note(self, name: str, value: str | int | tuple[str, ...]) -> None:
        """Add something that is known of the request now."""

    def ask(self, host: str, port: int, path: str) -> str:
        """The request goes to its upstream; the result is the `traceparent` to send along (W3C Trace Context)."""

    def answered(self, status: int | None, error: str | None) -> None:
        """The exchange with the upstream is over: what it answered, or the code of what went wrong."""

    def end(self, status: int | None) -> None:
        """The request is over; None if no answer began."""


class Traces(Protocol):
    """Where traces go, in the background. What cannot be exported is dropped; no request waits for it."""

    def begin(self, method: str, route: str | None, server: tuple[str, int] | None, parent: str | None) -> Trace:
        """A request arrived. `route` is a path of the gate's tables, `parent` the caller's `traceparent`."""


class Points(Protocol):
    """The rulebook compiled for one stretch of time."""

    def vector(self, facts: Facts) -> Vector:
        """What of the facts matters."""

    def decide(self, vector: Vector, model: str, operation: str, at: datetime, substitution: bool = True) -> Decision:
        """The decision; `model` is a catalogue name, else `KeyError`."""


class Timeline(Protocol):
    """A rulebook over time."""

    rulebook: Rulebook

    @property
    def next_boundary(self) -> datetime | None:
        """When the points change next."""

    def prepare(self) -> None:
        """Compile what comes after the next boundary, unless that has been done."""

    def at(self, now: datetime) -> Points:
        """The points that hold at an instant."""


TimelineFrom = Callable[[Rulebook, datetime], Timeline]
