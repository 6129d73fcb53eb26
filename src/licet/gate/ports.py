"""What the gate needs of the world. Adapters and engines implement these; the composition root passes them in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from licet.core.decision import Decision
from licet.core.facts import Facts
from licet.core.rulebook import Rulebook
from licet.core.safeguards import Side, Stage
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


class ClassifierFailed(Exception):
    """A classifier gave no score: it is away, or what it answered is not what its contract says. No text is in it."""


class Classifier(Protocol):
    """One classifier of a safeguard's cascade, as one stage of it is asked.

    Many calls are made at the same time, on the gate's event loop, which none of them may block for more than about a
    millisecond: what computes longer goes to a thread. The cascade takes care of the time: it cancels a call after the
    stage's `seconds`. Nothing is retried, no redirect is followed, and no text is kept, logged, or put in an error.
    """

    async def score(self, texts: Sequence[str], side: Side) -> float:
        """How surely one of the texts is what it looks for, from 0 to 1: the highest score of all of them.

        The texts are readings of one request or answer: at least one, each at most `LONGEST` characters
        (`gate/safeguard/passages`), any of them possibly empty. All of each is read, or `ClassifierFailed` is raised,
        as for everything else that leaves no score. What is not a number from 0 to 1 counts as no score.
        """

    def close(self) -> None:
        """It is asked no more; what it holds open is closed."""


ClassifierFrom = Callable[[Stage], Classifier]
"""Makes a stage's classifier, without asking it anything. Raises `ClassifierFailed` where it cannot be made (a key that
is not in the environment, a package that is not installed): then the stage cannot judge, and nothing falls open."""
