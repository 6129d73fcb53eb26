"""A forest plot in characters, for a column of a table."""

from __future__ import annotations

from collections.abc import Sequence

from licet.core.evidence.estimate import Estimate, Sides
from licet.services.judging.figures import number

WIDTH = 20
GROUND = "·"
"""What is behind a plot: not a space, at which a narrow terminal would break it."""
ENDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def scale_of(rates: Sequence[Estimate], lines: Sequence[float] = ()) -> float:
    """The end of a scale from 0 on which all of these are."""
    ends = [each.value if each.interval.sides is Sides.LOWER else each.interval.high for each in rates]
    most = max([0.0, *ends, *lines])
    return next((end for end in ENDS if most <= end), 1.0)


def header(end: float) -> str:
    """The scale, as the title of the column."""
    right = f"{number(end)}%"
    return f"0{right.rjust(WIDTH - 1, GROUND)}"


def drawn(rate: Estimate, end: float, lines: Sequence[float] = ()) -> str:
    """An estimate with its interval, and the lines: `··├──■───┤·╎··`. An end that is no bound is open."""
    cells = [GROUND] * WIDTH
    for line in lines:
        cells[cell(line, end)] = "╎"
    low, high = cell(rate.interval.low, end), cell(rate.interval.high, end)
    for at in range(low, high + 1):
        cells[at] = "┼" if cells[at] == "╎" else "─"
    if rate.interval.sides is not Sides.UPPER:
        cells[low] = "├"
    if rate.interval.sides is not Sides.LOWER:
        cells[high] = "┤"
    cells[cell(rate.value, end)] = "■"
    return "".join(cells)


def cell(share: float, end: float) -> int:
    """The place of a share on the scale."""
    return min(round(share / end * (WIDTH - 1)), WIDTH - 1)
