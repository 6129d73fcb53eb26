"""Wholes divided into shares: pairs of bars below each other, before and after, of each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from licet.pages.charts.bars import values
from licet.pages.charts.chart import NARROW, QUIET, Draw, Spec
from licet.pages.charts.forest import PER_CENT, pixel
from licet.pages.role import Role


@dataclass(frozen=True, slots=True)
class Whole:
    """One bar: what it is of, and the shares of each meaning, which make 1; `said` is written beside it."""

    label: str
    parts: tuple[tuple[Role, float], ...]
    said: str


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that belong together, under a name."""

    name: str
    wholes: tuple[Whole, ...]


HEAD, STEP, GAP = 24, 24, 14
"""Pixels of the name of a group, of a bar, and between groups."""


def divided(groups: Sequence[Group], title: str) -> Draw:
    """The groups, the first on top."""

    def draw(across: int) -> Spec:
        narrow = across <= NARROW
        plot = across - (84 if narrow else 230)
        heads, bars, texts, height = laid(groups)
        x = alt.X(
            "start:Q",
            title=title,
            scale=alt.Scale(domain=[0, 1], nice=False),
            axis=alt.Axis(labelExpr=PER_CENT, tickCount=2 if narrow else 5, labelFlush=True),
        )
        colour = alt.Color("colour:N", scale=None)
        drawn = alt.Chart(values(bars)).encode(x=x, x2="end:Q", y=pixel("y"), y2="to:Q", color=colour)
        named = alt.Chart(values(heads)).encode(x=alt.value(-60), y=pixel("y"), text="name:N")
        labels = alt.Chart(values(texts)).encode(x=alt.value(-60), y=pixel("y"), text="label:N")
        layers = [
            drawn.mark_bar(stroke="var(--paper)", strokeWidth=1),
            named.mark_text(align="left", baseline="middle", fontWeight="bold", fontSize=13),
            labels.mark_text(align="left", baseline="middle", fontSize=12),
        ]
        if not narrow:
            figures = alt.Chart(values(texts)).encode(x=alt.value(plot), y=pixel("y"), text="said:N")
            layers.append(figures.mark_text(align="left", dx=12, baseline="middle", fontSize=12, color=QUIET))
        made: Spec = alt.layer(*layers).properties(width=plot, height=height).to_dict()
        return made

    return draw


def laid(groups: Sequence[Group]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], int]:
    """Names, bars and labels at their heights, and the height of all."""
    heads: list[dict[str, Any]] = []
    bars: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    top = 0
    for group in groups:
        heads.append({"name": group.name, "y": top + HEAD / 2})
        top += HEAD
        for whole in group.wholes:
            bars += stacked(whole, top)
            texts.append({"label": whole.label, "said": whole.said, "y": top + STEP / 2})
            top += STEP
        top += GAP
    return heads, bars, texts, top


def stacked(whole: Whole, top: int) -> list[dict[str, Any]]:
    """The parts of a bar, each from where the one before ends."""
    parts: list[dict[str, Any]] = []
    start = 0.0
    for role, size in whole.parts:
        end = min(start + size, 1.0)
        parts.append({"start": start, "end": end, "y": top + 4, "to": top + STEP - 4, "colour": role.colour})
        start = end
    return parts
