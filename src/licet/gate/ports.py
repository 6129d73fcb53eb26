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
