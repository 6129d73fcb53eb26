"""The shape of the states of a procedure."""

from __future__ import annotations

from licet.core.cases.procedure import NEW
from licet.core.cases.shape.parts import Keys, by_name, flag, keyed
from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shaping import Shaping, Tree, text

KEYS = Keys(
    "a mapping with `title`, and optionally `meaning`, `final`, `outcome`",
    {"title": text, "meaning": text, "final": flag, "outcome": text},
    frozenset(("title",)),
    {"final": False},
)


def states(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """States by name; each final one says what the case came to."""
    return by_name(shaping, path, value, Shape.STATES.value, _state)


def _state(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    if path[-1] == NEW:
        message = f"`{NEW}` is where a case is before its first event; choose another name"
        raise shaping.report(path, message, at_key=True)
    read = keyed(shaping, path, value, KEYS)
    if read["final"] and "outcome" not in read:
        raise shaping.report(path, "a final state needs `outcome`: what the case came to", at_key=True)
    if "outcome" in read and not read["final"]:
        message = "only a final state has an `outcome`; say `final: true`, or leave it out"
        raise shaping.report((*path, "outcome"), message, at_key=True)
    return read
