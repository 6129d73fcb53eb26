"""How much of a long list is shown: `--limit`, and the line that says what is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from licet.cli.terminal.blocks import Line, Tone

SHOWN = 200
"""Rows of a list, unless another number is asked for."""
ALL = "all"

Command = TypeVar("Command", bound=Callable[..., Any])


class Most(click.ParamType[int | None]):
    """How many rows: a whole number from 1, or `all`, which is None."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """The number."""
        if value is None or isinstance(value, int):
            return value
        if value == ALL:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) <= 9 and int(value) > 0):
            self.fail(f"`{value}` is neither a whole number from 1 nor `all`", param, ctx)
        return int(value)


def limited(command: Command) -> Command:
    """Give a command the option `--limit`."""
    option = click.option(
        "--limit", type=Most(), metavar="N|all", default=str(SHOWN), show_default=True, help="How many are shown."
    )
    return option(command)


def left_out(shown: int, total: int) -> list[Line]:
    """How many there are that are not shown, and how to see them; nothing where there are none."""
    if shown >= total:
        return []
    more = f"`--limit {shown * 2}`" if shown * 2 < total else f"`--limit {total}`"
    return [Line(f"and {total - shown:,} more: {more} shows more, `--limit {ALL}` all of them", Tone.WARN)]
