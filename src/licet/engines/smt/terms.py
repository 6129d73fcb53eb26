"""Terms: what can be known of a subject, as boolean variables of an SMT solver, two formulas for each condition.

A fact whose values are single ones is a choice among classes of values: two values on which every atom agrees are one
class. The classes are found with the reference's own `evaluate_atom`, so nothing of the semantics is written twice. A
set is a variable for each member that some condition mentions, one for members that none does, and one for whether it
is complete.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import product
from string import ascii_uppercase

import z3

from licet.core.conditions import (
    AllOf,
    Always,
    AnyOf,
    Atom,
    Attested,
    Compare,
    Comparison,
    Condition,
    Contains,
    Defined,
    Not,
    OneOf,
    atoms,
    evaluate_atom,
)
from licet.core.facts import LARGEST_INTEGER, UNKNOWN, About, Fact, Facts, Kind, Members, Value
from licet.core.truth import Truth
from licet.engines.smt.logic import FALSE, TRUE, Holds, every, no, number, one_of, some
from licet.engines.smt.simplest import Wishes

AXIOMS = (
    "every fact has a value of its type or is unknown; where its values are a closed list, one of these",
    "a set is known wholly or in part: what is listed is in it, and what is not listed in a complete set is not",
)
OBSERVED = "what the gate observes of a request is never unknown: {}"

Pair = tuple[z3.BoolRef, z3.BoolRef]
"""Definitely true, and not definitely false."""


class Choice:
    """A fact with single values: exactly one class of values, or unknown, which is a class of its own."""

    def __init__(self, fact: Fact, asked: list[Atom]) -> None:
        self.fact = fact
        classes: dict[tuple[Truth, ...], Value] = {}
        for value in values_of(fact, asked):
            classes.setdefault(tuple(evaluate_atom(atom, value) for atom in asked), value)
        found = [(value, truths) for truths, value in classes.items()]
        if not fact.is_always_known:
            found.insert(0, (UNKNOWN, (Truth.UNKNOWN,) * len(asked)))
        self.values: list[Value] = [value for value, _ in found]
        self.flags = [z3.Bool(f"{fact.name}={number}") for number in range(len(found))]
        special_first = fact.is_always_known and fact.kind in (Kind.STRING, Kind.COUNTRY)
        self.in_order = self.flags[::-1] if special_first else self.flags
        self.contraries = [no(flag) for flag in self.in_order]
        self._truths = {atom: [truths[place] for _, truths in found] for place, atom in enumerate(asked)}

    def axioms(self) -> Iterator[z3.BoolRef]:
        """Exactly one class."""
        if self.flags:
            yield one_of(self.flags)

    def pair(self, atom: Atom) -> Pair:
        """Any of the classes on which the atom is true, and on which it is not false."""
        truths = self._truths[atom]
        held = list(zip(self.flags, truths, strict=True))
        true = some(flag for flag, truth in held if truth is Truth.TRUE)
        return true, some(flag for flag, truth in held if truth is not Truth.FALSE)

    def simplify(self, wishes: Wishes) -> None:
        """Settle on the first class that can be: unknown, or of a request what is nothing special; then the others."""
        if self.flags:
            wishes.settle_first(self.in_order, self.contraries)

    def simple(self) -> Iterator[z3.BoolRef]:
        """What is to be tried first."""
        yield from self.in_order[:1]

    def value(self, holds: Holds) -> Value:
        """The fact's value, of somebody."""
        return self.values[next(place for place, flag in enumerate(self.flags) if holds(flag))]

    def said(self, value: Value) -> Iterator[z3.BoolRef]:
        """What holds of somebody with a value; see `value`."""
        yield self.flags[self.values.index(value)]


