"""Reading the parts of a decision: each value in its one spelling, each problem with its place, nothing left over.

What may be missing from a draft reads as empty, so that `missing` can say what to add; what cannot be understood is a
problem here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from licet.core.cases.clock import Limit
from licet.core.cases.limit_text import read_limit
from licet.core.errors import LicetError, Path
from licet.core.form import Shape
from licet.core.shape import DIGEST, instant, named
from licet.core.shaping import Refused, Shaping, Tree, shown, text

Word = TypeVar("Word", bound=StrEnum)
Read = TypeVar("Read")

LONGEST = 100_000
"""Characters of one text of a decision, at most."""


def attempt(of: Callable[[], Read], otherwise: Read) -> Read:
    """What can be read, or `otherwise` where that is a problem, which is noted: so that all are found at once."""
    try:
        return of()
    except Refused:
        return otherwise


def known(shaping: Shaping, path: Path, value: Tree, allowed: tuple[str, ...], what: str) -> dict[str, Tree]:
    """A mapping with no other keys than these; the others are problems, and left out."""
    if not isinstance(value, dict):
        raise shaping.wrong(path, value, f"{what}: a mapping with {', '.join(f'`{each}`' for each in allowed)}")
    for key in value:
        if key not in allowed:
            names = ", ".join(f"`{name}`" for name in allowed)
            shaping.report((*path, key), f"unknown key `{key}` in {what}; allowed: {names}", at_key=True)
    return {key: each for key, each in value.items() if key in allowed}


def prose(shaping: Shaping, path: Path, value: Tree) -> str:
    """A text; one that is not there, or is empty, is one that is still to be written."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise shaping.wrong(path, value, "a text")
    if len(value) > LONGEST:
        raise shaping.report(path, f"a text of {len(value)} characters; at most {LONGEST} are kept")
    return value.strip()


def items(shaping: Shaping, path: Path, value: Tree, what: str) -> list[Tree]:
    """The items of a list; what is not there is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise shaping.wrong(path, value, what)
    return value


def listed(
    shaping: Shaping, path: Path, value: Tree, one: Callable[[Shaping, Path, Tree], str], what: str
) -> tuple[str, ...]:
    """A list in which each item reads, and stands once."""
    found: list[str] = []
    for position, each in enumerate(items(shaping, path, value, what)):
        place = (*path, position)
        read = attempt(lambda place=place, each=each: one(shaping, place, each), "")  # type: ignore[misc]
        if read and read in found:
            shaping.report(place, f"`{read}` is listed twice")
        elif read:
            found.append(read)
    return tuple(found)


def spelled(shape: Shape) -> Callable[[Shaping, Path, Tree], str]:
    """A reader of names of this shape."""
    return lambda shaping, path, value: named(shaping, path, value, shape)


def digest(shaping: Shaping, path: Path, value: Tree) -> str:
    """A digest: `sha256:` and 64 hexadecimal digits."""
    if not isinstance(value, str) or not DIGEST.fullmatch(value):
        raise shaping.wrong(path, value, Shape.DIGEST.value)
    return value


def line(shaping: Shaping, path: Path, value: Tree) -> str:
    """A text that is not empty."""
    return text(shaping, path, value)


def word(shaping: Shaping, path: Path, value: Tree, words: type[Word]) -> Word:
    """One of a closed set of words."""
    if value not in [each.value for each in words]:
        raise shaping.wrong(path, value, "one of " + ", ".join(f"`{each.value}`" for each in words))
    return words(value)


def at(shaping: Shaping, path: Path, value: Tree) -> datetime | None:
    """An instant with an offset, or None where there is none."""
    return None if value is None else datetime.fromisoformat(instant(shaping, path, value))


def limit(shaping: Shaping, path: Path, value: Tree) -> Limit | None:
    """So many hours, days, ..., or None where that is not said."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise shaping.report(path, f"{shown(value)} is not allowed here; allowed: a limit, as in `30 d` or `72 h`")
    try:
        return read_limit(value)
    except LicetError as error:
        raise shaping.report(path, str(error)) from error


def needs(shaping: Shaping, path: Path, raw: Mapping[str, Tree], keys: Sequence[str], what: str) -> None:
    """Refuse a mapping without one of these keys; each that is absent is a problem."""
    absent = [key for key in keys if raw.get(key) is None]
    for key in absent:
        shaping.report(path, f"{what} needs `{key}`", at_key=True)
    if absent:
        raise Refused


def spelled_instant(value: datetime | None) -> str | None:
    """An instant in its one spelling, with the offset that it was written with."""
    return None if value is None else value.isoformat()


def filled(tree: dict[str, Any]) -> dict[str, Any]:
    """A mapping without what is empty."""
    return {key: value for key, value in tree.items() if value not in (None, "", [], {})}
