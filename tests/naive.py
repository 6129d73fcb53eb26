"""A second reading of the semantics, written from the specification and not from the code: slow, and obvious.

What a condition may turn out to be is worked out as a set of Booleans; "definitely true" is `{True}`.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

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
)
from licet.core.facts import Facts, Members, Unknown
from licet.core.instruments import Instrument, Licence, Lift, Order, Provision, Release
from licet.core.rulebook import Rulebook

SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
DEFINITELY = frozenset({True})
NEVER = frozenset({False})


def truth(condition: Condition, facts: Facts) -> bool:
    """What a condition says of somebody of whom everything is known: ordinary logic."""
    match condition:
        case Always(holds):
            return holds
        case Defined(_, _, inner):
            return truth(inner, facts)
        case Not(inner):
            return not truth(inner, facts)
        case AllOf(parts):
            return all(truth(part, facts) for part in parts)
        case AnyOf(parts):
            return any(truth(part, facts) for part in parts)
        case _:
            return known_atom(condition, facts)


def known_atom(atom: Atom, facts: Facts) -> bool:
    value = facts[atom.fact]
    assert not isinstance(value, Members) or value.complete
    plain = value.known if isinstance(value, Members) else value
    match atom:
        case Attested():
            return plain is True
        case Compare(_, sign, literal):
            return SIGNS[sign.value](plain, literal)
        case OneOf(_, choices):
            return plain in choices
        case Contains(_, member):
            assert isinstance(plain, frozenset)
            return member in plain


MayBe = Callable[[Condition], frozenset[bool]]


def outcomes(
    condition: Condition, facts: Facts, atom_outcomes: Callable[[Atom, Facts], frozenset[bool]]
) -> frozenset[bool]:
    """What a condition may turn out to be, if each of its atoms turned out independently of the others."""
    match condition:
        case Always(holds):
            return frozenset({holds})
        case Defined(_, _, inner):
            return outcomes(inner, facts, atom_outcomes)
        case Not(inner):
            return frozenset(not each for each in outcomes(inner, facts, atom_outcomes))
        case AllOf(parts):
            return frozenset(map(all, itertools.product(*(outcomes(part, facts, atom_outcomes) for part in parts))))
        case AnyOf(parts):
            return frozenset(map(any, itertools.product(*(outcomes(part, facts, atom_outcomes) for part in parts))))
        case _:
            return atom_outcomes(condition, facts)


def in_force(book: Rulebook, instrument: Instrument, at: datetime) -> bool:
    """Whether an instrument is in force, by the words of the specification."""
    if at < instrument.from_ or (isinstance(instrument, Provision) and instrument.until and at >= instrument.until):
        return False
    for other in book.instruments:
        begun = other.from_ <= at
        if begun and isinstance(other, Lift) and instrument.name in other.ends:
            return False
        if begun and instrument.name in other.supersedes and ever_in_force(book, other):
            return False
    return True


def ever_in_force(book: Rulebook, instrument: Instrument) -> bool:
    """Whether there is an instant at which it is in force: if at any, then at its first one."""
    return in_force(book, instrument, instrument.from_)


def allowed(book: Rulebook, model: str, operation: str, at: datetime, may_be: MayBe) -> bool:
    """Whether a model is allowed: some release permits, and no order forbids."""
    about = book.catalogue.models[model]
    acting = [
        each
        for each in book.instruments
        if isinstance(each, Provision) and each.covers(about, operation) and in_force(book, each, at)
    ]
    permits = any(isinstance(each, Release) and may_be(each.condition) == DEFINITELY for each in acting)
    return permits and not any(
        isinstance(order, Order)
        and may_be(order.condition) != NEVER
        and not any(
            isinstance(licence, Licence) and order.name in licence.relieves and may_be(licence.condition) == DEFINITELY
            for licence in acting
        )
        for order in acting
    )


def atom_outcomes(atom: Atom, facts: Facts) -> frozenset[bool]:
    """What one atom may turn out to be: all that it is for some completion of its fact, values not listed included."""
    value = facts[atom.fact]
    if isinstance(value, Unknown):
        return frozenset({True, False})
    if not isinstance(value, Members) or value.complete:
        return frozenset({known_atom(atom, facts)})
    others = {"a country that no condition names", *mentioned(atom)} - value.known
    more = itertools.chain.from_iterable(itertools.combinations(sorted(others), n) for n in range(len(others) + 1))
    return frozenset(known_atom(atom, {atom.fact: Members(value.known | {*each}, True)}) for each in more)


def mentioned(atom: Atom) -> frozenset[str]:
    match atom:
        case Contains(_, member):
            return frozenset({member})
        case Compare(_, _, frozenset() as wanted):
            return wanted
        case _:
            return frozenset()
