"""When something holds: one row for each thing, a bar from its beginning to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import altair as alt

from licet.pages.charts.bars import MOST, Layout, values
from licet.pages.charts.chart import Draw, Spec
from licet.pages.charts.time_axis import extent
from licet.pages.role import Role


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time `[start, end)` (None: no end) over which something with a meaning holds."""

    label: str
    role: Role
    start: datetime
    end: datetime | None


def spans(rows: Sequence[Stretch], since: datetime) -> Draw:
    """The stretches, the first on top. One without an end runs to the edge and has an arrow there."""
    shown = rows[:MOST]
    time = extent([since, *(each.start for each in shown), *(each.end for each in shown if each.end is not None)])

    def draw(across: int) -> Spec:
        layout = Layout(across, tuple(each.label for each in shown))
        rowed = [
            {"n": n, "start": time.clamp(each.start), "end": time.clamp(each.end), "colour": each.role.colour}
            for n, each in enumerate(shown)
        ]
        open_ended = [row | {"start": time.end} for row, each in zip(rowed, shown, strict=True) if each.end is None]
        y, colour = layout.y("n:O"), alt.Color("colour:N", scale=None)
        x = time.axis(layout.plot)
        drawn = (
            alt.Chart(values(rowed))
            .mark_bar(height=layout.thick, yOffset=layout.below)
            .encode(x=x, x2="end:Q", y=y, color=colour)
        )
        arrows = (
            alt.Chart(values(open_ended))
            .mark_text(align="left", dx=4, yOffset=layout.below, fontWeight="bold", text="→")
            .encode(x=x, y=y, color=colour)
        )
        return layout.sized(drawn, arrows, layout.labels())

    return draw
