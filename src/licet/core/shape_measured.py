"""The shapes that thresholds and inquiries share: scales, suites by digest, budgets, what a judge must be."""

from __future__ import annotations

import re
from decimal import Decimal

from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shape_numbers import decimal, digest, share, whole
from licet.core.shaping import Shaping, Tree, mapping

SUITE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
"""As instruments are named (`shape.NAMES`); the tests hold the two together."""

BUDGETED = ("tokens", "hours", "tries", "scaffolds")
ASKED = ("sensitivity", "specificity", "labels")


def scale(shaping: Shaping, path: Path, value: Tree) -> list[str]:
    """The lowest and the highest value of a metric."""
    if not isinstance(value, list) or len(value) != 2:
        raise shaping.wrong(path, value, Shape.SCALE.value)
    low, high = (decimal(shaping, (*path, place), each) for place, each in enumerate(value))
    if Decimal(low) >= Decimal(high):
        raise shaping.report(path, f"`{low}` is not below `{high}`; needed: {Shape.SCALE.value}")
    return [low, high]


def suites(shaping: Shaping, path: Path, value: Tree) -> dict[str, str]:
    """Suites by name, each pinned by the digest of its manifest."""
    if not isinstance(value, dict) or not value:
        raise shaping.wrong(path, value, Shape.SUITES.value)
    for name in value:
        if not isinstance(name, str) or not SUITE_NAME.fullmatch(name):
            message = f"`{name}` is not a suite's name; allowed: letters, digits and `. _ -`, at most 200"
            raise shaping.report((*path, name), message, at_key=True)
    return {name: digest(shaping, (*path, name), each) for name, each in value.items()}


def budget(shaping: Shaping, path: Path, value: Tree) -> dict[str, str]:
    """The declared elicitation budget: what was meant to be spent, each more than nothing."""
    fields = mapping(shaping, path, value, set(BUDGETED), set(), Shape.BUDGET.value)
    if not fields:
        raise shaping.report(path, f"an empty mapping; leave it out, or give {Shape.BUDGET.value}")
    shaped = {}
    for name, each in fields.items():
        shaped[name] = decimal(shaping, (*path, name), each)
        if Decimal(shaped[name]) <= 0:
            raise shaping.wrong((*path, name), each, "a number above 0")
    return shaped


def judge(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """What a judge must be shown to have: sensitivity and specificity of at least this, on so many labels."""
    fields = mapping(shaping, path, value, set(ASKED), set(ASKED), Shape.JUDGE.value)
    return {
        "sensitivity": share(shaping, (*path, "sensitivity"), fields["sensitivity"]),
        "specificity": share(shaping, (*path, "specificity"), fields["specificity"]),
        "labels": whole(shaping, (*path, "labels"), fields["labels"]),
    }
