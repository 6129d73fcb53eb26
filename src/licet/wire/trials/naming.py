"""How what a log calls things becomes a trial's names: `spec/trials.md`, section Mapping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from licet.core.evidence.trial import Came, Use

LONGEST_NAME = 300
"""Characters that a name may have: it names, it does not tell."""


class Higher(StrEnum):
    """What a higher score of a metric says: more of what a safeguard should prevent (`worse`), or less (`better`)."""

    WORSE = "worse"
    BETTER = "better"


@dataclass(frozen=True, slots=True)
class Naming:
    """What the log does not say, or says elsewhere. Empty and None: as the log says.

    `suite`, `arm`, `model`, `judge` name what the trials belong to. `metric` is the score to take where a log has
    several: a scorer's, detector's or named score's name, `scorer.key` for one value of several. `scale` is the range
    of its scores and `higher` what a higher one says; where that is `better`, scores are turned round in their range.
    `item_key`, `family_key`, `use_key` and `arm_key` are the keys of a sample's metadata; `use` is the class of use of
    items that have none.
    """

    suite: str = ""
    arm: str = ""
    model: str = ""
    judge: str = ""
    metric: str = ""
    scale: tuple[float, float] | None = None
    higher: Higher | None = None
    item_key: str = ""
    family_key: str = "family"
    use_key: str = "use"
    arm_key: str = "arm"
    use: Use = Use.PROHIBITED


AS_SAID = Naming()

Choice = TypeVar("Choice", bound=StrEnum)


class NotNamed(ValueError):
    """A value of a log cannot be one of a trial; the message says why and what to do."""


def name_of(value: object, what: str) -> str:
    """A name: text or a number, of 1 to `LONGEST_NAME` printable characters. Raises `NotNamed`."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NotNamed(f"{what} is no name but {kind_of(value)}")
    text = str(value)
    if not text or len(text) > LONGEST_NAME:
        raise NotNamed(f"{what} has {len(text)} characters; a name has 1 to {LONGEST_NAME}")
    if not text.isprintable():
        raise NotNamed(f"{what} holds characters that are not printable")
    return text


def first_name(what: str, *values: object) -> str:
    """The first of some values that is there, as a name; empty if none is. Raises `NotNamed`."""
    found = next((value for value in values if value is not None and value != ""), "")
    return found if found == "" else name_of(found, what)


def use_of(metadata: Mapping[str, object], naming: Naming) -> Use:
    """The class of use that a sample's metadata names. Raises `NotNamed`."""
    value = metadata.get(naming.use_key)
    return naming.use if value is None else _one_of(Use, value, f"`{naming.use_key}`")


def came_of(value: object) -> Came:
    """What came of a trial, as metadata has it. Raises `NotNamed`."""
    return _one_of(Came, value, "`came`")


def _one_of(choices: type[Choice], value: object, what: str) -> Choice:
    try:
        return choices(str(value))
    except ValueError:
        shown = f"`{value[:40]}`" if isinstance(value, str) else kind_of(value)
        allowed = ", ".join(f"`{each.value}`" for each in choices)
        raise NotNamed(f"{what} is {shown}; it can be {allowed}") from None


def scored(value: float, metric: str, scale: tuple[float, float], higher: Higher) -> float:
    """A score within the scale, turned round if a higher one is better. Raises `NotNamed` for one outside it."""
    low, high = scale
    if not low <= value <= high:
        raise NotNamed(outside(value, metric, scale))
    return value if higher is Higher.WORSE else low + high - value


def outside(value: float, metric: str, scale: tuple[float, float]) -> str:
    """What is said of a score that its scale does not have."""
    return f"the score {value:g} of `{metric}` is not on its scale from {scale[0]:g} to {scale[1]:g}"


def checked_scale(low: object, high: object) -> tuple[float, float]:
    """A range of scores. Raises `NotNamed`."""
    ends = [float(each) for each in (low, high) if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(ends) != 2 or not all(map(math.isfinite, ends)) or ends[0] >= ends[1]:
        raise NotNamed("a scale is two numbers, the lower one first")
    return ends[0], ends[1]


def kind_of(value: object) -> str:
    """What sort of value it is, for people, without the value."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case Mapping():
            return "several named values"
        case _:
            return "a list"
