"""The shape of a duty to report incidents."""

from __future__ import annotations

from licet.core.cases.duty import Standing
from licet.core.cases.shape.condition import condition
from licet.core.cases.shape.parts import Keys, Reader, by_name, keyed, names, one_of
from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shaping import Shaping, Tree, text

TESTS = "tests by name, each a mapping with `title`, `if`, `source`"
REPORTS = "the events that make reports, each with the list of fields that the report must say"
BEGINS = "events that start clocks, each with the instants of the form of which the earliest says when it happened"
TEST = Keys(
    "a mapping with `title`, `if`, `source`",
    {"title": text, "if": condition, "source": text},
    frozenset(("title", "if", "source")),
)


def _tests(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    return by_name(shaping, path, value, TESTS, lambda s, p, each: keyed(s, p, each, TEST))


def _reports(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    return by_name(shaping, path, value, REPORTS, names)


def _begins(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    return by_name(shaping, path, value, BEGINS, names)


def duty(date: Reader) -> Reader:
    """The reader of a duty; `date` reads a day."""
    keys = Keys(
        Shape.DUTY.value,
        {
            "jurisdiction": text,
            "to": text,
            "standing": one_of(*(each.value for each in Standing)),
            "since": date,
            "note": text,
            "tests": _tests,
            "reports": _reports,
            "begins": _begins,
        },
        frozenset(("jurisdiction", "to", "standing", "tests", "reports")),
    )
    return lambda shaping, path, value: keyed(shaping, path, value, keys)
