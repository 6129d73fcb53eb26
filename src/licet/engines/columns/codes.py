"""Codes: each fact's values as a few small numbers, equal where nothing that is asked about the fact tells them apart.

Code 0 is unknown, a value like any other; one code past the last stands for what the fact does not admit. The codes
of all facts, side by side in whole numbers of at most 62 bits, are what a population is grouped by. Which values
share a code is found by `evaluate_atom` (through `Question`), so the semantics are nowhere written a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from licet.core.conditions import Atom, Compare, Comparison, Contains, OneOf
from licet.core.facts import LARGEST_INTEGER, UNKNOWN, About, Fact, Kind, Members, Value
from licet.core.form import Shape
from licet.core.shape import CHOICES
from licet.engines.signature import Question, Signatures

WORD = 62
"""Bits in one key: a signed 64-bit integer holds them with room to spare."""

KIND = Fact("kind", Kind.STRING, About.SUBJECT, "", "", frozenset(CHOICES[Shape.SUBJECT_KIND]))
"""What a subject is, as a column that is read like a fact's."""

UNTIL = Fact("until", Kind.STRING, About.SUBJECT, "", "", frozenset({"past"}))
"""Until when what a row says counts, as a column: empty (it does), or `past` (it says nothing any more)."""

SUBJECT = "subject"
"""The column of a subject's name, and the fact about a request that is known from it."""

NAME = Fact(SUBJECT, Kind.STRING, About.REQUEST, "", "")
"""A subject's name, read like a fact."""

ELSE = "\0"
"""A text that no literal is: what every text that is not mentioned is like."""

