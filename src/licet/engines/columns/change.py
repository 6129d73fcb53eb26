"""What a new rulebook does to each class of a population, and how many subjects meet the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from licet.core.change import NARROWING, Change, Effect, chain, change, differing, effect_of, standing
from licet.core.decision import Decision, Outcome, Verdict
from licet.core.facts import Value
from licet.core.instruments import Provision
from licet.core.rulebook import Rulebook
from licet.engines.columns.law import OPERATION, Law, Reading, Sets, request_facts
from licet.engines.columns.sets import Block
from licet.engines.points import Points, Vector, compile_points
from licet.engines.signature import Signatures


class Disagreement(Exception):
    """Two engines decided one class differently: a bug in Licet, never the user's doing."""


class Met(NamedTuple):
    """Some classes of one kind that all meet one change."""

    kind: str
    change: Change
    classes: int


class Outcomes(NamedTuple):
    """How many subjects of a kind are served what if they ask for a model."""

    model: str
    kind: str
    served: str | None
    subjects: int


def outcomes(law: Law, models: Iterable[str]) -> Iterator[Outcomes]:
    """What a block's subjects are served by one rulebook."""
    block = law.reading.block
    for model in models:
        for served, classes in law.served(model).items():
            for kind, those in block.kinds.items():
                if classes & those:
                    yield Outcomes(model, kind, served, block.count(classes & those))


class Comparison:
    """Two rulebooks at one instant: what changes for a block's subjects.

    `signatures` are of both. Each set of classes that is said to meet one change is decided once more by `judge`, from
    one of its classes; if that does not give the same change, `Disagreement` is raised.
    """

    def __init__(self, before: Rulebook, after: Rulebook, at: datetime, signatures: Signatures) -> None:
        self.at = at
        self._books = (before, after)
        self._signatures = signatures
        self._points = tuple(compile_points(book, at, signatures) for book in self._books)
        self.exchanged = exchanged_at(before, after, at)
        self._exchanged: dict[str, frozenset[str]] = {}

    def exchanged_of(self, model: str) -> frozenset[str]:
        """Those of them that are exchanged for a model or one of its fallbacks; see `core.change.exchanged`."""
        if model not in self._exchanged:
            models = chain(self._books[0], model) | chain(self._books[1], model)
            self._exchanged[model] = exchanged_at(*self._books, self.at, models)
        return self._exchanged[model]

    def over(self, readings: Readings) -> Laws:
        """The laws of both, for requests without and with a stream, over a block."""
        before, after = (Law(book, self.at, readings.plain) for book in self._books)
        if readings.streamed is readings.plain:
            return Laws(before, after, before, after)
        return Laws(before, after, *(Law(book, self.at, readings.streamed) for book in self._books))

    def met(self, laws: Laws, model: str) -> Iterator[Met]:
        """The changes for those who ask for one model, `SAME` included, each with its classes."""
        block = laws.before.reading.block
        ended = laws.after_streamed.ended(model, laws.before_streamed)
        for was, had in laws.before.served(model).items():
            for becomes, gets in laws.after.served(model).items():
                for cell, cuts in ((had & gets & ended, True), (had & gets & ~ended, False)):
                    for classes in self._refined(laws, model, cell, effect_of(model, was, becomes), cuts):
                        found = self._checked(block, model, classes, was, becomes, cuts)
                        for kind, those in block.kinds.items():
                            if classes & those:
                                yield Met(kind, found, classes & those)

    def _refined(self, laws: Laws, model: str, cell: int, effect: Effect, cuts: bool) -> list[int]:
        """The parts of a cell in which the instruments and the unknown facts are the same."""
        if effect is Effect.SAME and not cuts:
            return [cell] if cell else []
        pair = (laws.before_streamed, laws.after_streamed) if effect is Effect.SAME else (laws.before, laws.after)
        of_each: tuple[Sets, Sets] = (pair[0].instruments(model), pair[1].instruments(model))
        sets = [of_each[0].get(name, 0) | of_each[1].get(name, 0) for name in sorted(self.exchanged_of(model))]
        if effect in NARROWING:
            sets += laws.after.missing(model).values()
        return parted(cell, sets)

    def _checked(
        self, block: Block, model: str, classes: int, was: str | None, becomes: str | None, cuts: bool
    ) -> Change:
        """The change that the first of some classes meets, by `judge`."""
        bits = block.signature(next(block.members(classes)))
        plain = self._change(bits, model, stream=False)
        streamed = self._change(bits, model, stream=True)
        if (plain.was, plain.becomes, streamed.cuts) != (was, becomes, cuts):
            raise Disagreement(f"{model}: {(plain.was, plain.becomes, streamed.cuts)} is not {(was, becomes, cuts)}")
        if plain.effect is Effect.SAME and cuts:
            return plain._replace(by=streamed.by, cuts=True)
        return plain._replace(cuts=cuts)

    def _change(self, bits: int, model: str, *, stream: bool) -> Change:
        before, after = (
            self._decision(points, book, bits, model, stream=stream)
            for points, book in zip(self._points, self._books, strict=True)
        )
        return change(before, after, self.exchanged_of(model), self._books[1])

    def _decision(self, points: Points, book: Rulebook, bits: int, model: str, *, stream: bool) -> Decision:
        if model not in book.catalogue.models:
            return nothing(model, book, self.at)
        request = self._request(book, stream=stream)
        return points.decide(Vector(bits | request, self._signatures), model, OPERATION, self.at)

    def _request(self, book: Rulebook, *, stream: bool) -> int:
        """The bits of a signature that are about the request."""
        facts: Mapping[str, Value] = request_facts(book, stream=stream)
        questions = [question for question in self._signatures.questions if question.fact in facts]
        return sum(question.answer(facts[question.fact]) for question in questions)


