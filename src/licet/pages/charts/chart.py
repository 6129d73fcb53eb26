"""The one way to chart: Vega-Lite, written by Altair, rendered to SVG by vl-convert, coloured by the stylesheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

from licet.pages.blocks import Meaning, Picture
from licet.pages.role import Role
from licet.pages.words import visible

WIDE, NARROW = 720, 340
"""Pixels across: for a page of prose, and for a telephone."""

VEGA_LITE = ".".join(alt.SCHEMA_VERSION.split(".")[:2])
"""The version that Altair writes; vl-convert carries several."""

MEASURED = "Liberation Sans"
"""The face in which text is measured: vl-convert carries it, so a chart is the same on every machine. Readers see their
own system's face, by the stylesheet."""

INK, QUIET, LINE = "var(--ink)", "var(--quiet)", "var(--line)"

Spec = dict[str, Any]
"""A chart in Vega-Lite."""

Draw = Callable[[int], Spec]
"""A chart for so many pixels across."""

CONFIG: dict[str, Any] = {
    "aria": False,
    "background": None,
    "font": MEASURED,
    "padding": 2,
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "grid": True,
        "gridColor": LINE,
        "labelColor": QUIET,
        "labelFontSize": 12,
        "labelPadding": 6,
        "titleColor": QUIET,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
    },
    "text": {"color": INK, "fontSize": 13},
}


def picture(name: str, caption: str, words: str, draw: Draw, *, key: tuple[Role | Meaning, ...], table: str) -> Picture:
    """A chart with the same in words. `table` is the anchor of the table that has its numbers."""
    return Picture(name, caption, words, svg(draw(WIDE), words), svg(draw(NARROW), words), key, table)


def svg(chart: Spec, words: str) -> Markup:
    """A chart as one inline SVG, with `words` as its text alternative. Nothing is loaded for it from anywhere."""
    drawn = vl_convert.vegalite_to_svg(
        chart, vl_version=VEGA_LITE, config=CONFIG, show_warnings=False, allowed_base_urls=[]
    )
    return dressed(drawn, words)


NOT_FOR_READERS = re.compile(r' (?:role|aria-[a-z]+|class|pointer-events|font-family)="[^"]*"')


def plain(drawn: str) -> str:
    """The shapes without the roles that Vega gives them: the picture is read as one, by its text alternative.

    Within an SVG that is escaped, `<` only begins a tag.
    """
    return re.sub(r"<[a-z][^<>]*>", lambda tag: NOT_FOR_READERS.sub("", tag[0]), drawn)


def dressed(drawn: str, words: str) -> Markup:
    """An SVG as it stands in a page: its root says what it is to a screen reader, and scales with the page.

    `drawn` is trusted to be escaped: it is vl-convert's, and the tests hold it to that.
    """
    root = re.match(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)" viewBox="([-\d. ]+)">', drawn)
    assert root is not None, "vl-convert writes the root of an SVG in another way"
    head = Markup('<svg class="chart" role="img" aria-label="{}" viewBox="{}" width="{}" height="{}">')
    return head.format(visible(words), root[3], root[1], root[2]) + Markup(plain(drawn[root.end() :]))  # noqa: S704 (see above)
