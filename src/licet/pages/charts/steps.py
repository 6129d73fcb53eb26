"""How many, over time: a line for each meaning, level from one instant to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import altair as alt

from licet.pages.charts.bars import values
from licet.pages.charts.chart import QUIET, Draw, Spec
from licet.pages.charts.time_axis import extent
from licet.pages.number import count
from licet.pages.role import Role

HEIGHT = 76
"""Pixels for one meaning."""

MOST_FIGURES = 8
"""Levels up to which each has its figure beside it; with more, figures would cover each other."""


class Series(NamedTuple):
    """What is counted over time: its colour and symbol, what it is called, and how many from each instant on."""

    role: Role
    words: str
    sizes: tuple[int, ...]


def steps(instants: Sequence[datetime], series: Sequence[Series]) -> Draw:
    """One strip for each series that is not all nothing, over the same time; each has a scale of its own.

    The last level runs on to the edge.
    """
    time = extent(instants)
    places = [time.clamp(at) for at in instants]
    drawn = [each for each in series if any(each.sizes)]

    def draw(across: int) -> Spec:
        plot = across - 70
        axes = [time.axis(plot, labelled=each is drawn[-1]) for each in drawn]
        strips = [strip(each, [*places, time.end], x, plot) for each, x in zip(drawn, axes, strict=True)]
        return alt.vconcat(*strips, spacing=14).to_dict()

    return draw


def strip(series: Series, places: Sequence[int], x: alt.X, plot: int) -> alt.LayerChart:
    """One series: an area under steps, and figures where a level begins. The last place is the edge."""
    sizes = (*series.sizes, series.sizes[-1])
    points = [{"start": at, "size": size, "text": count(size)} for at, size in zip(places, sizes, strict=True)]
    most = max(sizes)
    y = alt.Y("size:Q", title=None, scale=alt.Scale(domain=[0, most * 1.3], nice=False), axis=axis(most))
    area = (
        alt.Chart(values(points))
        .mark_area(interpolate="step-after", color=series.role.colour, opacity=0.85)
        .encode(x=x, y=y)
    )
    figures = (
        alt.Chart(values(points[:-1] if len(points) <= MOST_FIGURES else []))
        .mark_text(align="left", dx=2, dy=-8, fontWeight="bold")
        .encode(x=x, y=y, text="text:N")
    )
    said = f"{series.role.symbol} {series.words}"
    title = alt.Title(said, anchor="start", frame="group", color=QUIET, fontSize=12, fontWeight="normal")
    made: alt.LayerChart = alt.LayerChart(layer=[area, figures], width=plot, height=HEIGHT, title=title)
    return made


def axis(most: int) -> alt.Axis:
    """Nothing and the most that there is."""
    return alt.Axis(values=[0, most], format="~s" if most > 99_999 else ",d")
