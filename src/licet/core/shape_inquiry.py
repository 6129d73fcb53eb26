"""The shapes that only inquiries have: arms, baselines with their dates, axes, earlier findings and assessments."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from licet.core.errors import Path
from licet.core.evidence.inquiry import Role
from licet.core.evidence.severity import LEVEL_NAMED, Axis
from licet.core.form import Shape
from licet.core.shape_measured import suites
from licet.core.shape_numbers import decimal, digest
from licet.core.shape_suite import label
from licet.core.shaping import Shaping, Tree, mapping, text

Reader = Callable[[Shaping, Path, Tree], Tree]

AXES = {axis.name.lower(): axis for axis in Axis}
"""Axes as documents name them."""

ROLES = tuple(role.value for role in Role)
PUBLIC = ("arm", "model", "version", "since")
BASELINES = ("name", "frozen", "current", "models")
REGRESSED = ("finding", "arm")


def arms(shaping: Shaping, path: Path, value: Tree) -> dict[str, str]:
    """What each arm is for; trials name arms as they like."""
    fields = mapping(shaping, path, value, set(ROLES), set(), Shape.ARMS.value)
    if not fields:
        raise shaping.wrong(path, value, Shape.ARMS.value)
    return {role: label(shaping, (*path, role), each) for role, each in fields.items()}


def listing(shaping: Shaping, path: Path, value: Tree, words: str, reader: Reader) -> list[Tree]:
    """A list with something in it, each element read."""
    if not isinstance(value, list):
        raise shaping.wrong(path, value, words)
    if not value:
        raise shaping.report(path, f"an empty list; leave it out, or give {words}")
    return [reader(shaping, (*path, place), each) for place, each in enumerate(value)]


def baselines(instant: Reader) -> Reader:
    """The reader of a set of public models with its two dates; `instant` reads an instant."""

    def public(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
        words = "a mapping with `arm`, `model`, `version`, `since`"
        fields = mapping(shaping, path, value, set(PUBLIC), set(PUBLIC), words)
        return {
            "arm": label(shaping, (*path, "arm"), fields["arm"]),
            "model": text(shaping, (*path, "model"), fields["model"]),
            "version": text(shaping, (*path, "version"), fields["version"]),
            "since": instant(shaping, (*path, "since"), fields["since"]),
        }

    def read(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
        fields = mapping(shaping, path, value, set(BASELINES), set(BASELINES), Shape.BASELINES.value)
        words = "a list of public models, each a mapping with `arm`, `model`, `version`, `since`"
        return {
            "name": text(shaping, (*path, "name"), fields["name"]),
            "frozen": instant(shaping, (*path, "frozen"), fields["frozen"]),
            "current": instant(shaping, (*path, "current"), fields["current"]),
            "models": listing(shaping, (*path, "models"), fields["models"], words, public),
        }

    return read


def axes(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """Axes that people judge, each with the lowest and the highest value that they hold possible, and why."""
    fields = mapping(shaping, path, value, set(AXES), set(), Shape.AXES.value)
    if not fields:
        raise shaping.report(path, f"an empty mapping; leave it out, or give {Shape.AXES.value}")
    return {axis: scores(shaping, (*path, axis), each) for axis, each in fields.items()}


def scores(shaping: Shaping, path: Path, value: Tree) -> dict[str, str]:
    """The interval of one axis."""
    needed = {"low", "high", "why"}
    fields = mapping(shaping, path, value, needed, needed, "a mapping with `low`, `high` and `why`")
    low, high = (decimal(shaping, (*path, end), fields[end]) for end in ("low", "high"))
    if Decimal(low) > Decimal(high):
        raise shaping.report(path, f"`low` is `{low}` and `high` is `{high}`; an interval begins at its lower end")
    return {"low": low, "high": high, "why": text(shaping, (*path, "why"), fields["why"])}


def raised(shaping: Shaping, path: Path, value: Tree) -> dict[str, str]:
    """The level that judgement raises a grade to, and why."""
    fields = mapping(shaping, path, value, {"level", "why"}, {"level", "why"}, Shape.RAISED.value)
    if not isinstance(fields["level"], str) or fields["level"] not in LEVEL_NAMED:
        allowed = ", ".join(f"`{word}`" for word in LEVEL_NAMED)
        raise shaping.wrong((*path, "level"), fields["level"], f"one of {allowed}")
    return {"level": fields["level"], "why": text(shaping, (*path, "why"), fields["why"])}


def earlier(instant: Reader) -> Reader:
    """The reader of earlier assessments; `instant` reads an instant."""

    def one(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
        words = "a mapping with `at`, `baselines`, `axes`, and optionally `raised`"
        fields = mapping(
            shaping, path, value, {"at", "baselines", "axes", "raised"}, {"at", "baselines", "axes"}, words
        )
        shaped = {
            "at": instant(shaping, (*path, "at"), fields["at"]),
            "baselines": text(shaping, (*path, "baselines"), fields["baselines"]),
            "axes": axes(shaping, (*path, "axes"), fields["axes"]),
        }
        return shaped | ({"raised": raised(shaping, (*path, "raised"), fields["raised"])} if "raised" in fields else {})

    return lambda shaping, path, value: listing(shaping, path, value, Shape.EARLIER.value, one)


def regressions(shaping: Shaping, path: Path, value: Tree) -> list[Tree]:
    """Earlier findings that a patch must not open again."""

    def one(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
        words = "a mapping with `finding`, `arm`, and optionally `suites`"
        fields = mapping(shaping, path, value, {*REGRESSED, "suites"}, set(REGRESSED), words)
        shaped = {each: label(shaping, (*path, each), fields[each]) for each in REGRESSED}
        return shaped | ({"suites": suites(shaping, (*path, "suites"), fields["suites"])} if "suites" in fields else {})

    return listing(shaping, path, value, Shape.REGRESSIONS.value, one)


def categories(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """Unrelated categories with their families, each family in one."""
    if not isinstance(value, dict) or not value:
        raise shaping.wrong(path, value, Shape.CATEGORIES.value)
    shaped: dict[str, Tree] = {}
    for name, families in value.items():
        place = (*path, label(shaping, (*path, name), name))
        shaped[name] = listing(shaping, place, families, "a list of families", label)
        seen = [each for before in shaped.values() for each in before]
        for position, family in enumerate(families):
            if seen.count(family) > 1:
                raise shaping.report((*place, position), f"the family `{family}` is listed twice")
    return shaped


def digests(shaping: Shaping, path: Path, value: Tree) -> list[Tree]:
    """Digests, each once."""
    found = listing(shaping, path, value, Shape.DIGESTS.value, digest)
    for position, each in enumerate(found):
        if each in found[:position]:
            raise shaping.report((*path, position), f"`{each}` is listed twice")
    return found
