"""The shaping of one document: what is found wrong with it, and what its values refer to."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from licet.core.errors import Path, Problem
from licet.core.form import Shape

Tree = Any
"""Plain JSON: `dict`, `list`, `str`, `int`, `bool`, `None`."""

ReadList = Callable[[str, str | None], bytes | None]
"""Gives the bytes of a list by its file name and, where one is pinned, its digest; None if there is no such list."""


class Refused(Exception):
    """One value has been reported and cannot be used."""


@dataclass(slots=True)
class Shaping:
    """The shaping of one document: what was found wrong so far, and what its values refer to."""

    number: int
    read_list: ReadList
    problems: list[Problem] = field(default_factory=list)
    syntax: dict[str, ast.expr] = field(default_factory=dict)
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)

    def report(
        self, path: Path, message: str, *, at_key: bool = False, offset: tuple[int, int] | None = None
    ) -> Refused:
        self.problems.append(Problem(self.number, path, message, at_key, offset))
        return Refused()

    def wrong(self, path: Path, value: Tree, allowed: str) -> Refused:
        return self.report(path, f"{shown(value)} is not allowed here; allowed: {allowed}")


def a(kind: str) -> str:
    """A kind of document with its article."""
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def shown(value: Tree) -> str:
    """A found value, for an error message."""
    if isinstance(value, str) and not value.isprintable():
        value = ascii(value)[1:-1]
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str() if len(value) > 80:
            return f"`{value[:77]}...`"
        case _:
            return f"`{value}`"


def text(shaping: Shaping, path: Path, value: Tree) -> str:
    if not isinstance(value, str) or not value.strip():
        raise shaping.wrong(path, value, Shape.TEXT.value)
    return value.strip()


def mapping(
    shaping: Shaping, path: Path, value: Tree, allowed: set[str], needed: set[str], words: str
) -> dict[str, Tree]:
    """A mapping with no other keys than those allowed, and all of those needed."""
    if not isinstance(value, dict):
        raise shaping.wrong(path, value, words)
    for key in value:
        if key not in allowed:
            known = ", ".join(f"`{name}`" for name in sorted(allowed))
            raise shaping.report((*path, key), f"unknown key `{key}`; allowed: {known}", at_key=True)
    for key in sorted(needed - set(value)):
        raise shaping.report(path, f"`{key}` is missing; needed: {words}", at_key=True)
    return value
