"""A second reading of the semantics, written from the specification and not from the code: slow, and obvious.

What a condition may turn out to be is worked out as a set of Booleans; "definitely true" is `{True}`.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from licet.core.catalogue import Model
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
from licet.core.evidence.instruments import Assessment, Evidence, Finding, Patch
from licet.core.evidence.judgement import Held, Reached
from licet.core.facts import Facts, Members, Unknown
from licet.core.instruments import Instrument, Licence, Lift, Order, Provision, Release
from licet.core.requirements import Assessed, FindingsAtMost, HeadStart, Requirement, Safeguarded
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
    if at < instrument.from_ or (instrument.until is not None and at >= instrument.until):
        return False
    for other in book.instruments:
        begun = other.from_ <= at
        if begun and isinstance(other, Lift) and instrument.name in other.ends:
            return False
        if begun and instrument.name in other.supersedes and ever_in_force(book, other):
            return False
    return True


def in_force_for_some(book: Rulebook, instrument: Instrument, at: datetime) -> bool:
    """Whether it is in force, and what it requires is met for at least one of the models that it is about."""
    if not in_force(book, instrument, at) or not isinstance(instrument, Release) or not instrument.requires:
        return in_force(book, instrument, at)
    models = [each for each in book.catalogue.models.values() if instrument.is_about(each)]
    return any(all(met(book, wanted, each, at) for wanted in instrument.requires) for each in models)


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
        if not isinstance(each, Release) or all(met(book, wanted, about, at) for wanted in each.requires)
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


def met(book: Rulebook, wanted: Requirement, model: Model, at: datetime) -> bool:
    """Whether a requirement is met for a model at an instant, by the words of the specification."""
    acting = [each for each in book.instruments if in_force(book, each, at)]
    about = [each for each in acting if isinstance(each, Evidence) and each.is_about(model)]
    match wanted:
        case Assessed(threshold, verdicts, by, within):
            said = [each for each in about if isinstance(each, Assessment) and each.threshold == threshold]
            heard = [each for each in said if not by or each.issuer in by]
            if any(each.verdict not in verdicts for each in heard):
                return False
            if Reached.REACHED not in verdicts and any(each.verdict is Reached.REACHED for each in said):
                return False
            fresh = [each for each in heard if within is None or at < each.assessed + within]
            return bool(fresh) and all(any(each.issuer == issuer for each in fresh) for issuer in by)
        case FindingsAtMost(level):
            closed = {
                name
                for each in about
                if isinstance(each, Patch) and each.verdict is Held.HOLDS
                for name in each.patches
            }
            return not any(
                isinstance(each, Finding) and each.name not in closed and any(one > level for one in each.levels)
                for each in about
            )
        case HeadStart():
            begins = headed(book, wanted, model)
            return begins is not None and at >= begins
        case Safeguarded(name):
            found = book.safeguards.get(name)
            return found is not None and (model.name in found.models or model.family in found.families)


def headed(book: Rulebook, wanted: HeadStart, model: Model) -> datetime | None:
    """The instant at which a head start is reached: step by step through everything that may turn."""
    release = book.instrument(wanted.release)
    if not isinstance(release, Release) or not any(release.covers(model, each) for each in release.operations):
        return None
    waits = [each for each in release.requires if isinstance(each, HeadStart)]
    turns = {each.from_ for each in book.instruments} | {each.until for each in book.instruments if each.until}
    turns |= {begins for each in waits if (begins := headed(book, each, model)) is not None}
    turns |= {
        each.assessed + one.within
        for each in book.instruments
        if isinstance(each, Assessment)
        for one in release.requires
        if isinstance(one, Assessed) and one.within is not None
    }
    so_far, steps = timedelta(), sorted(turns)
    for start, end in zip(steps, [*steps[1:], None], strict=True):
        if in_force(book, release, start) and all(met(book, each, model, start) for each in release.requires):
            if end is None or so_far + (end - start) >= wanted.lasts:
                return start + (wanted.lasts - so_far)
            so_far += end - start
    return None


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
