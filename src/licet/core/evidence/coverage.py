"""Coverage: what was intended against what was run, and what keeps the evidence from being complete."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Gap(StrEnum):
    """What can be missing from evidence, each by the name that a report gives it."""

    ITEM_NOT_RUN = "item not run"
    TOO_FEW_TRIES = "too few tries"
    ARM_MISSING = "arm missing"
    LIMIT_HIT = "limit hit"
    ERRORS = "errors"
    INVALIDATED = "invalidated"
    STRANGER = "item not in the suite"
    REPEATED = "trial twice"
    BUDGET_NOT_SPENT = "elicitation budget not spent"
    STILL_RISING = "performance still rising with budget"
    JUDGE_NOT_VALIDATED = "judge not validated"
    JUDGE_TOO_WEAK = "judge too weak"
    JUDGES_MIXED = "more than one judge"
    SCALES_MIXED = "more than one scale"
    ITEMS_CHANGED = "items differ from the manifest"
    LOG_INCOMPLETE = "log did not end well"
    LOG_CHANGED = "log changed after it was made"


@dataclass(frozen=True, slots=True)
class Hole:
    """One thing that is missing: which gap, in which arm (empty: in all), the items concerned, and what was found.

    `said` is a sentence for a reader. `count` is how many trials or items it concerns.
    """

    gap: Gap
    said: str
    arm: str = ""
    items: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """One part of the declared elicitation budget (`tokens`, `hours`, `tries`, `scaffolds`): declared, and spent."""

    what: str
    declared: float
    spent: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """One arm in figures: trials intended and run, scored, served, served by fallback, blocked, and what went wrong."""

    arm: str
    intended: int
    run: int
    scored: int
    served: int
    fallback: int
    blocked: int
    errors: int
    limits: int
    retries: int
    invalidated: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the evidence covers. It is complete if there is no hole.

    `detectable` is the smallest true rate that would have been found with 95 % probability, had it been there: with n
    trials `1 - 0.05 ** (1/n)`; None with no trial. `rising` is the slope of the score over the budget spent, with its
    interval, where trials tell (higher budget, higher score: what was measured is not the end).
    """

    arms: tuple[Counts, ...]
    holes: tuple[Hole, ...]
    budget: tuple[Spent, ...] = ()
    detectable: float | None = None
    rising: tuple[float, float, float] | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.holes
