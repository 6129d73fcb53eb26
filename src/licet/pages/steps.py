"""How many, over time: a line for each meaning, level from one instant to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import altair as alt

from licet.pages.bars import values
from licet.pages.chart import NARROW, Draw, Spec
from licet.pages.number import count
from licet.pages.role import Role
from licet.pages.time_axis import Extent, extent

DASHES: dict[Role, list[int]] = {Role.LOSES: [1, 0], Role.SUBSTITUTED: [7, 3], Role.GAINS: [2, 3]}


@dataclass(frozen=True, slots=True)
class Level:
    """From `at` on, so many of each meaning."""

    at: datetime
    counts: tuple[tuple[Role, int], ...]


def steps(levels: Sequence[Level], unit: str) -> Draw:
    """The lines; a dot where a level begins. The last level runs on to the edge."""
    time = extent(level.at for level in levels)
    roles = [role for role, _ in levels[0].counts]
    most = max(size for level in levels for _, size in level.counts) or 1

    def draw(across: int) -> Spec:
        plot = across - (88 if across <= NARROW else 120)
        y = alt.Y(
            "size:Q",
            title=unit,
            scale=alt.Scale(domain=[0, most], nice=True),
            axis=alt.Axis(tickCount=4, tickMinStep=1, format="~s" if most > 99_999 else ",d"),
        )
        layers = [layer for role in roles for layer in line(role, levels, time, plot, y)]
        return alt.layer(*layers).properties(width=plot, height=220).to_dict()

    return draw


def line(role: Role, levels: Sequence[Level], time: Extent, plot: int, y: alt.Y) -> list[alt.Chart]:
    """One meaning: its line, its dots, and its last figure at the edge."""
    points: list[dict[str, Any]] = [
        {"start": time.clamp(level.at), "size": dict(level.counts)[role]} for level in levels
    ]
    if not any(point["size"] for point in points):
        return []
    last = points[-1] | {"start": time.end}
    x = time.axis(plot)
    path = (
        alt.Chart(values([*points, last]))
        .mark_line(interpolate="step-after", strokeWidth=2.5, strokeDash=DASHES.get(role, [1, 0]), color=role.colour)
        .encode(x=x, y=y)
    )
    dots = alt.Chart(values(points)).mark_circle(size=48, opacity=1, color=role.colour).encode(x=x, y=y)
    edge = (
        alt.Chart(values([last | {"text": f"{role.symbol} {count(last['size'])}"}]))
        .mark_text(align="left", dx=6, fontWeight="bold", fill=role.colour)
        .encode(x=x, y=y, text="text:N")
    )
    return [path, dots, edge]
