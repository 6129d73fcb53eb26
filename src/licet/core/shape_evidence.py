"""The shapes that only thresholds and findings have: lines, and ranges of severity."""

from __future__ import annotations

from decimal import Decimal

from licet.core.errors import Path
from licet.core.evidence.severity import LEVEL_NAMED
from licet.core.form import Shape
from licet.core.shape_numbers import share
from licet.core.shaping import Shaping, Tree, mapping


def lines(shaping: Shaping, path: Path, value: Tree) -> dict[str, str]:
    """The red line, and the alert line below it."""
    fields = mapping(shaping, path, value, {"alert", "red"}, {"red"}, Shape.LINES.value)
    found = {name: share(shaping, (*path, name), each) for name, each in fields.items()}
    if Decimal(found["red"]) <= 0:
        raise shaping.report((*path, "red"), "a red line at 0 is reached by everything; draw it above")
    if "alert" in found and not 0 < Decimal(found["alert"]) < Decimal(found["red"]):
        message = f"the alert line at `{found['alert']}` is not between 0 and the red line at `{found['red']}`"
        raise shaping.report((*path, "alert"), message)
    return found


def levels(shaping: Shaping, path: Path, value: Tree) -> str | list[str]:
    """A severity, or the lowest and the highest of a range; a range of one is that one."""
    if not isinstance(value, list):
        return level(shaping, path, value)
    if len(value) != 2:
        raise shaping.wrong(path, value, Shape.LEVELS.value)
    low, high = (level(shaping, (*path, place), each) for place, each in enumerate(value))
    if LEVEL_NAMED[low] > LEVEL_NAMED[high]:
        raise shaping.report(path, f"a range from `{low}` to `{high}` is empty; the lowest comes first")
    return low if low == high else [low, high]


def level(shaping: Shaping, path: Path, value: Tree) -> str:
    """One severity."""
    if not isinstance(value, str) or value not in LEVEL_NAMED:
        raise shaping.wrong(path, value, "one of " + ", ".join(f"`{word}`" for word in LEVEL_NAMED))
    return value