class Collection:
    """A fact whose values are sets: which members are known, and whether these are all."""

    def __init__(self, fact: Fact, asked: list[Atom]) -> None:
        self.fact = fact
        mentioned = sorted({member for atom in asked for member in members_in(atom)})
        self.other = next((each for each in unmentioned(fact, frozenset(mentioned))), None)
        names = [*mentioned, *([self.other] if self.other else [])]
        self.has = {member: z3.Bool(f"{fact.name} has {member}") for member in names}
        self.lacks = {member: no(flag) for member, flag in self.has.items()}
        self.complete = z3.Bool(f"{fact.name} is complete")
        self.incomplete = no(self.complete)

    def axioms(self) -> Iterator[z3.BoolRef]:
        """What a request is observed to have is all that it has."""
        if self.fact.is_always_known:
            yield self.complete

    def pair(self, atom: Atom) -> Pair:
        """See `core.conditions.contains` and `equals`, of which this is the same in formulas."""
        match atom:
            case Contains(_, member):
                return self.has[member], some((self.has[member], self.incomplete))
            case Compare(_, comparison, frozenset() as wanted):
                within = every(flag for member, flag in self.lacks.items() if member not in wanted)
                same = every((within, *(self.has[member] for member in sorted(wanted))))
                true = every((self.complete, same))
                possible = every((within, some((self.incomplete, same))))
                return (true, possible) if comparison is Comparison.EQUAL else (no(possible), no(true))
            case _:
                raise AssertionError(f"{atom} is not about a set")

    def simplify(self, wishes: Wishes) -> None:
        """Settle on as few members as can be; but where all are known, rather on one that nobody mentions than none."""
        if not wishes.settle(self.incomplete) and self.other is not None and self.fact.about is About.SUBJECT:
            wishes.settle(self.has[self.other])
        for flag in self.lacks.values():
            wishes.settle(flag)

    def simple(self) -> Iterator[z3.BoolRef]:
        """What is to be tried first: nothing in particular."""
        yield from ()

    def value(self, holds: Holds) -> Value:
        """The fact's value, of somebody."""
        known = frozenset(member for member, flag in self.has.items() if holds(flag))
        complete = holds(self.complete)
        return Members(known, complete) if known or complete else UNKNOWN

    def said(self, value: Value) -> Iterator[z3.BoolRef]:
        """What holds of somebody with a value; see `value`."""
        members = value if isinstance(value, Members) else Members(frozenset(), False)
        yield self.complete if members.complete else self.incomplete
        for member in self.has:
            yield self.has[member] if member in members.known else self.lacks[member]


class Terms:
    """The variables of some facts, as far as some conditions ask about them.

    `axioms` are the formulas that hold of every subject and request; `assumptions` say the same in sentences.
    """

    def __init__(self, declared: Mapping[str, Fact], conditions: Iterable[Condition]) -> None:
        asked: dict[str, dict[Atom, None]] = {name: {} for name in declared}
        for condition in conditions:
            for atom in atoms(condition):
                asked[atom.fact][atom] = None
        self._facts = {
            name: (Collection if fact.kind.is_set else Choice)(fact, list(asked[name]))
            for name, fact in declared.items()
        }
        used = [self._facts[name] for name, found in asked.items() if found]
        self.axioms = tuple(axiom for variables in used for axiom in variables.axioms())
        observed = sorted(each.fact.name for each in used if each.fact.is_always_known)
        extra = (OBSERVED.format(", ".join(f"`{name}`" for name in observed)),) if observed else ()
        self.assumptions = AXIOMS + extra
        self._used = {each.fact.name for each in used}
        self._asked = {atom for found in asked.values() for atom in found}
        self._pairs: dict[int, tuple[Condition, Pair]] = {}
        self._atoms: dict[Atom, Pair] = {}

    def true(self, condition: Condition) -> z3.BoolRef:
        """That a condition is definitely true."""
        return self.pair(condition)[0]

    def possible(self, condition: Condition) -> z3.BoolRef:
        """That a condition is not definitely false."""
        return self.pair(condition)[1]

    def pair(self, condition: Condition) -> Pair:
        """Both, from Kleene's tables."""
        found = self._pairs.get(id(condition))
        if found is None:
            # the condition is kept, so that no other one can come to have its number
            found = self._pairs[id(condition)] = (condition, self._pair(condition))
        return found[1]

    def _pair(self, condition: Condition) -> Pair:
        match condition:
            case Always(always):
                return (TRUE, TRUE) if always else (FALSE, FALSE)
            case Defined(_, _, inner):
                return self.pair(inner)
            case Not(inner):
                true, possible = self.pair(inner)
                return no(possible), no(true)
            case AllOf(parts):
                pairs = [self.pair(part) for part in parts]
                return every(true for true, _ in pairs), every(possible for _, possible in pairs)
            case AnyOf(parts):
                pairs = [self.pair(part) for part in parts]
                return some(true for true, _ in pairs), some(possible for _, possible in pairs)
            case _ as atom:
                if atom not in self._atoms:
                    self._atoms[atom] = self._facts[atom.fact].pair(atom)
                return self._atoms[atom]

    def simplify(self, wishes: Wishes) -> None:
        """Settle, fact by fact, on the simplest value that can be."""
        for name in sorted(self._used):
            self._facts[name].simplify(wishes)

    def covers(self, condition: Condition) -> bool:
        """Whether there are variables for everything that a condition asks about."""
        return all(atom in self._asked for atom in atoms(condition))

    def simple(self) -> Iterator[z3.BoolRef]:
        """What is to be tried first of each fact."""
        for name in sorted(self._used):
            yield from self._facts[name].simple()

    def said(self, facts: Facts) -> Holds:
        """What holds of somebody whose facts came from `facts`."""
        true = {number(each) for name in self._used for each in self._facts[name].said(facts[name])}
        return lambda wish: number(wish) in true

    def facts(self, holds: Holds, asked: Container[str] | None = None) -> dict[str, Value]:
        """A subject and request, of whom something holds: a value for every declared fact.

        Facts that nothing asks about (or that are not in `asked`) are unknown, or where that cannot be, the first value
        that comes to mind.
        """
        wanted = self._used if asked is None else asked
        return {
            name: variables.value(holds) if name in wanted else idle(variables)
            for name, variables in self._facts.items()
        }


