"""How severe a way around safeguards is: the axes, their values, and the bands, as versioned tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Axis(StrEnum):
    """The axes of the Cyber Jailbreak Severity draft of 2 July 2026."""

    GAIN = "capability gain"
    BREADTH = "breadth"
    EASE = "ease of weaponization"
    DISCOVERABILITY = "discoverability"


class Level(IntEnum):
    """Severity levels, CJS-0 to CJS-4."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """As documents write it."""
        return self.name.lower()


LEVEL_NAMED: Mapping[str, Level] = {level.word: level for level in Level}


class Reach(StrEnum):
    """How far a technique reaches, beside severity: the class of a finding."""

    MARGIN = "margin"
    NARROW = "narrow"
    BROAD = "broad"
    UNIVERSAL = "universal"


@dataclass(frozen=True, slots=True)
class Rubric:
    """A version of a rubric: per axis its values and what each means; the bands as (lowest sum, level), rising.

    The gain of `stops_at` ends the grading: the level is then the lowest, whatever the other axes say.
    """

    name: str
    version: str
    source: str
    values: Mapping[Axis, tuple[tuple[float, str], ...]]
    bands: tuple[tuple[float, Level], ...]
    stops_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """What is held possible on one axis: the values of the rubric from `low` to `high`, and why."""

    low: float
    high: float
    why: str = ""

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"an interval from {self.low} to {self.high} is empty")


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade with its range. `sums` and `levels` are the lowest and the highest that the axes' intervals allow.

    `raised` is the level to which judgement raised it (never lowered it), with `why`. `deciding` is the axis whose
    narrowing would narrow the range of levels most; None if the range is one level.
    """

    rubric: str
    axes: tuple[tuple[Axis, Scores], ...]
    sums: tuple[float, float]
    levels: tuple[Level, Level]
    deciding: Axis | None = None
    raised: Level | None = None
    why: str = ""
