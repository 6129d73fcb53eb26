"""The shape of limits of time: one, or several of which conditions choose."""

from __future__ import annotations

from licet.core.cases.limit_text import limit_text, read_limit
from licet.core.cases.shape.condition import condition
from licet.core.cases.shape.parts import Keys, keyed
from licet.core.errors import LicetError, Path
from licet.core.shaping import Shaping, Tree

CHOICES = "a limit, or a list of mappings with `if` and `limit`, the last without `if`"


def limit(shaping: Shaping, path: Path, value: Tree) -> str:
    """One limit in its one spelling."""
    if not isinstance(value, str):
        raise shaping.wrong(path, value, "a limit of time, as in `90 d`, `72 h`, `2 working days`, `4 weeks`")
    try:
        return limit_text(read_limit(value))
    except LicetError as error:
        raise shaping.report(path, str(error)) from error


CHOICE = Keys(
    "a mapping with `limit`, and `if` in all but the last", {"if": condition, "limit": limit}, frozenset(("limit",))
)


def limits(shaping: Shaping, path: Path, value: Tree) -> Tree:
    """What a clock has as its limit: one that always holds is written as it is."""
    if not isinstance(value, list):
        return limit(shaping, path, value)
    if not value:
        raise shaping.report(path, f"an empty list; give {CHOICES}")
    read = [keyed(shaping, (*path, place), each, CHOICE) for place, each in enumerate(value)]
    for place, each in enumerate(read[:-1]):
        if "if" not in each:
            raise shaping.report(
                (*path, place), "what comes after this limit never holds; give it an `if`, or make it the last"
            )
    if "if" in read[-1]:
        raise shaping.report((*path, len(read) - 1), "the last limit holds where no other does; it has no `if`")
    return read if len(read) > 1 else read[0]["limit"]
