"""Signatures: what is known of every atom of a rulebook about one subject and request, in one whole number.

Two bits an atom: the number of its truth. Whoever has the same bits for the atoms of a model's instruments is decided
alike by them, so the bits that a model's mask picks out of a signature lead straight to the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.conditions import Atom, Known, atoms, evaluate_atom
from licet.core.facts import Facts, Value
from licet.core.instruments import Provision
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth

MOST_REMEMBERED = 65_536
"""Values of one fact whose bits are remembered, at most; then all are forgotten and it begins again."""


class Question:
    """Everything that a rulebook asks about one fact: its atoms, each with the place of its two bits."""

    def __init__(self, fact: str) -> None:
        self.fact = fact
        self.atoms: dict[Atom, int] = {}
        self.bits: dict[tuple[type, Value], int] = {}

    def answer(self, value: Value) -> int:
        """The bits of all these atoms for a value of the fact."""
        key = (value.__class__, value)
        bits = self.bits.get(key)
        if bits is None:
            bits = sum(evaluate_atom(atom, value).value << place for atom, place in self.atoms.items())
            if len(self.bits) >= MOST_REMEMBERED:
                self.bits.clear()
            self.bits[key] = bits
        return bits


class Signatures:
    """The signatures of a rulebook, or of several that are compared; the same over all of their time."""

    def __init__(self, *rulebooks: Rulebook) -> None:
        instruments = [each for rulebook in rulebooks for each in rulebook.instruments]
        provisions = [each for each in instruments if isinstance(each, Provision)]
        distinct = dict.fromkeys(atom for each in provisions for atom in atoms(each.condition))
        self.places: dict[Atom, int] = {atom: 2 * number for number, atom in enumerate(distinct)}
        questions: dict[str, Question] = {}
        for atom, place in self.places.items():
            questions.setdefault(atom.fact, Question(atom.fact)).atoms[atom] = place
        self._questions = tuple(questions.values())

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked about each fact that matters."""
        return self._questions

    def of(self, facts: Facts) -> int:
        """The signature of a subject and request. Raises `KeyError` if a fact that matters has no value."""
        signature = 0
        for question in self._questions:
            signature |= question.answer(facts[question.fact])
        return signature

    def mask(self, provisions: Iterable[Provision]) -> int:
        """Ones where a signature has the bits that these provisions ask for."""
        return sum({3 << self.places[atom] for each in provisions for atom in atoms(each.condition)})

    def known(self, signature: int) -> Known:
        """What a signature says of each atom; the reverse of `of`."""
        return lambda atom: Truth(signature >> self.places[atom] & 3)