class Readings(NamedTuple):
    """What a block's facts say of conditions, for requests without and with a stream, at any instant."""

    plain: Reading
    streamed: Reading


def readings(block: Block, books: Iterable[Rulebook], signatures: Signatures) -> Readings:
    """The readings of a block; one for both where no condition asks whether it is for a stream."""
    plain, streamed = (
        {name: value for book in books for name, value in request_facts(book, stream=each).items()}
        for each in (False, True)
    )
    reading = Reading(block, plain)
    matters = {question.fact for question in signatures.questions} & streamed.keys()
    return Readings(reading, Reading(block, streamed) if matters else reading)


class Laws(NamedTuple):
    """Two rulebooks over a block, for requests without and with a stream."""

    before: Law
    after: Law
    before_streamed: Law
    after_streamed: Law


def nothing(model: str, book: Rulebook, at: datetime) -> Decision:
    """The decision on a model that is not in the catalogue: nobody is served it."""
    verdict = Verdict(model, False, (), (), (), (), ())
    return Decision(Outcome.REFUSE, model, None, OPERATION, (verdict,), book.digest, at)


def parted(cell: int, sets: Iterable[int]) -> list[int]:
    """The parts of a cell of which each lies wholly within or without each of some sets."""
    cells = [cell] if cell else []
    for each in sets:
        cells = [part for one in cells for part in (one & each, one & ~each) if part]
    return cells


def exchanged_at(
    before: Rulebook, after: Rulebook, at: datetime, models: Iterable[str] | None = None
) -> frozenset[str]:
    """The instruments that only one of two rulebooks has in force at an instant, for any of some models (None: all)."""
    if models is None:
        models = before.catalogue.models.keys() | after.catalogue.models.keys()
    return differing(standing(before, at, models), standing(after, at, models))


def in_question(book: Rulebook, models: Iterable[str], instants: Iterable[datetime]) -> Iterator[Provision]:
    """The provisions, in force at any of some instants, that cover one of these models or one of their fallbacks."""
    there = [book.catalogue.models[name] for name in models if name in book.catalogue.models]
    names = {name for model in there for name in (model.name, *model.fallback)}
    for found in {each.name: each for at in instants for each in book.in_force(at)}.values():
        each = book.instrument(found.name)  # as it was written: at another instant it may be in force for others
        if isinstance(each, Provision) and any(each.covers(book.catalogue.models[name], OPERATION) for name in names):
            yield each


def touched(books: tuple[Rulebook, Rulebook], exchanged: Iterable[str]) -> list[str]:
    """The models of which two rulebooks may say different things, if these are the instruments in which they differ."""
    models = [book.catalogue.models for book in books]
    changed = [each for book in books for name in exchanged if isinstance(each := book.instrument(name), Provision)]
    found = []
    for name in models[0] | models[1]:
        chains = [[each[name], *(each[one] for one in each[name].fallback)] if name in each else [] for each in models]
        same = [each.name for each in chains[0]] == [each.name for each in chains[1]]
        chain = [*chains[0], *chains[1]]
        if not same or any(each.covers(model, OPERATION) for each in changed for model in chain):
            found.append(name)
    return found
