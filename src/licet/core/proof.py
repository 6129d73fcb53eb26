"""Proofs: a property that holds and the instruments on which that rests, or somebody of whom it does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from licet.core.decision import Decision
from licet.core.facts import Facts
from licet.core.properties import Property


class Answer(StrEnum):
    """What became of a proof."""

    PROVED = "proved"
    REFUTED = "refuted"
    NOT_DECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class Witness:
    """A concrete subject and request, with the decisions of the reference interpreter on it.

    `facts` has a value for every declared fact. `before` is None for claims about one rulebook alone; for a dead
    instrument and a lift it is the decision without them.
    """

    facts: Facts
    model: str
    operation: str
    at: datetime
    before: Decision | None
    after: Decision


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer to one property.

    `rests_on`: instruments from which the proof follows, whatever the others say (from the solver's unsat core).
    `about`: the instruments that a refutation speaks of (those that are dead, the mandate that is not met).
    `assumptions`: what was taken for granted of facts (the domain axioms), in sentences. `because`: one sentence about
    a refutation, or why it could not be decided. `models` and `intervals`: how many were looked at. `seconds`: how
    long it took.
    """

    property: Property
    answer: Answer
    rests_on: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    witness: Witness | None = None
    because: str = ""
    about: tuple[str, ...] = ()
    models: int = 0
    intervals: int = 0
    seconds: float = 0.0


class ProofUnsound(Exception):
    """A counterexample of the solver that the reference interpreter does not confirm: a bug in Licet."""
