"""Time in proofs: which provisions of a rulebook cover a model, between any two of the boundaries that concern it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from licet.core.instruments import Provision
from licet.core.rulebook import Rulebook, Span


class Coverage:
    """The provisions of a rulebook by model and operation, over time. Nothing covers a model that it does not have."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._found: dict[tuple[str, str], tuple[tuple[Span, Provision], ...]] = {}

    def over_time(self, model: str, operation: str) -> tuple[tuple[Span, Provision], ...]:
        """The provisions that cover a model at any time, each with a time over which it is in force for it, by name.

        A release that lapses and comes back is there more than once.
        """
        found = self._found.get((model, operation))
        if found is None:
            found = self._found[model, operation] = tuple(self._covering(model, operation))
        return found

    def _covering(self, name: str, operation: str) -> Iterator[tuple[Span, Provision]]:
        model = self.rulebook.catalogue.models.get(name)
        for each in self.rulebook.instruments if model is not None else ():
            if isinstance(each, Provision) and model is not None and each.covers(model, operation):
                for span in self.rulebook.in_force_for(each, model):
                    yield span, each

    def at(self, model: str, operation: str, instant: datetime) -> tuple[Provision, ...]:
        """The provisions that are in force at an instant and cover a model."""
        return tuple(each for span, each in self.over_time(model, operation) if span.holds_at(instant))

    def edges(self, model: str, operation: str) -> Iterator[datetime]:
        """The instants at which it changes what covers a model."""
        for span, _ in self.over_time(model, operation):
            yield span.start
            if span.end is not None:
                yield span.end

    def chain(self, model: str) -> tuple[str, ...]:
        """A model and its fallbacks, each once; none for a model that is not there."""
        known = self.rulebook.catalogue.models.get(model)
        return () if known is None else tuple(dict.fromkeys((known.name, *known.fallback)))


@dataclass(frozen=True, slots=True)
class Time:
    """The time `[start, end)` that a property is about (None: for ever)."""

    start: datetime
    end: datetime | None

    @property
    def is_empty(self) -> bool:
        """Whether no instant lies in it."""
        return self.end is not None and self.end <= self.start

    def since(self, at: datetime) -> Time:
        """The part of it from an instant on."""
        return Time(max(self.start, at), self.end)

    def meets(self, span: Span) -> bool:
        """Whether some instant lies in both."""
        if self.is_empty or span.is_empty:
            return False
        return (span.end is None or self.start < span.end) and (self.end is None or span.start < self.end)

    def stretches(self, edges: Iterable[datetime]) -> list[datetime]:
        """The first instant of each stretch of it between these edges, in order."""
        if self.is_empty:
            return []
        inside = {edge for edge in edges if self.start < edge and (self.end is None or edge < self.end)}
        return [self.start, *sorted(inside)]


def without(rulebook: Rulebook, names: Iterable[str]) -> Rulebook:
    """A rulebook as if some of its instruments had never been there: what they ended or superseded is back."""
    gone = frozenset(names)
    return replace(rulebook, instruments=tuple(each for each in rulebook.instruments if each.name not in gone))
