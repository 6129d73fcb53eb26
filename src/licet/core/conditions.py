"""Conditions over facts, as values; what they say of somebody; and which unknown facts keep them from saying it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from licet.core import truth
from licet.core.facts import Facts, Members, Unknown, Value
from licet.core.truth import Truth

Literal = bool | int | str | frozenset[str]


class Comparison(StrEnum):
    """The comparisons of the grammar, as they are written."""

    EQUAL = "=="
    UNEQUAL = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Always:
    """`True` or `False`, whoever asks."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Attested:
    """A boolean fact by itself: `us_citizen`."""

    fact: str


@dataclass(frozen=True, slots=True)
class Compare:
    """A fact against a literal: `level >= 2`, `residence != "US"`, `citizenships == {"US"}`."""

    fact: str
    comparison: Comparison
    literal: Literal


@dataclass(frozen=True, slots=True)
class OneOf:
    """A fact among choices: `org in annex_a`, `residence in {"FR", "DE"}`. `list_name` is the list's local name."""

    fact: str
    choices: frozenset[str] | frozenset[int]
    list_name: str | None = None


@dataclass(frozen=True, slots=True)
class Contains:
    """A member of a set-valued fact: `"FR" in citizenships`."""

    fact: str
    member: str


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition used under a local name; `definition` is its full, versioned name."""

    local: str
    definition: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of a condition."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conditions joined by `and`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Conditions joined by `or`."""

    parts: tuple[Condition, ...]


Atom = Attested | Compare | OneOf | Contains
Condition = Always | Atom | Defined | Not | AllOf | AnyOf


Known = Callable[[Atom], Truth]
"""What is known of each atom of a condition, about one subject and request."""


def about(facts: Facts) -> Known:
    """What is known of atoms, given a value (possibly unknown) for every fact in them."""
    return lambda atom: evaluate_atom(atom, facts[atom.fact])


def evaluate(condition: Condition, facts: Facts) -> Truth:
    """What is known of `condition`, given a value (possibly unknown) for every fact in it."""
    return settle(condition, about(facts))


def settle(condition: Condition, known: Known) -> Truth:
    """What is known of `condition`, given what is known of its atoms."""
    # what is met most often comes first, and nothing is taken apart by position: decisions take their time here
    match condition:
        case Attested() | Compare() | OneOf() | Contains():
            return known(condition)
        case AllOf(parts=parts):
            return truth.conjunction(settle(part, known) for part in parts)
        case AnyOf(parts=parts):
            return truth.disjunction(settle(part, known) for part in parts)
        case Defined(condition=inner):
            return settle(inner, known)
        case Not(condition=inner):
            return truth.negation(settle(inner, known))
        case Always(holds=holds):
            return truth.of(holds)
        case _ as unreachable:
            assert_never(unreachable)


def evaluate_atom(atom: Atom, value: Value) -> Truth:
    """What is known of one atom, given the value of its fact. A set may be known in part."""
    if isinstance(value, Unknown):
        return Truth.UNKNOWN
    match atom:
        case Attested():
            return truth.of(value is True)
        case OneOf(choices=choices):
            return truth.of(value in choices)
        case Contains(member=member):
            assert isinstance(value, Members)
            return contains(value, member)
        case Compare(comparison=comparison, literal=frozenset() as wanted):
            assert isinstance(value, Members)
            same = equals(value, wanted)
            return same if comparison is Comparison.EQUAL else truth.negation(same)
        case Compare(comparison=comparison, literal=literal):
            return truth.of(compares(comparison, value, literal))
        case _ as unreachable:
            assert_never(unreachable)


def contains(members: Members, member: str) -> Truth:
    """Whether a set has a member; not known if the set is incomplete and does not list it."""
    if member in members.known:
        return Truth.TRUE
    return Truth.FALSE if members.complete else Truth.UNKNOWN


def equals(members: Members, wanted: frozenset[str]) -> Truth:
    """Whether a set is exactly `wanted`; a listed member too many settles it even in an incomplete set."""
    if members.complete:
        return truth.of(members.known == wanted)
    return Truth.UNKNOWN if members.known <= wanted else Truth.FALSE


def compares(comparison: Comparison, value: Value, literal: Literal) -> bool:
    """One comparison of two known values of the same type."""
    if comparison is Comparison.EQUAL:
        return value == literal
    if comparison is Comparison.UNEQUAL:
        return value != literal
    assert isinstance(value, int)
    assert isinstance(literal, int)
    match comparison:
        case Comparison.BELOW:
            return value < literal
        case Comparison.AT_MOST:
            return value <= literal
        case Comparison.ABOVE:
            return value > literal
        case Comparison.AT_LEAST:
            return value >= literal
        case _ as unreachable:
            assert_never(unreachable)


def blame(condition: Condition, known: Known) -> frozenset[str]:
    """The unknown facts that keep `condition` unknown; empty if it is known.

    As long as none of them becomes known, it stays unknown.
    """
    if settle(condition, known) is not Truth.UNKNOWN:
        return frozenset()
    if isinstance(condition, Attested | Compare | OneOf | Contains):
        return frozenset({condition.fact})
    return frozenset().union(*(blame(child, known) for child in children(condition)))


def children(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that a condition is directly made of."""
    match condition:
        case Defined(_, _, inner) | Not(inner):
            return (inner,)
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Always() | Attested() | Compare() | OneOf() | Contains():
            return ()
        case _ as unreachable:
            assert_never(unreachable)


def atoms(condition: Condition) -> Iterator[Atom]:
    """Every atom of a condition, those of its definitions included, in the order they are written."""
    if isinstance(condition, Attested | Compare | OneOf | Contains):
        yield condition
    for child in children(condition):
        yield from atoms(child)


def definitions(condition: Condition) -> Iterator[Defined]:
    """Every use of a definition in a condition, inner ones before those that they are part of."""
    for child in children(condition):
        yield from definitions(child)
    if isinstance(condition, Defined):
        yield condition
