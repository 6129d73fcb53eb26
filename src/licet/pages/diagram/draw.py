"""Drawing the diagram of a procedure as SVG: the column, the lanes beside it, and what it says to who cannot see it.

Nothing in it needs a script, a font or another file. Colours are those of the page that it stands on; by itself it
brings its own, for light, dark and print. Only attributes style it, for pages permit no style but their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from licet.core.cases.procedure import CLOCK, NEW, Procedure
from licet.pages.diagram.column import (
    HEAD,
    HEAD_STEP,
    LABEL,
    LABEL_STEP,
    PAD,
    SMALL,
    SMALL_STEP,
    WIDTH,
    Block,
    Place,
    Row,
    column,
)
from licet.pages.diagram.lanes import Lane, lanes
from licet.pages.words import visible

STEP, MARGIN = 11, 10
INK, QUIET, LINE = "var(--ink)", "var(--quiet)", "var(--line)"
PAPER, RAISED = "var(--paper)", "var(--raised)"
FONT = 'font-family="system-ui, Segoe UI, Roboto, Liberation Sans, Arial, sans-serif"'
ALONE = (
    "<style>svg{--paper:#ffffff;--raised:#f6f5f2;--ink:#1b1d21;--quiet:#565b63;--line:#dad8d2;background:#ffffff}"
    "@media screen and (prefers-color-scheme:dark){svg{--paper:#15171a;--raised:#1e2125;--ink:#e9e8e4;--quiet:#a9adb4;"
    "--line:#383c42;background:#15171a}}</style>"
)
"""What a diagram in a file of its own has as colours: those of the pages."""


def diagram(procedure: Procedure, *, alone: bool = True) -> str:
    """A procedure as SVG. `alone`: for a file of its own; otherwise for a page, whose colours it takes."""
    blocks = column(procedure, MARGIN)
    beside = lanes(blocks)
    left = _room(beside, left=True)
    width, height = left + WIDTH + _room(beside, left=False), blocks[-1].bottom + MARGIN
    by_name = {block.name: block for block in blocks}
    name = "".join(char if char.isalnum() else "-" for char in procedure.name)
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    said = f'role="img" aria-labelledby="{name}-title {name}-desc"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} class="chart" {said} {FONT}>',
        ALONE if alone else "",
        f'<title id="{name}-title">{_text(title_of(procedure))}</title>',
        f'<desc id="{name}-desc">{_text(described(procedure))}</desc>',
        *(part for lane in beside for part in _lane(lane, left)),
        *(part for lane in beside for part in _arrows(lane, by_name[lane.target], left)),
        *(part for block in blocks for part in _block(block, left)),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def title_of(procedure: Procedure) -> str:
    """What the diagram is of."""
    return f"{procedure.title}: states and events of {procedure.name}"


def described(procedure: Procedure) -> str:
    """The diagram in sentences, for those who hear it."""
    ways = []
    for event in procedure.events.values():
        if event.to is None:
            continue
        states = [state.title for state in procedure.states.values() if state.name in event.froms]
        froms = [*(("the beginning",) if NEW in event.froms else ()), *states]
        by = " (by a clock)" if event.by == {CLOCK} else ""
        ways.append(f"From {', '.join(froms)}, by “{event.title}”{by}, to {procedure.states[event.to].title}.")
    ends = sum(state.final for state in procedure.states.values())
    return f"{len(procedure.states)} states, of which {ends} are final. " + " ".join(ways)


def _room(beside: Sequence[Lane], *, left: bool) -> float:
    """How much room the lanes of one side need."""
    return MARGIN + STEP * (1 + max((lane.number + 1 for lane in beside if lane.left == left), default=0))


def _x(lane: Lane, left: float) -> float:
    """Where a lane runs."""
    away = STEP * (lane.number + 1.5)
    return left - away if lane.left else left + WIDTH + away


def _edge(lane: Lane, left: float) -> float:
    return left if lane.left else left + WIDTH


def _lane(lane: Lane, left: float) -> Iterator[str]:
    """The lane itself."""
    start, end = lane.span
    yield _path(f"M{_n(_x(lane, left))} {_n(start)}V{_n(end)}", QUIET, 1.4)


def _arrows(lane: Lane, target: Block, left: float) -> Iterator[str]:
    """What leads from events into a lane, each with a dot where it joins; and the arrow into the state."""
    x, edge = _x(lane, left), _edge(lane, left)
    for y in lane.leaves:
        flat = f"M{_n(edge)} {_n(y)}H{_n(x)}"
        yield _path(flat, PAPER, 5)
        yield _path(flat, QUIET, 1.4, dashed=y in lane.dashed)
        yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2.2" fill="{QUIET}"/>'
    y, back = target.middle, -7 if lane.left else 7
    flat = f"M{_n(x)} {_n(y)}H{_n(edge + back)}"
    yield _path(flat, PAPER, 5)
    yield _path(flat, QUIET, 1.4)
    head = f"M{_n(edge)} {_n(y)}L{_n(edge + back)} {_n(y - 4)}V{_n(y + 4)}Z"
    yield f'<path d="{head}" fill="{QUIET}"/>'


def _path(way: str, colour: str, width: float, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="3 2"' if dashed else ""
    return f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>'


def _block(block: Block, left: float) -> Iterator[str]:
    """A state's box with its name, and below it what can happen there."""
    if block.rows:
        height = block.bottom - block.top
        yield _box(left, block.top, height, "none", LINE, 8)
    border, width, round_ = (INK, 2, 18) if block.place is Place.FINAL else (QUIET, 1.2, 8)
    fill = PAPER if block.place in (Place.START, Place.SEVERAL) else RAISED
    dashed = ' stroke-dasharray="5 3"' if block.place is Place.SEVERAL else ""
    yield _box(left, block.top, block.head_height, fill, border, round_, f' stroke-width="{width}"{dashed}')
    y = block.top + PAD
    for line in block.head:
        yield _line(left + WIDTH / 2, y + HEAD_STEP * 0.75, line, HEAD, INK, 'font-weight="600" text-anchor="middle"')
        y += HEAD_STEP
    for line in block.small:
        yield _line(left + WIDTH / 2, y + SMALL_STEP * 0.75, line, SMALL, QUIET, 'text-anchor="middle"')
        y += SMALL_STEP
    for row in block.rows:
        yield from _row(row, left)


def _row(row: Row, left: float) -> Iterator[str]:
    x, y = left + 16, row.top
    mark = "●" if row.target else "○"
    yield _line(x - 4, y + LABEL_STEP * 0.75, mark, 8, QUIET)
    for line in row.label:
        yield _line(x + 8, y + LABEL_STEP * 0.75, line, LABEL, INK)
        y += LABEL_STEP
    for line in row.small:
        yield _line(x + 8, y + SMALL_STEP * 0.75, line, SMALL, QUIET)
        y += SMALL_STEP


def _box(x: float, y: float, height: float, fill: str, border: str, round_: float, more: str = "") -> str:
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{WIDTH}" height="{_n(height)}" rx="{_n(round_)}" fill="{fill}" '
        f'stroke="{border}"{more}/>'
    )


def _line(x: float, y: float, text: str, size: float, colour: str, more: str = "") -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{colour}" {more}>{_text(text)}</text>'


def _text(text: str) -> str:
    return escape(visible(text))


def _n(value: float) -> str:
    """A number as it is written in a path: at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
