"""The instruments in force, over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from licet.core.catalogue import Catalogue, Model
from licet.core.definitions import Definition
from licet.core.evidence.threshold import Threshold
from licet.core.facts import Fact
from licet.core.instruments import Instrument, Lift, Provision, Release
from licet.core.meeting import Meeting
from licet.core.safeguards import Safeguard
from licet.core.spans import BEGINNING, Span, Spans, hold_at
from licet.core.trust import Trust
from licet.core.withheld import Withheld, withheld

__all__ = ["BEGINNING", "Rulebook", "Span", "rulebook", "spans_of"]


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
        """When each instrument is in force by itself: from its beginning to its own end, a lift, or what supersedes it.

        Whether what a release requires is met is not in it: see `in_force_for`.
        """
        return spans_of(self.instruments)

    @cached_property
    def boundaries(self) -> tuple[datetime, ...]:
        """The instants at which what is in force changes, in order; what a release requires can change it too."""
        spans = [span for span in self.spans.values() if not span.is_empty]
        for release in self.conditional:
            for model in self.covered(release):
                spans += self.in_force_for(release, model)
        return tuple(sorted({at for span in spans for at in (span.start, span.end) if at is not None}))

    @cached_property
    def conditional(self) -> tuple[Release, ...]:
        """The releases that require something of the evidence, by name, in force or not."""
        return tuple(each for each in self.instruments if isinstance(each, Release) and each.requires)

    def covered(self, provision: Provision) -> tuple[Model, ...]:
        """The models of the catalogue that a provision is about, for some operation."""
        return tuple(model for model in self.catalogue.models.values() if provision.is_about(model))

    def in_force_for(self, provision: Provision, model: Model) -> Spans:
        """When a provision is in force for a model that it is about; a release, only while all it requires is met."""
        if isinstance(provision, Release) and provision.requires:
            return self.meeting.permits(provision, model)
        span = self.spans[provision.name]
        return () if span.is_empty else (span,)

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
        """The instruments in force at an instant, by name.

        A release that is withheld from some of its models is there narrowed to the others, and left out if none is
        left: so nobody who asks what is in force has to know of evidence.
        """
        stretch = bisect_right(self.boundaries, at)
        found = self._in_force.get(stretch)
        if found is None:
            spans = self.spans
            lasting = (self._narrowed(each, at) for each in self.instruments if spans[each.name].holds_at(at))
            found = self._in_force[stretch] = tuple(each for each in lasting if each is not None)
        return found

    def withheld(self, model: Model, at: datetime) -> tuple[Withheld, ...]:
        """What keeps the releases that are about a model, and whose time it is, from permitting it to anybody."""
        return tuple(
            each
            for release in self.conditional
            if release.is_about(model) and self.spans[release.name].holds_at(at)
            for each in withheld(self.meeting, release, model, at)
        )

    def trusts(self, at: datetime) -> tuple[Trust, ...]:
        """The trust documents in force at an instant, by name."""
        return tuple(each for each in self.in_force(at) if isinstance(each, Trust))

    def instrument(self, name: str) -> Instrument | None:
        """The instrument with this name, in force or not."""
        return self._by_name.get(name)

    @cached_property
    def meeting(self) -> Meeting:
        """The evidence, and when what releases require of it is met."""
        return Meeting(self.instruments, self.spans, self.safeguards, self.catalogue.models.values())

    def _narrowed(self, instrument: Instrument, at: datetime) -> Instrument | None:
        """An instrument whose time it is, as far as it is in force."""
        if not isinstance(instrument, Release) or not instrument.requires:
            return instrument
        models = self.covered(instrument)
        met = tuple(model.name for model in models if hold_at(self.in_force_for(instrument, model), at))
        if len(met) == len(models):
            return instrument
        return replace(instrument, models=met, families=()) if met else None

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
