"""Tables, pairs and timelines as HTML, put together by hand: there are millions of cells in a register, and a template
takes ten times as long for each.

What it writes is what the templates wrote; every text is made visible and escaped on its way in (`look.shown`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from markupsafe import Markup, escape

from licet.pages.blocks import Column, Moment, Pairs, Table, Timeline
from licet.pages.words import Word, visible

REMEMBERED = 200
"""Characters of a text that is worth remembering: titles, states and reasons stand on every page."""

Cell = Callable[[Word], str]
"""How a word becomes HTML."""

Said = Callable[[str], str]
"""How a sentence of ours does."""


def plain(text: str) -> str:
    """A text, visible and escaped."""
    return _remembered(text) if len(text) <= REMEMBERED else str(escape(visible(text)))


@lru_cache(maxsize=16_384)
def _remembered(text: str) -> str:
    return str(escape(visible(text)))


def pairs(it: Pairs, cell: Cell) -> Markup:
    """Names and values beside each other."""
    rows = "".join(
        f"<div><dt>{plain(name)}</dt> <dd>{cell(value)}</dd></div>\n" for name, value in it.rows if value is not None
    )
    return Markup(f'<dl class="pairs{" quiet" if it.quiet else ""}">\n{rows}</dl>\n')  # noqa: S704 (cells are escaped)


def table(it: Table, cell: Cell) -> Markup:
    """Rows under a header, in a place that a keyboard reaches."""
    opens = [_opening(each, n == 0, it.stacks) for n, each in enumerate(it.columns)]
    ends = ["</th>\n", *["</td>\n"] * (len(it.columns) - 1)]
    return Markup(filled(it, [_row(row, opens, ends, cell) for row in it.rows]))  # noqa: S704 (as above)


def filled(it: Table, rows: Iterable[str]) -> str:
    """A table around rows that are HTML already; its own are not looked at."""
    return f"{_table_head(it.name, it.caption, it.columns, it.stacks)}{''.join(rows)}</tbody>\n</table>\n</div>\n"


@lru_cache(maxsize=256)
def _table_head(anchor: str, caption: str, columns: tuple[Column, ...], stacked: bool) -> str:
    name = plain(anchor)
    stacks = ' class="stacks"' if stacked else ""
    heads = "".join(_head(each) for each in columns)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{name}-caption">\n'
        f'<table id="{name}"{stacks}>\n<caption id="{name}-caption"><span>{plain(caption)}</span></caption>\n'
        f"<thead>\n<tr>\n{heads}</tr>\n</thead>\n<tbody>\n"
    )


def _head(column: Column) -> str:
    figure = ' class="figure"' if column.figures else ""
    return f'<th scope="col"{figure}>{plain(column.title)}</th>\n'


def _opening(column: Column, first: bool, stacks: bool) -> str:
    figure = ' class="figure"' if column.figures else ""
    if first:
        return f'<th scope="row"{figure}>'
    return f'<td{figure} data-title="{plain(column.title)}">' if stacks else f"<td{figure}>"


def _row(row: tuple[Word, ...], opens: list[str], ends: list[str], cell: Cell) -> str:
    # (not `+`: it would escape what stands before markup)
    cells = "".join([f"{opening}{cell(value)}{end}" for opening, value, end in zip(opens, row, ends, strict=True)])
    return f"<tr>\n{cells}</tr>\n"


def timeline(it: Timeline, cell: Cell, said: Said) -> Markup:
    """What happened, one moment after the other."""
    moments = "".join([_moment(each, cell, said) for each in it.moments])
    return Markup(f'<ol class="timeline">\n{moments}</ol>\n')  # noqa: S704 (as above)


def _moment(it: Moment, cell: Cell, said: Said) -> str:
    told = "".join(f'<p class="note">{said(sentence)}</p>\n' for sentence in it.told)
    notes = "".join(_note(note.name, cell(note.value)) for note in it.notes)
    listed = f'<dl class="pairs">\n{notes}</dl>\n' if notes else ""
    return (
        f'<li id="{plain(it.name)}">\n<p class="when">{cell(it.at)}</p>\n'
        f'<p class="what"><strong>{plain(it.title)}</strong> <span class="who">{cell(it.who)}</span></p>\n'
        f"{told}{listed}</li>\n"
    )


def _note(name: str, value: str) -> str:
    return f"<div><dt>{plain(name)}</dt> <dd>{value}</dd></div>\n"
