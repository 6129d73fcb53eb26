"""Times against clocks: a row for each clock, its starts as dots, and the limit of each as one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from licet.pages.blocks import Meaning
from licet.pages.charts.bars import MOST, Layout, values
from licet.pages.charts.chart import INK, Draw, Spec
from licet.pages.role import Role

FURTHEST = 4.0
"""Where the scale ends at the latest: what took longer stands there, with an arrow's direction in its place."""

KEY = (
    Meaning(Role.PROVED, "within the limit"),
    Meaning(Role.REFUTED, "past the limit"),
    Meaning(Role.UNKNOWN, "not done yet (hollow): it can only move to the right"),
)


@dataclass(frozen=True, slots=True)
class Dots:
    """A clock's starts: the time each took as a part of what was allowed, and whether it still runs."""

    label: str
    shares: tuple[tuple[float, bool], ...]


def dots(rows: Sequence[Dots]) -> Draw:
    """The clocks, the first on top, against their limit at 100 %."""
    shown = rows[:MOST]
    longest = max((share for each in shown for share, _ in each.shares), default=1.0)
    end = min(max(1.25, longest * 1.05), FURTHEST)

    def draw(across: int) -> Spec:
        layout = Layout(across, tuple(each.label for each in shown))
        x = alt.X(
            "x:Q",
            title="net time, in per cent of what the clock allows",
            scale=alt.Scale(domain=[0, end], nice=False, clamp=True),
            axis=alt.Axis(format=".0%", tickCount=4 if layout.narrow else 6, labelFlush=True),
        )
        y, colour = layout.y("n:O"), alt.Color("colour:N", scale=None)
        data = [place(n, share, lasts) for n, each in enumerate(shown) for share, lasts in each.shares]
        done = alt.Chart(values([each for each in data if not each["lasts"]])).encode(x=x, y=y, color=colour)
        open_ = alt.Chart(values([each for each in data if each["lasts"]])).encode(x=x, y=y, color=colour)
        limit = alt.Chart(values([{"x": 1.0}])).encode(x=x).mark_rule(color=INK, strokeWidth=2, strokeDash=[5, 3])
        look: dict[str, Any] = {"size": 46, "yOffset": layout.below}
        filled = done.mark_point(filled=True, opacity=0.75, **look)
        hollow = open_.mark_point(filled=False, strokeWidth=2, opacity=1, **look)
        return layout.sized(limit, filled, hollow, layout.labels())

    return draw


def place(n: int, share: float, lasts: bool) -> dict[str, Any]:
    """One dot."""
    role = Role.UNKNOWN if lasts and share <= 1 else Role.REFUTED if share > 1 else Role.PROVED
    return {"n": n, "x": min(share, FURTHEST), "colour": role.colour, "lasts": lasts}