SEPARATOR, COMPLETE, PARTIAL, CONTRADICTORY, UNSAID = "\x1f", "=", "~", "!", "?"
"""A set as one text: a mark, how many members there are (where it was a list), and each after a separator. The marks:
these are all members; there may be more; complete, but not attested; it is not told whether it is complete. Unknown is
the empty text."""


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one fact. `answers` are the bits of a signature for each code.

    `values` are the literals with codes of their own, `other` the code of everything else that the fact admits (None:
    there is nothing else). Of an integer that is no literal, the code stands beside the first of `steps` above it, and
    beside None past the last.
    """

    fact: Fact
    answers: tuple[int, ...]
    values: Mapping[str | int, int]
    other: int | None = None
    steps: tuple[tuple[int | None, int], ...] = ()

    @property
    def rejected(self) -> int:
        """The code of what the fact does not admit."""
        return len(self.answers)

    @property
    def width(self) -> int:
        """How many bits a code needs."""
        return self.rejected.bit_length()


class _Numbering:
    """Numbers for answers, in the order in which they come; equal answers have one."""

    def __init__(self, question: Question, mask: int) -> None:
        self._answer: Callable[[Value], int] = lambda value: question.answer(value) & mask
        self._codes = {self._answer(UNKNOWN): 0}
        self.atoms = [atom for atom, place in question.atoms.items() if mask >> place & 1]

    def __call__(self, value: Value) -> int:
        return self._codes.setdefault(self._answer(value), len(self._codes))

    @property
    def answers(self) -> tuple[int, ...]:
        return tuple(self._codes)


def codes(fact: Fact, question: Question, mask: int) -> Codes:
    """The codes of a fact that is not a set, as far as the atoms in a mask tell its values apart."""
    number = _Numbering(question, mask)
    match fact.kind:
        case Kind.BOOLEAN:
            answers = tuple(question.answer(value) & mask for value in (UNKNOWN, False, True))
            return Codes(fact, answers, {})
        case Kind.INTEGER:
            values: dict[str | int, int] = {each: number(each) for each in sorted(_integers(number.atoms))}
            steps = tuple(_steps(number, values))
            return Codes(fact, number.answers, values, None, steps)
        case _:
            named = fact.values or {text for text in _texts(number.atoms) if fact.admits_member(text)}
            values = {text: number(text) for text in sorted(named)}
            other = None if fact.values else number(ELSE)
            return Codes(fact, number.answers, values, other)


def set_codes(fact: Fact, question: Question, mask: int, texts: Iterable[str]) -> Codes:
    """The codes of a set, given each text that it has in a population (see `members_of`, which must admit them)."""
    number = _Numbering(question, mask)
    values: dict[str | int, int] = {text: number(members_of(fact, text)) for text in texts}
    return Codes(fact, number.answers, values)


def kind_codes(fact: Fact) -> Codes:
    """The codes of a column that no condition asks about, and whose values are told apart all the same."""
    names = sorted(fact.values)
    return Codes(fact, (0,) * (len(names) + 1), {name: number for number, name in enumerate(names, start=1)})


class NotMembers(ValueError):
    """A text that is no set of this fact; the message says why, in words for the end of a sentence."""


def members_of(fact: Fact, text: str) -> Value:
    """The set that a text stands for. Raises `NotMembers`."""
    if text == "":
        return UNKNOWN
    head, *parts = text.split(SEPARATOR)
    mark, number = head[0], head[1:]
    if mark == CONTRADICTORY:
        raise NotMembers(f"nothing in `{fact.name}`, so it cannot be complete")
    if mark == UNSAID:
        raise NotMembers(f"neither `true` nor `false` in `{fact.name}_complete`")
    if number == "0" and parts == [""]:
        parts = []
    if number and int(number) != len(parts):
        raise NotMembers(f"a list with a member of `{fact.name}` that is null, or has a character that does not print")
    for part in parts:
        if not fact.admits_member(part):
            raise NotMembers(f"`{part}` is not a value of `{fact.name}`; allowed is {fact.allowed}")
    if len(set(parts)) < len(parts):
        raise NotMembers(f"`{';'.join(parts)}` names a member twice")
    return Members(frozenset(parts), True) if mark == COMPLETE else Members(frozenset(parts), False)


def _texts(atoms: Iterable[Atom]) -> set[str]:
    """The texts that atoms mention."""
    return {each for each in _literals(atoms) if isinstance(each, str)}


def _integers(atoms: Iterable[Atom]) -> set[int]:
    """The integers that atoms single out by themselves: of `level >= 2`, none."""
    equal = [atom for atom in atoms if not (isinstance(atom, Compare) and atom.comparison in ORDERING)]
    return {each for each in _literals(equal) if isinstance(each, int)}


def _literals(atoms: Iterable[Atom]) -> Iterable[object]:
    for atom in atoms:
        match atom:
            case OneOf(_, choices):
                yield from choices
            case Compare(_, _, literal):
                yield literal
            case Contains(_, member):
                yield member


ORDERING = {Comparison.BELOW: 0, Comparison.AT_MOST: 1, Comparison.ABOVE: 1, Comparison.AT_LEAST: 0}
"""Comparisons that divide the integers in two, and how far from the literal the upper part begins."""


def _steps(number: _Numbering, mentioned: Mapping[str | int, int]) -> Iterable[tuple[int | None, int]]:
    """The stretches of integers between which no comparison tells apart, each with the code of one in it."""
    begins = sorted(
        {
            atom.literal + ORDERING[atom.comparison]
            for atom in number.atoms
            if isinstance(atom, Compare) and atom.comparison in ORDERING and isinstance(atom.literal, int)
        }
    )
    low = -LARGEST_INTEGER
    for end in [*begins, None]:
        free = next(value for value in count(low) if value not in mentioned)
        if end is None or free < end:
            yield end, number(free)
        else:
            yield end, 0  # every integer here is a literal, and has its own code
        low = end if end is not None else low


@dataclass(frozen=True, slots=True)
class Digit:
    """The place of one column's code: the key's number, and the bit of it at which the code begins."""

    codes: Codes
    word: int
    shift: int

    @property
    def name(self) -> str:
        """The column."""
        return self.codes.fact.name


@dataclass(frozen=True, slots=True)
class Plan:
    """What a population is grouped by: the kind first, then each fact that matters. `words`: how many keys."""

    digits: tuple[Digit, ...]
    words: int


def plan(columns: Iterable[Codes]) -> Plan:
    """Codes laid side by side in as few keys as they need, in their order."""
    digits: list[Digit] = []
    word = shift = 0
    for each in columns:
        if shift + each.width > WORD:
            word, shift = word + 1, 0
        digits.append(Digit(each, word, shift))
        shift += each.width
    return Plan(tuple(digits), word + 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What matters of a population: the facts with all that is asked about them, as far as `mask` goes.

    `questions` are about the subject (its name included); `facts` declares them all.
    """

    signatures: Signatures
    mask: int
    facts: Mapping[str, Fact]

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked about the subject, fact by fact."""
        return tuple(
            question
            for question in self.signatures.questions
            if any(self.mask >> place & 1 for place in question.atoms.values())
            and (self.facts[question.fact].about is About.SUBJECT or question.fact == SUBJECT)
        )
