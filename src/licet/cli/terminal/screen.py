"""Blocks on a stream: in colour on a terminal, as plain text in a pipe, where nothing is cut off or wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from licet.cli.terminal.blocks import Block, Grid, Line, Tone

STYLES = {
    Tone.PLAIN: "",
    Tone.GOOD: "green",
    Tone.BAD: "bold red",
    Tone.WARN: "yellow",
    Tone.QUIET: "dim",
    Tone.STRONG: "bold",
}


INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)")
"""In a narrow table an instant is broken between its day and its time."""


class Screen(Protocol):
    """Shows blocks."""

    def show(self, blocks: Iterable[Block]) -> None:
        """Write them out, in order."""


def screen(stream: TextIO) -> Screen:
    """The screen for a stream, by what it is."""
    return Terminal(stream) if stream.isatty() else Plain(stream)


def printable(text: str) -> str:
    """The same text, with everything that could steer a terminal spelled out."""
    return text if text.isprintable() else "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


class Plain:
    """For pipes and files."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, blocks: Iterable[Block]) -> None:
        """See `Screen`."""
        for block in blocks:
            for line in plain_grid(block) if isinstance(block, Grid) else [printable(block.text)]:
                self._stream.write(line + "\n")
        self._stream.flush()


def plain_grid(grid: Grid) -> list[str]:
    """A grid as lines: columns with two spaces between them."""
    table = [[printable(cell.text) for cell in row] for row in grid.rows]
    if grid.columns:
        table.insert(0, [name.upper() for name in grid.columns])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in table]


COMMAND = "licet "
"""How lines begin that somebody copies into a shell: the terminal itself breaks them, so that they stay one line."""


class Terminal:
    """For people."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, highlight=False, emoji=False)

    def show(self, blocks: Iterable[Block]) -> None:
        """See `Screen`."""
        for block in blocks:
            if isinstance(block, Line):
                self._console.print(styled(block), soft_wrap=block.text.startswith(COMMAND))
            elif block.columns:
                self._console.print(rich_table(block.columns, block.rows, self._console.width))
            else:
                self._console.print(Padding(rich_pairs(block.rows), (0, 0, 0, 1)))


def styled(line: Line) -> Text:
    """A line in its colour. No markup is read in it, whatever it holds."""
    return Text(printable(line.text), style=STYLES[line.tone])


def rich_table(columns: Sequence[str], rows: Sequence[Sequence[Line]], width: int) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    broken = [[replace(cell, text=INSTANT.sub(r"\1 \2", cell.text)) for cell in row] for row in rows]
    widths = fitted([[name, *(row[number].text for row in broken)] for number, name in enumerate(columns)], width)
    for name, wide in zip(columns, widths, strict=True):
        table.add_column(name, overflow="fold", width=wide)
    for row in broken:
        table.add_row(*(styled(cell) for cell in row))
    return table


def fitted(columns: Sequence[Sequence[str]], width: int) -> list[int]:
    """How wide each column is: as its longest text, or where that is too much, rather as its longest word.

    The widths are given to Rich, for its own would cut off what does not fit.
    """
    room = max(width - 2 * len(columns) - 1, len(columns))
    natural = [max(map(len, column)) or 1 for column in columns]
    widths = [max((len(word) for text in column for word in text.split()), default=1) for column in columns]
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    while sum(widths) < room and widths != natural:
        lacking = [full - now for full, now in zip(natural, widths, strict=True)]
        widths[lacking.index(max(lacking))] += 1
    return widths


def rich_pairs(rows: Sequence[Sequence[Line]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*(styled(cell) for cell in row))
    return table
