"""Stretches of time over which two rulebooks each say one thing of a model; no solver is needed to tell these apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from licet.core.catalogue import Model
from licet.core.change import differing, standing
from licet.core.conditions import Known
from licet.core.decision import Decision, Outcome, Request, Verdict, decide, judge, outcome_of
from licet.core.instruments import Provision, Release
from licet.core.rulebook import Rulebook, Span
from licet.core.spans import hold_at


class Link(NamedTuple):
    """A model of a fallback chain, and the provisions that are in force and cover it."""

    model: Model
    provisions: tuple[Provision, ...]


class Side(NamedTuple):
    """What one rulebook says of a model over a stretch. Without links: it has no such model."""

    rulebook: Rulebook
    links: tuple[Link, ...]

    @property
    def serves_somebody(self) -> bool:
        """Whether there is any release in force; without one nobody is served."""
        return any(isinstance(each, Release) for link in self.links for each in link.provisions)


class Stretch(NamedTuple):
    """A model, an operation and a time `[start, end)`, and both sides of it.

    `exchanged`: the instruments about this model and its fallbacks of which only one rulebook has one in force, or
    another one.
    """

    model: str
    operation: str
    start: datetime
    end: datetime | None
    before: Side
    after: Side
    exchanged: frozenset[str]


def answered(rulebook: Rulebook, request: Request) -> Decision:
    """The reference's decision. Nobody is served a model that a rulebook does not have."""
    if request.model in rulebook.catalogue.models:
        return decide(rulebook, request)
    return none_such(rulebook, request.model, request.operation, request.at)


def none_such(rulebook: Rulebook, model: str, operation: str, at: datetime) -> Decision:
    """The refusal of a model that there is not."""
    nothing = Verdict(model, False, (), (), (), (), ())
    return Decision(Outcome.REFUSE, model, None, operation, (nothing,), rulebook.digest, at)


def answered_by(side: Side, stretch: Stretch, known: Known) -> Decision:
    """The same, from the provisions that were picked out before, and what is known of their atoms."""
    if not side.links:
        return none_such(side.rulebook, stretch.model, stretch.operation, stretch.start)
    verdicts: list[Verdict] = []
    for link in side.links:
        verdicts.append(judge(link.model, link.provisions, known))
        if verdicts[-1].allowed:
            break
    tried = tuple(verdicts)
    return Decision(*outcome_of(tried), stretch.operation, tried, side.rulebook.digest, stretch.start)


class Stretches:
    """The stretches of two rulebooks from `since` to `until`, without those over which nothing can differ."""

    def __init__(self, before: Rulebook, after: Rulebook, since: datetime, until: datetime | None) -> None:
        self.before, self.after = before, after
        self.since, self.until = since.astimezone(UTC), until.astimezone(UTC) if until else None
        self._numbers: dict[Provision, int] = {}
        self._seen: dict[int, tuple[Provision, int]] = {}
        self._covering: dict[tuple[int, str, str], tuple[Provision, ...]] = {}

    def of(self, model: str, operation: str) -> Iterator[Stretch]:
        """Those of one model and operation in which some decision may differ, in order."""
        last: Stretch | None = None
        for stretch in self._all(model, operation):
            if last is not None and last.end == stretch.start and self._says(last) == self._says(stretch):
                last = last._replace(end=stretch.end)
                continue
            if last is not None and self._may_differ(last):
                yield last
            last = stretch
        if last is not None and self._may_differ(last):
            yield last

    def deciding(self, model: str, operation: str) -> list[Rulebook]:
        """Both rulebooks, with nothing but the provisions that are ever about a model or its fallbacks."""
        books = []
        for book in (self.before, self.after):
            wanted = {p.name for each in self._chain(book, model) for p in self._ever(book, each, operation)}
            books.append(replace(book, instruments=tuple(each for each in book.instruments if each.name in wanted)))
        return books

    def _all(self, model: str, operation: str) -> Iterator[Stretch]:
        chains = [(book, self._chain(book, model)) for book in (self.before, self.after)]
        ever = [(book, p, m) for book, chain in chains for m in chain for p in self._ever(book, m, operation)]
        names = frozenset(provision.name for _, provision, _ in ever)
        models = {each.name for _, chain in chains for each in chain}
        spans = [book.spans[name] for book in (self.before, self.after) for name in names if name in book.spans]
        starts = self._starts([*spans, *(span for book, p, m in ever for span in book.in_force_for(p, m))])
        for start, end in zip(starts, [*starts[1:], self.until], strict=True):
            before, after = (self._side(book, chain, operation, start) for book, chain in chains)
            old, new = (standing(book, start, models) for book in (self.before, self.after))
            exchanged = names & differing(old, new)
            yield Stretch(model, operation, start, end, before, after, exchanged)

    def _starts(self, spans: list[Span]) -> list[datetime]:
        """The beginning, and each instant after it at which one of these spans begins or ends."""
        instants = {at.astimezone(UTC) for span in spans for at in (span.start, span.end) if at is not None}
        later = (at for at in instants if at > self.since and (self.until is None or at < self.until))
        return [self.since, *sorted(later)]

    def _side(self, book: Rulebook, chain: list[Model], operation: str, at: datetime) -> Side:
        def in_force(model: Model) -> tuple[Provision, ...]:
            ever = self._ever(book, model, operation)
            return tuple(each for each in ever if hold_at(book.in_force_for(each, model), at))

        return Side(book, tuple(Link(model, in_force(model)) for model in chain))

    def _ever(self, book: Rulebook, model: Model, operation: str) -> tuple[Provision, ...]:
        """The provisions that cover a model, and are in force at some time that is looked at."""
        key = (id(book), model.name, operation)
        if key not in self._covering:
            self._covering[key] = tuple(
                each
                for each in book.instruments
                if isinstance(each, Provision)
                and each.covers(model, operation)
                and any(map(self._meets, book.in_force_for(each, model)))
            )
        return self._covering[key]

    def _meets(self, span: Span) -> bool:
        begins = self.until is None or span.start < self.until
        return begins and not span.is_empty and (span.end is None or span.end > self.since)

    @staticmethod
    def _chain(book: Rulebook, name: str) -> list[Model]:
        model = book.catalogue.models.get(name)
        return [] if model is None else [model, *(book.catalogue.models[each] for each in model.fallback)]

    def _may_differ(self, stretch: Stretch) -> bool:
        if not (stretch.before.serves_somebody or stretch.after.serves_somebody):
            return False
        return self._content(stretch.before) != self._content(stretch.after)

    def _says(self, stretch: Stretch) -> Hashable:
        return self._content(stretch.before), self._content(stretch.after), stretch.exchanged

    def _content(self, side: Side) -> Hashable:
        return tuple((link.model.name, tuple(map(self._number, link.provisions))) for link in side.links)

    def _number(self, provision: Provision) -> int:
        """The same for provisions that are equal, whichever rulebook they are in."""
        known = self._seen.get(id(provision))
        if known is None:
            known = self._seen[id(provision)] = (provision, self._numbers.setdefault(provision, len(self._numbers)))
        return known[1]
