"""Blocks that are shown anew every second, on a terminal; elsewhere nothing is shown before the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding

from licet.cli.terminal.blocks import Block, Line
from licet.cli.terminal.screen import rich_pairs, rich_table, styled

Show = Callable[[Iterable[Block]], None]
"""Takes the place of what was shown before."""


@contextmanager
def live(stream: TextIO, *, wanted: bool = True) -> Iterator[Show]:
    """A place on the terminal behind `stream` that is written over; what was shown last is gone in the end."""
    if not wanted or not stream.isatty():
        yield lambda _: None
        return
    console = Console(file=stream, highlight=False, emoji=False)
    with Live(console=console, auto_refresh=False, transient=True, vertical_overflow="ellipsis") as screen:
        yield lambda blocks: screen.update(Group(*(_rendered(each, console.width) for each in blocks)), refresh=True)


def _rendered(block: Block, width: int) -> RenderableType:
    if isinstance(block, Line):
        return styled(block)
    if block.columns:
        return rich_table(block.columns, block.rows, width)
    return Padding(rich_pairs(block.rows), (0, 0, 0, 1))
