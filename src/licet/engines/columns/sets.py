"""Sets of classes: a population's classes in a row, and whatever holds of some of them as the bits of one number.

So a conjunction over 100,000 classes is one `&` of two whole numbers (microseconds), and the semantics of conditions,
which are Kleene's, are four such operations. How many subjects a set has is counted from the planes of their numbers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, assert_never

from licet.core.conditions import (
    AllOf,
    Always,
    AnyOf,
    Atom,
    Attested,
    Compare,
    Condition,
    Contains,
    Defined,
    Not,
    OneOf,
    children,
)
from licet.core.truth import Truth
from licet.engines.columns.codes import KIND, Asked, Plan

Key = tuple[int, ...]
"""What a class is known by: its keys."""

BLOCK = 1 << 17
"""Classes that are decided at a time, so that memory does not grow with their number."""


class Kleene(NamedTuple):
    """Where something is definitely true, and where it is definitely false; elsewhere it is unknown."""

    true: int
    false: int


class Block(ABC):
    """Some classes of a population. In the sets, the first class is the highest bit.

    `rows`: what each class is known by, and then how many subjects it has; at least one class.
    """

    def __init__(self, rows: Sequence[Key]) -> None:
        self.rows = rows
        self.size = len(rows)
        self.everybody = (1 << self.size) - 1
        self._numbers = planes([row[-1] for row in rows])

    def key(self, number: int) -> Key:
        """What a class is known by."""
        return self.rows[number][:-1]

    def count(self, classes: int) -> int:
        """How many subjects are in these classes."""
        return sum((classes & plane).bit_count() << power for power, plane in enumerate(self._numbers))

    def members(self, classes: int) -> Iterator[int]:
        """The numbers of the classes in a set."""
        text = f"{classes:0{self.size}b}"
        at = text.find("1")
        while at >= 0:
            yield at
            at = text.find("1", at + 1)

    @cached_property
    @abstractmethod
    def kinds(self) -> dict[str, int]:
        """The classes of each kind."""

    @cached_property
    @abstractmethod
    def atoms(self) -> dict[Atom, Kleene]:
        """What is known of each atom about a subject that was asked for."""

    @abstractmethod
    def signature(self, number: int) -> int:
        """The bits of one class, but for those about the request."""


class CodedBlock(Block):
    """Classes known by the keys of a plan."""

    def __init__(self, rows: Sequence[Key], plan: Plan, asked: Asked) -> None:
        super().__init__(rows)
        self._plan = plan
        self._asked = asked
        words = [planes([row[word] for row in rows]) for word in range(plan.words)]
        self.by_code: dict[str, dict[int, int]] = {
            digit.name: split(self.everybody, words[digit.word], digit.shift, digit.codes.width)
            for digit in plan.digits
        }
        """For each column, the classes that have each code which is there."""

    @cached_property
    def kinds(self) -> dict[str, int]:
        """See `Block`."""
        names = {code: str(name) for name, code in self._plan.digits[0].codes.values.items()}
        return {names[code]: classes for code, classes in sorted(self.by_code[KIND.name].items())}

    @cached_property
    def atoms(self) -> dict[Atom, Kleene]:
        """See `Block`."""
        answers = {digit.name: digit.codes.answers for digit in self._plan.digits}
        found: dict[Atom, Kleene] = {}
        for question in self._asked.questions:
            classes = [(answers[question.fact][code], there) for code, there in self.by_code[question.fact].items()]
            for atom, place in question.atoms.items():
                if self._asked.mask >> place & 1:
                    found[atom] = Kleene(
                        union(there for answer, there in classes if answer >> place & 3 == Truth.TRUE.value),
                        union(there for answer, there in classes if answer >> place & 3 == Truth.FALSE.value),
                    )
        return found

    def signature(self, number: int) -> int:
        """See `Block`."""
        row = self.rows[number]
        bits = 0
        for digit in self._plan.digits:
            bits |= digit.codes.answers[row[digit.word] >> digit.shift & (1 << digit.codes.width) - 1]
        return bits


class SignedBlock(Block):
    """Classes known by the number of their kind and their signature."""

    def __init__(self, rows: Sequence[Key], kinds: Sequence[str], asked: Asked) -> None:
        super().__init__(rows)
        self._names = kinds
        self._asked = asked

    @cached_property
    def kinds(self) -> dict[str, int]:
        """See `Block`."""
        numbers = split(self.everybody, planes([row[0] for row in self.rows]), 0, len(self._names).bit_length())
        return {self._names[number]: classes for number, classes in sorted(numbers.items())}

    @cached_property
    def atoms(self) -> dict[Atom, Kleene]:
        """See `Block`."""
        bits = dict(enumerate(planes([row[1] for row in self.rows])))
        found: dict[Atom, Kleene] = {}
        for question in self._asked.questions:
            for atom, place in question.atoms.items():
                unknown, true = bits.get(place, 0), bits.get(place + 1, 0)
                if self._asked.mask >> place & 1:
                    found[atom] = Kleene(true, self.everybody & ~true & ~unknown)
        return found

    def signature(self, number: int) -> int:
        """See `Block`."""
        return self.rows[number][1]


def planes(numbers: Sequence[int]) -> list[int]:
    """For each power of two, the set of those of some numbers that have it."""
    width = max(numbers, default=0).bit_length()
    size = (width + 7) // 8
    packed = b"".join([number.to_bytes(size, "little") for number in numbers])
    return [int(packed[power // 8 :: size].translate(DIGITS[power % 8]), 2) for power in range(width)]


DIGITS = [bytes(ord("1") if byte >> bit & 1 else ord("0") for byte in range(256)) for bit in range(8)]
"""For each bit, what every byte has there, as a digit."""


def split(classes: int, planes: Sequence[int], shift: int, width: int) -> dict[int, int]:
    """Classes by the number that `width` planes from `shift` on spell; numbers that are not there are left out."""
    cells = {0: classes}
    for power in reversed(range(shift, min(shift + width, len(planes)))):
        plane = planes[power]
        parted: dict[int, int] = {}
        for code, cell in cells.items():
            with_it = cell & plane
            if with_it:
                parted[code | 1 << power - shift] = with_it
            if with_it != cell:
                parted[code] = cell ^ with_it
        cells = parted
    return {code: cell for code, cell in cells.items() if cell}


def union(sets: Iterable[int]) -> int:
    """Everything that is in any of them."""
    all_ = 0
    for each in sets:
        all_ |= each
    return all_


Known = Callable[[Atom], Kleene]
"""What is known of each atom, class by class."""


def settled(condition: Condition, known: Known, everybody: int) -> Kleene:
    """What is known of a condition, class by class: `core.conditions.settle` for all of them at once."""
    match condition:
        case Always(holds):
            return Kleene(everybody, 0) if holds else Kleene(0, everybody)
        case Attested() | Compare() | OneOf() | Contains():
            return known(condition)
        case Defined(_, _, inner):
            return settled(inner, known, everybody)
        case Not(inner):
            true, false = settled(inner, known, everybody)
            return Kleene(false, true)
        case AllOf(parts):
            true, false = everybody, 0
            for each in (settled(part, known, everybody) for part in parts):
                true, false = true & each.true, false | each.false
            return Kleene(true, false)
        case AnyOf(parts):
            true, false = 0, everybody
            for each in (settled(part, known, everybody) for part in parts):
                true, false = true | each.true, false & each.false
            return Kleene(true, false)
        case _ as unreachable:
            assert_never(unreachable)


def blamed(condition: Condition, known: Known, everybody: int) -> Mapping[str, int]:
    """The facts that keep a condition unknown, each with the classes where it does: `core.conditions.blame`."""
    held = settled(condition, known, everybody)
    unknown = everybody & ~(held.true | held.false)
    if not unknown:
        return {}
    if isinstance(condition, Attested | Compare | OneOf | Contains):
        return {condition.fact: unknown}
    found: dict[str, int] = {}
    for child in children(condition):
        for fact, classes in blamed(child, known, everybody).items():
            found[fact] = found.get(fact, 0) | (classes & unknown)
    return {fact: classes for fact, classes in found.items() if classes}
