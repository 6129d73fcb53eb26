"""Conditions as Python source: two expressions each, one for "definitely true" and one for "not definitely false".

Kleene's logic in two Boolean ones: `not` swaps the two and negates, `and` and `or` carry over. The expressions read
facts from a tuple `v` (see `layout`), call nothing, and short-circuit. Only names that this module makes, literals
by `repr`, and constants by position ever reach the compiler: no text of a document does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

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
)
from licet.core.facts import UNKNOWN, Fact, Facts, Members, Unknown, Value


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each fact lies in a vector: one place for a fact of one value (None: unknown), two for a set (the known
    members, and whether they are all).
    """

    place: dict[str, int]
    sets: frozenset[str]

    def vector(self, facts: Facts) -> tuple[object, ...]:
        """The facts in this layout. Raises `KeyError` if one has no value."""
        vector: list[object] = []
        for name in self.place:
            vector += self.places(name, facts[name])
        return tuple(vector)

    def places(self, name: str, value: Value) -> tuple[object, ...]:
        """What one fact puts into a vector."""
        if name not in self.sets:
            return (None,) if isinstance(value, Unknown) else (value,)
        if isinstance(value, Members):
            return value.known, value.complete
        assert isinstance(value, Unknown)
        return frozenset(), False

    def facts(self, vector: tuple[object, ...], names: Iterable[str]) -> dict[str, Value]:
        """The values of some facts in a vector; the reverse of `vector`."""
        return {name: self.value(vector, name) for name in names}

    def value(self, vector: tuple[object, ...], name: str) -> Value:
        first = vector[self.place[name]]
        if name in self.sets:
            assert isinstance(first, frozenset)
            return Members(first, vector[self.place[name] + 1] is True)
        if first is None:
            return UNKNOWN
        assert isinstance(first, bool | int | str)
        return first


def layout(facts: Iterable[Fact]) -> Layout:
    """The layout of the declared facts, which depends on nothing else."""
    place: dict[str, int] = {}
    following = 0
    ordered = sorted(facts, key=lambda fact: fact.name)
    for fact in ordered:
        place[fact.name] = following
        following += 2 if fact.kind.is_set else 1
    return Layout(place, frozenset(fact.name for fact in ordered if fact.kind.is_set))


Pair = tuple[str, str]
"""Source of "definitely true" and of "not definitely false"."""


@dataclass(slots=True)
class Writer:
    """Writes conditions as source. `constants` are the frozen sets that the source refers to as `c0`, `c1`, ...;
    `shared` are definitions already computed into local variables.
    """

    layout: Layout
    constants: list[frozenset[object]] = field(default_factory=list)
    shared: dict[str, Pair] = field(default_factory=dict)

    def pair(self, condition: Condition) -> Pair:
        """The two expressions of a condition, each safe to stand inside any other."""
        match condition:
            case Always(holds):
                return repr(holds), repr(holds)
            case Defined(_, name, inner):
                return self.shared.get(name) or self.pair(inner)
            case Not(inner):
                true, possible = self.pair(inner)
                return f"(not {possible})", f"(not {true})"
            case AllOf(parts):
                return self.joined("and", parts)
            case AnyOf(parts):
                return self.joined("or", parts)
            case Attested() | Compare() | OneOf() | Contains():
                return self.atom(condition)
            case _ as unreachable:
                assert_never(unreachable)

    def joined(self, word: str, parts: tuple[Condition, ...]) -> Pair:
        pairs = [self.pair(part) for part in parts]
        true, possible = (f" {word} ".join(side) for side in zip(*pairs, strict=True))
        return f"({true})", f"({possible})"

    def atom(self, atom: Atom) -> Pair:
        place = self.layout.place[atom.fact]
        value = f"v[{place}]"
        match atom:
            case Attested():
                return f"({value} is True)", f"({value} is not False)"
            case Contains(_, member):
                inside = f"{member!r} in {value}"
                return f"({inside})", f"({inside} or not v[{place + 1}])"
            case Compare(_, comparison, frozenset() as wanted):
                return self.same_set(place, wanted, comparison)
            case Compare(_, comparison, literal):
                test = f"{value} {comparison.value} {literal!r}"
                return f"({value} is not None and {test})", f"({value} is None or {test})"
            case OneOf(_, choices):
                test = f"{value} in {self.constant(choices)}"
                return f"({value} is not None and {test})", f"({value} is None or {test})"
            case _ as unreachable:
                assert_never(unreachable)

    def same_set(self, place: int, wanted: frozenset[str], comparison: Comparison) -> Pair:
        constant = self.constant(wanted)
        known, complete = f"v[{place}]", f"v[{place + 1}]"
        true = f"({complete} and {known} == {constant})"
        possible = f"({known} == {constant} if {complete} else {known} <= {constant})"
        if comparison is Comparison.EQUAL:
            return true, possible
        return f"(not {possible})", f"(not {true})"

    def constant(self, members: frozenset[str] | frozenset[int]) -> str:
        if members not in self.constants:
            self.constants.append(frozenset(members))
        return f"c{self.constants.index(frozenset(members))}"
