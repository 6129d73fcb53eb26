"""What a command says: lines and grids for people, a tree for programs, and the exit code. No terminal yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from licet.cli.terminal.exits import Exit


class Tone(Enum):
    """What a text means to its reader; a terminal shows it in colour."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    QUIET = "quiet"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text."""

    text: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under a header; without one, names and values beside each other."""

    rows: Sequence[Sequence[Line]]
    columns: Sequence[str] = ()


Block = Line | Grid


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a command. `tree` is plain JSON and its form is stable (`spec/cli.md`)."""

    tree: dict[str, Any]
    blocks: Sequence[Block] = field(default_factory=tuple)
    exit: Exit = Exit.OK


def cell(value: object, tone: Tone = Tone.PLAIN) -> Line:
    """A value in a grid; nothing for None."""
    return Line("" if value is None else str(value), tone)


def pairs(*rows: tuple[str, Line | str]) -> Grid:
    """Names and values; those without a value are left out."""
    lines = [(name, value if isinstance(value, Line) else Line(value)) for name, value in rows]
    return Grid([(Line(name, Tone.QUIET), value) for name, value in lines if value.text])


def listed(names: Sequence[object]) -> str:
    """Names in a row."""
    return ", ".join(map(str, names))


def short(digest: str) -> str:
    """The beginning of a digest: enough to recognise it."""
    return digest[:19]


def count(number: int, noun: str) -> str:
    """`1 key`, `2 keys`, `2 entries`."""
    if number == 1:
        return f"1 {noun}"
    many = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"
    return f"{number:,} {many}"
