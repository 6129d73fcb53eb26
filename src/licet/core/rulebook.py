"""The instruments in force, over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from licet.core.catalogue import Catalogue
from licet.core.definitions import Definition
from licet.core.evidence.threshold import Threshold
from licet.core.facts import Fact
from licet.core.instruments import Instrument, Lift
from licet.core.safeguards import Safeguard
from licet.core.trust import Trust

BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """The time `[start, end)` over which an instrument is in force; empty if it ends before it begins."""

    start: datetime
    end: datetime | None

    def holds_at(self, at: datetime) -> bool:
        """Whether `at` lies in it."""
        return self.start <= at and (self.end is None or at < self.end)

    @property
    def is_empty(self) -> bool:
        """Whether no instant lies in it."""
        return self.end is not None and self.end <= self.start


@dataclass(frozen=True)
class Rulebook:
    """Everything that decides: declared facts, models, definitions, instruments, thresholds and safeguards; constant
    between two boundaries.

    `digest` identifies the content, `epoch` counts the enactments that led to it.
    """

    facts: Mapping[str, Fact]
    catalogue: Catalogue
    definitions: Mapping[str, Definition]
    instruments: tuple[Instrument, ...]
    digest: str
    epoch: int = 0
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    safeguards: Mapping[str, Safeguard] = field(default_factory=dict)

    @cached_property
    def spans(self) -> dict[str, Span]:
        """When each instrument is in force: from its beginning to its own end, a lift, or what supersedes it."""
        return spans_of(self.instruments)

    @cached_property
    def boundaries(self) -> tuple[datetime, ...]:
        """The instants at which what is in force changes, in order."""
        instants: set[datetime] = set()
        for span in self.spans.values():
            if not span.is_empty:
                instants.add(span.start)
                if span.end is not None:
                    instants.add(span.end)
        return tuple(sorted(instants))

    def interval(self, at: datetime) -> tuple[datetime, datetime | None]:
        """The longest `[start, end)` around `at` over which the rulebook is constant; `BEGINNING` before the first."""
        start, end = BEGINNING, None
        for boundary in self.boundaries:
            if boundary > at:
                end = boundary
                break
            start = boundary
        return start, end

    def in_force(self, at: datetime) -> tuple[Instrument, ...]:
        """The instruments in force at an instant, by name."""
        stretch = bisect_right(self.boundaries, at)
        found = self._in_force.get(stretch)
        if found is None:
            spans = self.spans
            found = tuple(instrument for instrument in self.instruments if spans[instrument.name].holds_at(at))
            self._in_force[stretch] = found
        return found

    def trusts(self, at: datetime) -> tuple[Trust, ...]:
        """The trust documents in force at an instant, by name."""
        return tuple(each for each in self.in_force(at) if isinstance(each, Trust))

    def instrument(self, name: str) -> Instrument | None:
        """The instrument with this name, in force or not."""
        return self._by_name.get(name)

    @cached_property
    def _in_force(self) -> dict[int, tuple[Instrument, ...]]:
        """What was found to be in force, by the number of boundaries that come before: it is the same between two."""
        return {}

    @cached_property
    def _by_name(self) -> dict[str, Instrument]:
        return {instrument.name: instrument for instrument in self.instruments}


def spans_of(instruments: Iterable[Instrument]) -> dict[str, Span]:
    """When each of these instruments is in force, given the others. Supersession has no cycle."""
    lifts: dict[str, list[datetime]] = {}
    successors: dict[str, list[Instrument]] = {}
    for instrument in instruments:
        for name in instrument.supersedes:
            successors.setdefault(name, []).append(instrument)
        for name in instrument.ends if isinstance(instrument, Lift) else ():
            lifts.setdefault(name, []).append(instrument.from_)
    spans: dict[str, Span] = {}

    def span(instrument: Instrument) -> Span:
        if instrument.name not in spans:
            ends = [] if instrument.until is None else [instrument.until]
            ends += lifts.get(instrument.name, [])
            # a successor that was lifted before it began supersedes nothing
            ends += [s.from_ for s in successors.get(instrument.name, ()) if not span(s).is_empty]
            spans[instrument.name] = Span(instrument.from_, min(ends, default=None))
        return spans[instrument.name]

    for instrument in instruments:
        span(instrument)
    return spans


def rulebook(
    facts: Iterable[Fact],
    catalogue: Catalogue,
    definitions: Iterable[Definition],
    instruments: Iterable[Instrument],
    *,
    digest: str,
    epoch: int = 0,
    thresholds: Iterable[Threshold] = (),
    safeguards: Iterable[Safeguard] = (),
) -> Rulebook:
    """A rulebook from its parts, in whatever order they come."""
    return Rulebook(
        {fact.name: fact for fact in facts},
        catalogue,
        {definition.name: definition for definition in definitions},
        tuple(sorted(instruments, key=lambda instrument: instrument.name)),
        digest,
        epoch,
        {threshold.name: threshold for threshold in thresholds},
        {safeguard.name: safeguard for safeguard in safeguards},
    )
