"""Which of a clock's limits holds for a case; what is not known gives nobody more time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from licet.core.cases.clock import Choice
from licet.core.conditions import Atom, Condition, evaluate_atom, settle
from licet.core.facts import UNKNOWN, Value
from licet.core.truth import Truth


def candidates(choices: Sequence[Choice], fields: Mapping[str, Value]) -> tuple[tuple[Choice, Truth], ...]:
    """The limits of which the earliest is the deadline, each with what is known of its condition.

    Those up to the first that definitely holds, without those that definitely do not. Where none definitely holds, all:
    a clock has no time without end, and nobody gains by what is not known.
    """
    found: list[tuple[Choice, Truth]] = []
    for choice in choices:
        known = Truth.TRUE if choice.when is None else holds(choice.when, fields)
        found.append((choice, known))
        if known is Truth.TRUE:
            return tuple(each for each in found if each[1] is not Truth.FALSE)
    return tuple(found)


def holds(condition: Condition, fields: Mapping[str, Value]) -> Truth:
    """What is known of a condition over a case's fields. A field that nobody gave is unknown."""

    def known(atom: Atom) -> Truth:
        return evaluate_atom(atom, fields.get(atom.fact, UNKNOWN))

    return settle(condition, known)
