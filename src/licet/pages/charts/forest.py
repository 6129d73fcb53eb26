"""Forest plots: estimates with their intervals below each other, and the lines that they are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from licet.pages.charts.bars import values
from licet.pages.charts.chart import INK, LINE, NARROW, QUIET, Draw, Spec
from licet.pages.role import Role
from licet.pages.words import shortened

HALO: dict[str, Any] = {"stroke": "var(--paper)", "strokeWidth": 4, "strokeJoin": "round", "color": "var(--paper)"}
"""How a text stands out from the lines behind it: the same text below it, as thick as this, in the paper's colour."""

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Ends of a scale."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One estimate: its label, the value, its interval, what is written beside it, and the meaning of its colour.

    `value` is None where nothing within the interval is likelier than the rest. `open_low` and `open_high`: the
    interval ends there because the scale does, so that is no bound. `steps` are the only values that there can be.
    """

    label: str
    value: float | None
    low: float
    high: float
    said: str
    role: Role | None = None
    open_low: bool = False
    open_high: bool = False
    steps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A line across all rows, at a value, with its name."""

    name: str
    at: float
    role: Role


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the axis with its name, from `low` to `high`; `shaded` or left as the paper is."""

    name: str
    low: float
    high: float
    shaded: bool = True


@dataclass(frozen=True, slots=True)
class Scale:
    """The extent of the horizontal axis; how its figures are written (an expression of Vega's); and its title."""

    low: float
    high: float
    written: str
    title: str

    def places(self, across: int) -> float:
        """How many pixels a unit has."""
        return across / (self.high - self.low)


PER_CENT = "datum.value == 0 ? '0' : format(datum.value, '.1~%')"
POINTS = "datum.value == 0 ? '0' : format(100 * datum.value, '+.1~f')"
PLAIN = "format(datum.value, '~')"


def shares(spots: Sequence[Spot], limits: Sequence[Limit], title: str) -> Scale:
    """The scale of rates: from 0 to as far as it takes, for rates near 0 are what matters."""
    ends = [each.value or 0 if each.open_high else each.high for each in spots]
    return Scale(0.0, rounded(max([0.0, *ends, *(each.at for each in limits)])), PER_CENT, title)


def differences(spots: Sequence[Spot], margin: float, title: str) -> Scale:
    """The scale of differences: 0 and the margin are always on it."""
    low = rounded(max([margin, *(-each.low for each in spots)]))
    high = rounded(max([margin, *(each.high for each in spots)]))
    return Scale(-max(low, high / 5), max(high, low / 5), POINTS, title)


def rounded(most: float) -> float:
    """The end of a scale that reaches so far."""
    return next((step for step in STEPS if most <= step), 1.0)


def forest(spots: Sequence[Spot], scale: Scale, limits: Sequence[Limit] = (), bands: Sequence[Band] = ()) -> Draw:
    """The estimates, the first on top, over the bands and behind the lines."""

    def draw(across: int) -> Spec:
        rows = Rows(across, tuple(spots), scale, len(limits) + (1 if bands else 0))
        ground, *names = rows.grounds(bands)
        layers = [ground, *rows.limits(limits), *names, rows.steps(), *rows.intervals(), rows.points()]
        drawn: Spec = alt.layer(*layers, *rows.texts()).properties(width=rows.plot, height=rows.height).to_dict()
        return drawn

    return draw


@dataclass(frozen=True, slots=True)
class Rows:
    """Where everything goes: on a narrow screen labels and figures stand above their row."""

    across: int
    spots: tuple[Spot, ...]
    scale: Scale
    lines: int

    @property
    def narrow(self) -> bool:
        """Whether labels stand above."""
        return self.across <= NARROW

    @property
    def head(self) -> int:
        """Pixels above the first row, for the names of the lines."""
        return 16 * self.lines + 6 if self.lines else 4

    @property
    def step(self) -> int:
        """Pixels from row to row."""
        return 46 if self.narrow else 30

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.head + self.step * len(self.spots)

    @property
    def plot(self) -> int:
        """Pixels for the axis."""
        if self.narrow:
            return self.across - 36
        longest = max((len(shortened(each.label, 34)) for each in self.spots), default=0)
        figures = max((len(each.said) for each in self.spots), default=0)
        return self.across - min(230, 7 * longest + 14) - min(230, 6 * figures + 26)

    def middle(self, n: int) -> float:
        """The height at which a row's interval is."""
        return self.head + self.step * (n + (0.72 if self.narrow else 0.5))

    @property
    def x(self) -> alt.X:
        """The axis."""
        return alt.X(
            "x:Q",
            title=self.scale.title,
            scale=alt.Scale(domain=[self.scale.low, self.scale.high], nice=False, clamp=True),
            axis=alt.Axis(labelExpr=self.scale.written, tickCount=3 if self.narrow else 5, labelFlush=True),
        )

    def grounds(self, bands: Sequence[Band]) -> list[alt.Chart]:
        """The bands, with their names below those of the lines."""
        rows = [
            {"x": each.low, "to": each.high, "mid": (each.low + each.high) / 2, "name": each.name}
            | {"y": self.head, "end": self.height, "top": self.head - 10, "opacity": 0.55 if each.shaded else 0}
            for each in bands
        ]
        shown = alt.Opacity("opacity:Q", scale=None)
        drawn = alt.Chart(values(rows)).encode(x=self.x, x2="to:Q", y=pixel("y"), y2="end:Q", opacity=shown)
        named = alt.Chart(values(rows)).encode(x=self.across_to("mid"), y=pixel("top"), text="name:N")
        style: dict[str, Any] = {"fontSize": 10 if self.narrow else 12, "baseline": "middle"}
        return [drawn.mark_rect(color=LINE), named.mark_text(**style, **HALO), named.mark_text(**style, color=QUIET)]

    def limits(self, limits: Sequence[Limit]) -> list[alt.Chart]:
        """The lines, each with its name at its top, on the side where there is more room."""
        rows: list[dict[str, Any]] = []
        for n, each in enumerate(sorted(limits, key=lambda limit: limit.at)):
            left = (each.at - self.scale.low) * self.scale.places(self.plot) < self.plot / 2
            place = {"x": each.at, "y": 16 * n + 8, "end": self.height}
            rows.append({**place, "name": each.name, "colour": each.role.colour, "left": left})
        colour = alt.Color("colour:N", scale=None)
        rules = alt.Chart(values(rows)).encode(x=self.x, y=pixel("y"), y2="end:Q", color=colour)
        drawn = [rules.mark_rule(strokeWidth=2, strokeDash=[5, 3])]
        for left, align, dx in ((True, "left", 6), (False, "right", -6)):
            data = values([row for row in rows if row["left"] is left])
            named = alt.Chart(data).encode(x=self.x, y=pixel("y"), text="name:N")
            style: dict[str, Any] = {
                "align": align,
                "dx": dx,
                "fontSize": 12,
                "fontWeight": "bold",
                "baseline": "middle",
            }
            drawn += [named.mark_text(**style, **HALO), named.mark_text(**style).encode(color=colour)]
        return drawn

    def steps(self) -> alt.Chart:
        """The only values that there can be, where there are only some."""
        rows = [{"x": at, "y": self.middle(n)} for n, each in enumerate(self.spots) for at in each.steps]
        chart: alt.Chart = alt.Chart(values(rows)).mark_circle(size=34, color=QUIET, opacity=1)
        return chart.encode(x=self.x, y=pixel("y"))

    def across_to(self, field: str) -> alt.X:
        """The same axis, by another field."""
        return alt.X(f"{field}:Q", scale=alt.Scale(domain=[self.scale.low, self.scale.high], nice=False, clamp=True))

    def intervals(self) -> list[alt.Chart]:
        """The intervals, with a cap at each end that is a bound and an arrow where the scale ends."""
        bars, caps, arrows = [], [], []
        for n, each in enumerate(self.spots):
            middle, look = self.middle(n), {"colour": colour_of(each), "width": 8 if each.value is None else 2}
            bars.append({**look, "y": middle, "x": each.low, "to": each.high})
            for end, is_open, arrow in ((each.low, each.open_low, "◂"), (each.high, each.open_high, "▸")):
                if is_open:
                    arrows.append({**look, "y": middle, "x": end, "arrow": arrow})
                elif each.value is not None:
                    caps.append({**look, "x": end, "y": middle - 5, "end": middle + 5})
        colour, width = alt.Color("colour:N", scale=None), alt.StrokeWidth("width:Q", scale=None)
        across = alt.Chart(values(bars)).encode(x=self.x, x2="to:Q", y=pixel("y"), color=colour, strokeWidth=width)
        ends = alt.Chart(values(caps)).encode(x=self.x, y=pixel("y"), y2="end:Q", color=colour)
        tips = alt.Chart(values(arrows)).encode(x=self.x, y=pixel("y"), text="arrow:N", color=colour)
        tip = tips.mark_text(fontSize=12, baseline="middle")
        return [across.mark_rule(strokeCap="butt"), ends.mark_rule(strokeWidth=2), tip]

    def points(self) -> alt.Chart:
        """The estimates themselves."""
        rows = [
            {"x": each.value, "y": self.middle(n), "colour": colour_of(each)}
            for n, each in enumerate(self.spots)
            if each.value is not None
        ]
        chart: alt.Chart = alt.Chart(values(rows)).mark_square(size=95, opacity=1)
        return chart.encode(x=self.x, y=pixel("y"), color=alt.Color("colour:N", scale=None))

    def texts(self) -> list[alt.Chart]:
        """The label of each row, and its figures; on a narrow screen lines run behind them."""
        rise = 20 if self.narrow else 0
        rows = [
            {"y": self.middle(n) - rise, "label": shortened(each.label, 24 if self.narrow else 34), "said": each.said}
            for n, each in enumerate(self.spots)
        ]
        names = alt.Chart(values(rows)).encode(x=alt.value(0), y=pixel("y"), text="label:N")
        figures = alt.Chart(values(rows)).encode(x=alt.value(self.plot), y=pixel("y"), text="said:N")
        if not self.narrow:
            named = names.mark_text(align="right", dx=-12, baseline="middle", limit=230)
            return [named, figures.mark_text(align="left", dx=14, baseline="middle", fontSize=12, color=QUIET)]
        left: dict[str, Any] = {"align": "left", "baseline": "middle", "fontSize": 12, "limit": 0.58 * self.plot}
        right: dict[str, Any] = {"align": "right", "baseline": "middle", "fontSize": 11}
        halos = [names.mark_text(**left, **HALO), figures.mark_text(**right, **HALO)]
        return [*halos, names.mark_text(**left), figures.mark_text(**right, color=QUIET)]


def pixel(field: str) -> alt.Y:
    """A height that is given in pixels."""
    return alt.Y(f"{field}:Q", scale=None, axis=None)


def colour_of(spot: Spot) -> str:
    """The colour of its meaning, or that of text."""
    return INK if spot.role is None else spot.role.colour
