"""Why a condition has the truth value that it has: the atoms that settle it, or that keep it open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from licet.core.conditions import (
    AllOf,
    Always,
    AnyOf,
    Atom,
    Condition,
    Defined,
    Not,
    evaluate,
)
from licet.core.facts import Facts, Value
from licet.core.truth import Truth


@dataclass(frozen=True, slots=True)
class Ground:
    """One atom that matters, the value of its fact, and what is known of the atom."""

    atom: Atom
    value: Value
    truth: Truth


def grounds(condition: Condition, facts: Facts) -> tuple[Ground, ...]:
    """The atoms that settle a condition (or keep it unknown), each once, in the order they are written.

    Of a true `and` all parts, of a false one the false parts; of a true `or` the true parts, of a false one all; of
    anything unknown, the unknown parts.
    """
    return tuple(dict.fromkeys(_grounds(condition, facts)))


def _grounds(condition: Condition, facts: Facts) -> Iterator[Ground]:
    result = evaluate(condition, facts)
    match condition:
        case Always():
            return
        case Defined(_, _, inner) | Not(inner):
            yield from _grounds(inner, facts)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                if evaluate(part, facts) is result:
                    yield from _grounds(part, facts)
        case _ as atom:
            yield Ground(atom, facts[atom.fact], result)
