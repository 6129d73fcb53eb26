"""Estimates: a number, how sure it is, and of what it is a number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Estimand(StrEnum):
    """What an estimate is about: these items and no others, or the population that they stand for."""

    ITEMS = "these items"
    POPULATION = "the population they stand for"


class Sides(StrEnum):
    """Which ends of an interval are bounds; the other end of a one-sided one is the end of the scale."""

    BOTH = "two-sided"
    LOWER = "lower bound"
    UPPER = "upper bound"


@dataclass(frozen=True, slots=True)
class Interval:
    """`[low, high]` at a confidence `level` (0.95), by `method` as the field calls it (`Clopper-Pearson`)."""

    low: float
    high: float
    level: float
    method: str
    sides: Sides = Sides.BOTH

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def width(self) -> float:
        """How far its ends are apart."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, `n` trials behind it (`hits` of which counted, for a rate) and its estimand.

    `clusters` is how many independent groups the trials make, where they are not independent; else `n`.
    """

    value: float
    interval: Interval
    n: int
    estimand: Estimand = Estimand.ITEMS
    hits: int | None = None
    clusters: int | None = None


class Told(StrEnum):
    """What a comparison of two arms tells. `UNDECIDED` is not equivalence."""

    MORE = "more"
    LESS = "less"
    EQUIVALENT = "equivalent"
    NOT_INFERIOR = "not inferior"
    INFERIOR = "inferior"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two arms, first minus second, and what it tells at the stated margin.

    `p` is the p-value of the named `test`; None where the interval alone decides. `margin` is the difference that
    would still count as none, None where nothing but a difference was asked for. `discordant`: pairs of which only
    the first, and only the second, succeeded; None unless paired.
    """

    difference: Estimate
    told: Told
    test: str
    p: float | None = None
    margin: float | None = None
    discordant: tuple[int, int] | None = None
