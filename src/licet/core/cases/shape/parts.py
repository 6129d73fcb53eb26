"""What the shapes of procedures are made of: tables by name, mappings whose every key has a reader, lists of names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from licet.core.errors import Path
from licet.core.shaping import Refused, Shaping, Tree, mapping, text

Reader = Callable[[Shaping, Path, Tree], Tree]

NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
NAMED = "a name of lower-case letters, digits and `_` that starts with a letter"
VERSIONED = re.compile(r"[a-z][a-z0-9_]*@[A-Za-z0-9][A-Za-z0-9._()-]*")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a mapping: how each is read, which must be there, and what is written in where one is not.

    `words` say what the whole mapping is.
    """

    words: str
    readers: Mapping[str, Reader]
    needed: frozenset[str]
    defaults: Mapping[str, Tree] = field(default_factory=dict)


def keyed(shaping: Shaping, path: Path, value: Tree, keys: Keys) -> dict[str, Tree]:
    """A mapping in its canonical form; everything that is wrong with any of its keys is reported."""
    found = mapping(shaping, path, value, set(keys.readers), set(keys.needed), keys.words)
    read: dict[str, Tree] = {}
    refused: Refused | None = None
    for key, each in found.items():
        try:
            read[key] = keys.readers[key](shaping, (*path, key), each)
        except Refused as error:
            refused = error
    if refused is not None:
        raise refused
    return read | {key: each for key, each in keys.defaults.items() if key not in read}


def by_name(
    shaping: Shaping, path: Path, value: Tree, words: str, reader: Reader, pattern: re.Pattern[str] = NAME
) -> dict[str, Tree]:
    """A table: things by their names, at least one of them; everything that is wrong with any is reported."""
    if not isinstance(value, dict) or not value:
        raise shaping.wrong(path, value, words)
    read: dict[str, Tree] = {}
    refused: Refused | None = None
    for name, each in value.items():
        try:
            if not pattern.fullmatch(name):
                allowed = NAMED if pattern is NAME else "letters, digits and `. _ -`, at most 60"
                raise shaping.report((*path, name), f"`{name}` is not allowed here; allowed: {allowed}", at_key=True)
            read[name] = reader(shaping, (*path, name), each)
        except Refused as error:
            refused = error
    if refused is not None:
        raise refused
    return read


def name(shaping: Shaping, path: Path, value: Tree) -> str:
    """The name of a state, an event, a role, a clock, a field or a reason."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise shaping.wrong(path, value, NAMED)
    return value


def listing(words: str, reader: Reader) -> Reader:
    """The reader of a list with something in it, each element read, and none twice."""

    def read(shaping: Shaping, path: Path, value: Tree) -> list[Tree]:
        if not isinstance(value, list):
            raise shaping.wrong(path, value, words)
        if not value:
            raise shaping.report(path, f"an empty list; leave it out, or give {words}")
        found: list[Tree] = []
        for place, each in enumerate(value):
            one = reader(shaping, (*path, place), each)
            if one in found:
                raise shaping.report((*path, place), f"`{one}` is listed twice")
            found.append(one)
        return found

    return read


def one_of(*allowed: str) -> Reader:
    """The reader of one of some words."""

    def read(shaping: Shaping, path: Path, value: Tree) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise shaping.wrong(path, value, "one of " + ", ".join(f"`{each}`" for each in allowed))
        return value

    return read


def flag(shaping: Shaping, path: Path, value: Tree) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise shaping.wrong(path, value, "`true` or `false`")
    return value


def count(shaping: Shaping, path: Path, value: Tree) -> int:
    """How many, from 0."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
        raise shaping.wrong(path, value, "a whole number from 0 to 100")
    return value


def versioned(shaping: Shaping, path: Path, value: Tree) -> str:
    """A name with a version."""
    if not isinstance(value, str) or not VERSIONED.fullmatch(value):
        raise shaping.wrong(path, value, "a name and a version, as in `appeal@2026-07`")
    return value


names = listing("a list of names, each once", name)
versions = listing("a list of names with versions, each once", versioned)
texts = listing("a list of texts, each once", text)
