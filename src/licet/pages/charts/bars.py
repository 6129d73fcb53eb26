"""Horizontal bars with their labels and totals beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import altair as alt

from licet.pages.blocks import Meaning, Picture
from licet.pages.charts.chart import NARROW, Draw, Spec, picture
from licet.pages.number import amount, plural
from licet.pages.role import Role, ordered
from licet.pages.words import shortened

MOST = 24
"""Bars in one chart, at most; the table has them all."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, and how much of each meaning, drawn one after the other."""

    label: str
    parts: tuple[tuple[Role, float], ...]

    @property
    def total(self) -> float:
        """The length of the bar."""
        return sum(size for _, size in self.parts)


def bars(rows: Sequence[Bar], unit: str) -> Draw:
    """The bars, the first on top; `unit` says what is counted."""
    shown = rows[:MOST]

    def draw(across: int) -> Spec:
        layout = Layout(across, tuple(bar.label for bar in shown))
        most = max((bar.total for bar in shown), default=0) or 1
        x = alt.X(
            "start:Q",
            title=unit,
            scale=alt.Scale(domain=[0, most], nice=False),
            axis=alt.Axis(tickCount=min(4, ceil(most)), tickMinStep=1, format=",d", labelBound=True, labelFlush=True),
        )
        y = layout.y("n:O")
        colour = alt.Color("colour:N", scale=None)
        strips = (
            alt.Chart(values([part for n, bar in enumerate(shown) for part in stacked(n, bar)]))
            .mark_bar(height=layout.thick, yOffset=layout.below, strokeWidth=1)
            .encode(x=x, x2="end:Q", y=y, color=colour, stroke=alt.Stroke("colour:N", scale=None))
        )
        totals = (
            alt.Chart(values([{"n": n, "end": bar.total, "total": amount(bar.total)} for n, bar in enumerate(shown)]))
            .mark_text(align="left", dx=6, yOffset=layout.below, fontWeight="bold")
            .encode(x="end:Q", y=y, text="total:N")
        )
        return layout.sized(strips, totals, layout.labels())

    return draw


def bar_picture(
    name: str, caption: str, drawn: Sequence[Bar], unit: str, numbers: str, key: tuple[Meaning, ...] | None = None
) -> Picture:
    """Bars with their key (None: the roles in their own words); in words, the largest of them."""
    roles = ordered(role for bar in drawn for role, _ in bar.parts) if key is None else key
    largest = "; ".join(f"{bar.label}: {amount(bar.total)}" for bar in drawn[:3])
    words = f"{plural(len(drawn), 'bar')}, of {unit}; the largest: {largest}."
    if len(drawn) > MOST:
        words += f" Only the {MOST} largest are drawn."
    return picture(name, caption, words, bars(drawn, unit), key=roles, table=numbers)


def stacked(n: int, bar: Bar) -> list[dict[str, Any]]:
    """The parts of a bar, each from where the one before ends."""
    parts: list[dict[str, Any]] = []
    start = 0.0
    for role, size in bar.parts:
        parts.append({"n": n, "start": start, "end": start + size, "colour": role.colour})
        start += size
    return parts


@dataclass(frozen=True, slots=True)
class Layout:
    """Where labels and rows go: on a wide screen the label is left of its row, on a narrow one above it."""

    across: int
    texts: tuple[str, ...]

    @property
    def narrow(self) -> bool:
        """Whether labels stand above."""
        return self.across <= NARROW

    @property
    def thick(self) -> int:
        """How high the bar of a row is."""
        return 12 if self.narrow else 16

    @property
    def below(self) -> int:
        """How far the bar is below the middle of its row."""
        return 9 if self.narrow else 0

    @property
    def plot(self) -> int:
        """Pixels for the bars themselves, with room at their end for a total."""
        longest = max((len(text) for text in self.shown), default=0)
        return self.across - (76 if self.narrow else 86 + min(230, 7 * longest))

    def y(self, field: str) -> alt.Y:
        """Rows one below the other; the labels are ours, so the axis has none."""
        rows = range(len(self.texts))
        return alt.Y(field, axis=None, sort=None, scale=alt.Scale(domain=[*rows], paddingInner=0, paddingOuter=0))

    @property
    def shown(self) -> list[str]:
        """The labels, short enough for their place."""
        return [shortened(text, 44 if self.narrow else 34) for text in self.texts]

    def labels(self) -> alt.Chart:
        """The label of each row."""
        data = values([{"n": n, "label": text} for n, text in enumerate(self.shown)])
        chart = alt.Chart(data).encode(x=alt.value(0), y=self.y("n:O"), text="label:N")
        if self.narrow:
            placed: alt.Chart = chart.mark_text(align="left", dx=0, dy=-8, limit=NARROW - 4)
        else:
            placed = chart.mark_text(align="right", dx=-10, limit=230)
        return placed

    def sized(self, *layers: alt.Chart) -> Spec:
        """The layers as one chart, at its size."""
        return (
            alt.layer(*layers)
            .properties(width=self.plot, height=len(self.texts) * (42 if self.narrow else 28))
            .to_dict()
        )


def values(rows: list[dict[str, Any]]) -> alt.InlineData:
    """Rows as data of a chart."""
    return alt.InlineData(values=rows)
