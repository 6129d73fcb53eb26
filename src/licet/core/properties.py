"""Properties: what somebody claims of a rulebook, or of the step from one to another, and wants to have proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from licet.core.catalogue import Model
from licet.core.conditions import Condition
from licet.core.instruments import Operation


class Claim(StrEnum):
    """What a property says. The words of `spec/properties.md` are the definition."""

    NOBODY_ALLOWED = "nobody-allowed"
    NO_SUBSTITUTE = "no-substitute"
    ONLY_NARROWS = "only-narrows"
    ONLY_WIDENS = "only-widens"
    CHANGES_ONLY = "changes-only"
    MANDATES_MET = "mandates-met"
    NO_DEAD_INSTRUMENT = "no-dead-instrument"
    LIFT_RESTORES = "lift-restores"


COMPARING = frozenset({Claim.ONLY_NARROWS, Claim.ONLY_WIDENS, Claim.CHANGES_ONLY})
"""Claims about the step from one rulebook to another."""


class Certainty(StrEnum):
    """How much must be known of a subject for a property to be about it."""

    DEFINITE = "definite"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A claim about those of whom `whom` is definitely true (or, with `possible`, not definitely false), about the
    models and families named (none: all), and the time `[from_, until)` (None: from when it is asked on; for ever).

    `instruments` are the lifts of `lift-restores`, and those of `no-dead-instrument` (none: all).
    """

    name: str
    claim: Claim
    whom: Condition
    text: str
    certainty: Certainty = Certainty.DEFINITE
    title: str = ""
    source: str = ""
    models: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    operations: tuple[Operation, ...] = (Operation.USE,)
    from_: datetime | None = None
    until: datetime | None = None
    instruments: tuple[str, ...] = ()
    digest: str = ""

    def names(self, model: Model) -> bool:
        """Whether it names this model, by itself or by its family; a property that names none names all."""
        if not self.models and not self.families:
            return True
        return model.name in self.models or model.family in self.families
