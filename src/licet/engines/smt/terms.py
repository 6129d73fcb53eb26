"""Terms: what can be known of a subject, as boolean variables of an SMT solver, two formulas for each condition.

A fact whose values are single ones is a choice among classes of values: two values on which every atom agrees are one
class. The classes are found with the reference's own `evaluate_atom`, so nothing of the semantics is written twice. A
set is a variable for each member that some condition mentions, one for members that none does, and one for whether it
is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
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
from licet.core.facts import LARGEST_INTEGER, UNKNOWN, About, Fact, Kind, Members, Value
from licet.core.truth import Truth

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
        if fact.about is not About.REQUEST:
            found.insert(0, (UNKNOWN, (Truth.UNKNOWN,) * len(asked)))
        self.values: list[Value] = [value for value, _ in found]
        self.flags = [z3.Bool(f"{fact.name}={number}") for number in range(len(found))]
        self._truths = {atom: [truths[place] for _, truths in found] for place, atom in enumerate(asked)}

    def axioms(self) -> Iterator[z3.BoolRef]:
        """Exactly one class."""
        if self.flags:
            yield z3.PbEq([(flag, 1) for flag in self.flags], 1)

    def pair(self, atom: Atom) -> Pair:
        """Any of the classes on which the atom is true, and on which it is not false."""
        truths = self._truths[atom]
        held = list(zip(self.flags, truths, strict=True))
        true = z3.Or([flag for flag, truth in held if truth is Truth.TRUE])
        return true, z3.Or([flag for flag, truth in held if truth is not Truth.FALSE])

    def simplify(self, settle: Callable[[z3.BoolRef], bool]) -> None:
        """Settle on the first class that can be: unknown, or of a request what is nothing special; then the others."""
        flags = self.flags
        if self.fact.about is About.REQUEST and self.fact.kind in (Kind.STRING, Kind.COUNTRY):
            flags = flags[::-1]
        next((flag for flag in flags if settle(flag)), None)

    def value(self, model: z3.ModelRef) -> Value:
        """The fact's value in a model."""
        chosen = (number for number, flag in enumerate(self.flags) if z3.is_true(model.eval(flag, True)))
        return self.values[next(chosen)]


class Collection:
    """A fact whose values are sets: which members are known, and whether these are all."""

    def __init__(self, fact: Fact, asked: list[Atom]) -> None:
        self.fact = fact
        mentioned = sorted({member for atom in asked for member in members_in(atom)})
        self.other = next((each for each in unmentioned(fact, frozenset(mentioned))), None)
        names = [*mentioned, *([self.other] if self.other else [])]
        self.has = {member: z3.Bool(f"{fact.name} has {member}") for member in names}
        self.complete = z3.Bool(f"{fact.name} is complete")

    def axioms(self) -> Iterator[z3.BoolRef]:
        """What a request is observed to have is all that it has."""
        if self.fact.about is About.REQUEST:
            yield self.complete

    def pair(self, atom: Atom) -> Pair:
        """See `core.conditions.contains` and `equals`, of which this is the same in formulas."""
        match atom:
            case Contains(_, member):
                return self.has[member], z3.Or(self.has[member], z3.Not(self.complete))
            case Compare(_, comparison, frozenset() as wanted):
                within = z3.And([z3.Not(flag) for member, flag in self.has.items() if member not in wanted])
                same = z3.And(within, *(self.has[member] for member in sorted(wanted)))
                true = z3.And(self.complete, same)
                possible = z3.And(within, z3.Or(z3.Not(self.complete), same))
                return (true, possible) if comparison is Comparison.EQUAL else (z3.Not(possible), z3.Not(true))
            case _:
                raise AssertionError(f"{atom} is not about a set")

    def simplify(self, settle: Callable[[z3.BoolRef], bool]) -> None:
        """Settle on as few members as can be; but where all are known, rather on one that nobody mentions than none."""
        if not settle(z3.Not(self.complete)) and self.other is not None and self.fact.about is About.SUBJECT:
            settle(self.has[self.other])
        for flag in self.has.values():
            settle(z3.Not(flag))

    def value(self, model: z3.ModelRef) -> Value:
        """The fact's value in a model."""
        known = frozenset(member for member, flag in self.has.items() if z3.is_true(model.eval(flag, True)))
        complete = z3.is_true(model.eval(self.complete, True))
        return Members(known, complete) if known or complete else UNKNOWN


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
        observed = sorted(each.fact.name for each in used if each.fact.about is About.REQUEST)
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
            case Always(holds):
                return z3.BoolVal(holds), z3.BoolVal(holds)
            case Defined(_, _, inner):
                return self.pair(inner)
            case Not(inner):
                true, possible = self.pair(inner)
                return z3.Not(possible), z3.Not(true)
            case AllOf(parts):
                pairs = [self.pair(part) for part in parts]
                return z3.And([true for true, _ in pairs]), z3.And([possible for _, possible in pairs])
            case AnyOf(parts):
                pairs = [self.pair(part) for part in parts]
                return z3.Or([true for true, _ in pairs]), z3.Or([possible for _, possible in pairs])
            case _ as atom:
                if atom not in self._atoms:
                    self._atoms[atom] = self._facts[atom.fact].pair(atom)
                return self._atoms[atom]

    def simplify(self, settle: Callable[[z3.BoolRef], bool]) -> None:
        """Settle, fact by fact, on the simplest value that can be. `settle` grants a wish where it can, and says so."""
        for name in sorted(self._used):
            self._facts[name].simplify(settle)

    def covers(self, condition: Condition) -> bool:
        """Whether there are variables for everything that a condition asks about."""
        return all(atom in self._asked for atom in atoms(condition))

    def facts(self, model: z3.ModelRef, asked: Container[str] | None = None) -> dict[str, Value]:
        """A subject and request as a model has them: a value for every declared fact.

        Facts that nothing asks about (or that are not in `asked`) are unknown, or where that cannot be, the first value
        that comes to mind.
        """
        wanted = self._used if asked is None else asked
        return {
            name: variables.value(model) if name in wanted else idle(variables)
            for name, variables in self._facts.items()
        }


def idle(variables: Choice | Collection) -> Value:
    """A value for a fact that no condition asks about."""
    if variables.fact.about is About.SUBJECT:
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