def idle(variables: Choice | Collection) -> Value:
    """A value for a fact that no condition asks about."""
    if not variables.fact.is_always_known:
        return UNKNOWN
    return variables.values[0] if isinstance(variables, Choice) else Members(frozenset(), True)


def values_of(fact: Fact, asked: Iterable[Atom]) -> list[Value]:
    """Values of a fact such that every value agrees with one of them on all these atoms; what is mentioned first."""
    if fact.kind is Kind.BOOLEAN:
        return [False, True]
    mentioned = {literal for atom in asked for literal in literals_in(atom)}
    if fact.kind is Kind.INTEGER:
        numbers = {int(each) + step for each in mentioned for step in (-1, 0, 1)} | {0}
        ordered = sorted(numbers, key=lambda number: (number < 0, abs(number)))
        return [number for number in ordered if abs(number) <= LARGEST_INTEGER]
    texts = sorted(str(each) for each in mentioned)
    return [*(text for text in texts if fact.admits(text)), *unmentioned(fact, frozenset(texts))]


def unmentioned(fact: Fact, mentioned: frozenset[str]) -> tuple[str, ...]:
    """One value (or member) of a fact that nothing mentions, where there is one."""
    if fact.values:
        candidates: Iterable[str] = sorted(fact.values)
    elif fact.kind in (Kind.COUNTRY, Kind.COUNTRIES):
        # countries that exist, before codes that do not
        candidates = ("NZ", "IS", "UY", "BW", *("".join(pair) for pair in product(ascii_uppercase, repeat=2)))
    else:
        candidates = ("another", *(f"another-{number}" for number in range(2, len(mentioned) + 3)))
    return next(((each,) for each in candidates if each not in mentioned), ())


def literals_in(atom: Atom) -> Iterable[bool | int | str]:
    """The single values that an atom mentions."""
    match atom:
        case OneOf(_, choices):
            return choices
        case Compare(_, _, bool() | int() | str() as literal):
            return (literal,)
        case Attested() | Compare() | Contains():
            return ()


def members_in(atom: Atom) -> Iterable[str]:
    """The members of a set that an atom mentions."""
    match atom:
        case Contains(_, member):
            return (member,)
        case Compare(_, _, frozenset() as wanted):
            return wanted
        case _:
            return ()
