"""How many, in each stretch of time: a column for each, of parts that stand on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import altair as alt

from licet.pages.charts.bars import values
from licet.pages.charts.chart import Draw, Spec
from licet.pages.charts.time_axis import Extent, milliseconds
from licet.pages.role import Role

HEIGHT = 150
"""Pixels for the highest column."""

THINNEST = 3
"""Pixels that a column has at least, however short its time is."""


@dataclass(frozen=True, slots=True)
class Column:
    """What is counted from an instant on, over the length of a column: how much of each meaning, from below."""

    at: datetime
    parts: tuple[tuple[Role, int], ...]

    @property
    def total(self) -> int:
        """The height of the column."""
        return sum(size for _, size in self.parts)


def columns(drawn: Sequence[Column], length: timedelta, start: datetime, end: datetime, unit: str) -> Draw:
    """The columns, each over `length`, in the time from `start` to `end`; `unit` says what is counted."""
    most = max((each.total for each in drawn), default=0) or 1
    time = Extent(milliseconds(start), max(milliseconds(end), milliseconds(start) + 3_600_000))

    def draw(across: int) -> Spec:
        plot = across - 70
        least = round((time.end - time.start) / plot * THINNEST)
        width = max(round(length.total_seconds() * 1000), least)
        y = alt.Y(
            "from:Q",
            title=unit,
            scale=alt.Scale(domain=[0, most], nice=False),
            axis=alt.Axis(tickCount=3, tickMinStep=1, format=",d"),
        )
        rows = [row for each in drawn for row in stacked(each, time, width)]
        made = (
            alt.Chart(values(rows))
            .mark_bar(strokeWidth=0)
            .encode(x=time.axis(plot), x2="end:Q", y=y, y2="to:Q", color=alt.Color("colour:N", scale=None))
        )
        tree: dict[str, Any] = made.properties(width=plot, height=HEIGHT).to_dict()
        return tree

    return draw


def stacked(column: Column, time: Extent, width: int) -> list[dict[str, object]]:
    """The parts of a column, each from where the one below ends; nothing is drawn past the rims."""
    start = min(time.clamp(column.at), time.end - width)
    rows: list[dict[str, object]] = []
    below = 0
    for role, size in column.parts:
        if size:
            place = {"start": start, "end": min(start + width, time.end)}
            rows.append(place | {"from": below, "to": below + size, "colour": role.colour})
            below += size
    return rows
