"""The search for classes of subjects that are served otherwise: first roughly and all of them, then as exactly as fits.

Rough classes are by what is served before and after, so there are never many; each is then split into exact ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

import z3

from licet.core.change import change, exchanged
from licet.core.decision import Request
from licet.core.differences import Difference, Key, difference_key
from licet.core.facts import Facts
from licet.core.proof import ProofUnsound, Witness
from licet.engines.differences.classes import Classes, Verdicts
from licet.engines.differences.encounter import Encounter
from licet.engines.differences.stretch import Stretch, answered
from licet.engines.smt.formulas import Formulas
from licet.engines.smt.logic import Holds, ask, differ, follows, is_same, last, no, tell
from licet.engines.smt.simplest import Wishes

MOST_OF_ONE = 24
"""Exact classes, at most, into which a rough one is split. Past that nobody reads them."""

Name = Key | tuple[str | None, str | None]
"""What a class is called: an exact one by its key, a rough one by what is served before and after."""


class OutOfTime(Exception):
    """The time limit ran out."""


class TooMany(Exception):
    """There are more classes than are wanted."""


class Place(NamedTuple):
    """A stretch, with what can be asked about it."""

    stretch: Stretch
    classes: Classes
    encounter: Encounter


class Piece(NamedTuple):
    """A class over one stretch: the formula for exactly those in it, and one of them."""

    place: Place
    formula: z3.BoolRef
    facts: Facts


class Found(NamedTuple):
    """A class over adjoining stretches; the same subjects in each."""

    name: Name
    pieces: tuple[Piece, ...]

    def goes_on_in(self, other: Found) -> bool:
        """Whether the other one has the same name and begins where this one ends."""
        return self.name == other.name and self.pieces[-1].place.stretch.end == other.pieces[0].place.stretch.start


class Search:
    """The search about one model and operation, in a solver of its own: it knows what these are decided by, no more.

    `left` says how many seconds there still are.
    """

    def __init__(self, formulas: Formulas, left: Callable[[], float]) -> None:
        self._formulas, self._left = formulas, left
        self._verdicts = Verdicts(formulas)
        self._solver = formulas.solver
        self._questions = 0
        self._allowed = inf

    def rough(self, stretches: Iterable[Stretch], most: int) -> Iterator[Found]:
        """The rough classes over some stretches. Raises `OutOfTime`, or `TooMany` if there are more than `most`.

        What was given out until then holds, but may last longer than was seen.
        """
        last: list[Found] = []
        given = 0
        for stretch in stretches:
            place = Place(stretch, Classes(self._verdicts, stretch), Encounter(stretch))
            now: list[Found] = []
            try:
                for each in self._pieces(place, place.classes.differ(), rough=True):
                    now.append(each)
                    if given + len(now) > most:
                        raise TooMany
            except (OutOfTime, TooMany):
                yield from (*last, *now)
                raise
            over, last = self._joined(last, now)
            given += len(over)
            yield from over
        yield from last

    def exact(self, rough: Found, most: int) -> tuple[Found, ...]:
        """The exact classes in a rough one. Raises `OutOfTime`, or `TooMany` if there are more than `most`."""
        done: list[Found] = []
        last: list[Found] = []
        for piece in rough.pieces:
            now: list[Found] = []
            for each in self._pieces(piece.place, piece.formula, rough=False, first=piece.facts):
                now.append(each)
                if len(done) + len(now) > most:
                    raise TooMany
            over, last = self._joined(last, now)
            done += over
        return (*done, *last)

    def _joined(self, last: list[Found], now: list[Found]) -> tuple[list[Found], list[Found]]:
        """The classes that end with a stretch; and those of the next one, with the time before where they go on."""
        ended = list(last)
        joined: list[Found] = []
        for each in now:
            before = next((one for one in ended if one.goes_on_in(each)), None)
            if before is not None and self._equal(before.pieces[-1].formula, each.pieces[0].formula):
                ended.remove(before)
                joined.append(each._replace(pieces=before.pieces + each.pieces))
            else:
                joined.append(each)
        return ended, joined

    def _equal(self, one: z3.BoolRef, other: z3.BoolRef) -> bool:
        """Whether two formulas describe the same subjects; said only if it is certain."""
        if is_same(one, other):
            return True
        return self._left() > 0 and self._check([self._question(differ(one, other))]) is False

    def _pieces(self, place: Place, whole: z3.BoolRef, *, rough: bool, first: Facts | None = None) -> Iterator[Found]:
        """The classes into which a whole falls, one after the other until there are no more. `first` is one in it."""
        question = self._question(whole)
        facts = first or self._somebody(question)
        met: set[Name] = set()
        while facts is not None:
            key = place.encounter.key(facts)
            name: Name = (key.was, key.becomes) if rough else key
            formula = place.classes.served(key.was, key.becomes) if rough else place.classes.of(key)
            if name in met or key.was == key.becomes:
                raise ProofUnsound(f"{name} is not to be found in a formula that has it in {dict(facts)}")
            met.add(name)
            yield Found(name, (Piece(place, formula, facts),))
            tell(self._solver, follows(question, no(formula)))
            facts = self._somebody(question)

    def simplest(self, found: Found) -> Facts:
        """The first somebody of a class at its start, in an order that puts those of whom little is known first.

        When there is no more time, somebody else.
        """
        terms, first = self._formulas.terms, found.pieces[0]
        wishes = Wishes(self._like, [self._question(first.formula)], terms.said(first.facts))
        terms.simplify(wishes)
        return terms.facts(wishes.found)

    def _question(self, formula: z3.BoolRef) -> z3.BoolRef:
        """A symbol to assume where a formula is to hold: others that are asked afterwards do not hear of it."""
        self._questions += 1
        question = z3.Bool(f"question {self._questions}")
        tell(self._solver, follows(question, formula))
        return question

    def _somebody(self, question: z3.BoolRef) -> Facts | None:
        """Somebody of whom the formula of a question holds. Raises `OutOfTime`."""
        if self._left() <= 0:
            raise OutOfTime
        answer = self._check([question])
        if answer is None:
            raise OutOfTime
        return self._formulas.facts() if answer else None

    def _like(self, wishes: Sequence[z3.BoolRef]) -> Holds | None:
        """What holds of somebody like that; None if there is nobody, or no time to find them."""
        return last(self._solver) if self._check(wishes) else None

    def _check(self, assumed: Sequence[z3.BoolRef]) -> bool | None:
        self._verdicts.settle()
        left = max(self._left(), 0.001)
        if left < self._allowed / 2:
            # telling a solver takes as long as many an answer: one question has at most twice what is left
            self._allowed = left
            self._solver.set("timeout", int(left * 1000))
        return ask(self._solver, assumed)


def is_called(name: Name, key: Key) -> bool:
    """Whether a class of this name has those of this key in it."""
    return name in (key, (key.was, key.becomes))


def confirmed(found: Found, facts: Facts) -> Difference:
    """A class as it is told, with somebody in it, whom the reference interpreter has decided under both rulebooks.

    Raises `ProofUnsound` if it says that they are not in it.
    """
    stretch = found.pieces[0].place.stretch
    request = Request(facts, stretch.model, stretch.operation, stretch.start)
    old, new = stretch.before.rulebook, stretch.after.rulebook
    before, after = answered(old, request), answered(new, request)
    met = change(before, after, exchanged(old, new, before, after), new)
    key = difference_key(met)
    if met.was == met.becomes or not is_called(found.name, key):
        raise ProofUnsound(f"{found.name} was found for {dict(facts)}, of whom the reference says {met}")
    witness = Witness(facts, stretch.model, stretch.operation, stretch.start, before, after)
    end = found.pieces[-1].place.stretch.end
    return Difference(met, stretch.operation, stretch.start, end, witness, exact=isinstance(found.name, Key))
