"""Delegation: somebody acts for somebody, and each of the two is decided by their own facts. `spec/decision.md`.

What carries it is an API key that acts for a person, or a token with an actor (RFC 8693, section 4.1).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from licet.core.decision import Decision


class Party(Enum):
    """One of the two who ask together."""

    PERSON = auto()
    """On whose behalf it is asked."""

    AGENT = auto()
    """Who asks."""


DecideFor = Callable[[Party, str, bool], Decision]
"""The decision on one party alone, about a model, with or without a substitute: the same request in all else."""


class Together(NamedTuple):
    """The decision on both, which is one party's own, and whose."""

    decision: Decision
    whose: Party


def decide_for_both(decide: DecideFor, model: str, substitution: bool = True) -> Together:
    """The decision about two who ask together: never more than either would have alone.

    What is refused to one is refused. The model is served if it is to both. Where one of them is served less, what
    serves instead is the substitute of the one who is served less, if the other is allowed that very model; a model
    further down is not looked for. Otherwise it is refused, as to the one who is not allowed what was asked for.
    """
    own = {party: decide(party, model, substitution) for party in Party}
    whose = max(Party, key=lambda party: _strictness(own[party]))
    if own[whose].served is None:
        return Together(own[whose], whose)
    other = Party.AGENT if whose is Party.PERSON else Party.PERSON
    served = str(own[whose].served)
    if own[other].served != served and decide(other, served, False).served is None:
        return Together(decide(whose, model, False), whose)
    return Together(own[whose], whose)


def _strictness(decision: Decision) -> tuple[bool, int]:
    """Refusals first, then those who had to go further down the chain of fallbacks; the person, where both are alike
    (`max` takes the first).
    """
    return decision.served is None, 0 if decision.served is None else len(decision.verdicts)
