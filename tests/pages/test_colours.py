"""The colours: seen by everybody on both backgrounds, and told apart by those who see fewer of them."""

from __future__ import annotations

import re
from itertools import combinations
from math import cbrt, dist
from pathlib import Path

import pytest

from licet.pages.charts.bars import MOST
from licet.pages.look import STYLE
from licet.pages.role import Role

Linear = tuple[float, float, float]
MEANINGS = ("loses", "substituted", "gains", "unchanged", "unknown")
TOLD_APART = 0.12
"""Least distance in Oklab between two meanings; 0.02 is about the least that is noticed."""

SEEN = {
    "as most see": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
"""Machado, Oliveira and Fernandes 2009, severity 1.0, on linear sRGB."""


def palettes() -> dict[str, dict[str, str]]:
    """The colours for light and for dark, from the stylesheet."""
    light, dark = (block for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL) if "--paper" in block)
    return {
        name: dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block))
        for name, block in (("light", light), ("dark", dark))
    }


PALETTES = palettes()


def linear(colour: str) -> Linear:
    """A colour as linear sRGB (IEC 61966-2-1)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    low, high = sorted(
        sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True)) for c in (one, other)
    )
    return (high + 0.05) / (low + 0.05)


def oklab(colour: Linear) -> Linear:
    """Where a colour is to the eye (Ottosson 2020)."""
    red, green, blue = colour
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short,
    )


def seen(colour: str, by: str) -> Linear:
    """A colour as somebody sees it."""
    light = linear(colour)
    red, green, blue = (min(1, max(0, sum(a * b for a, b in zip(row, light, strict=True)))) for row in SEEN[by])
    return red, green, blue


def test_both_palettes_have_every_colour() -> None:
    assert (
        PALETTES["light"].keys()
        == PALETTES["dark"].keys()
        >= {*Role, "paper", "raised", "ink", "quiet", "link", "focus"}
    )


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_text_and_shapes_stand_out(palette: dict[str, str], ground: str) -> None:
    for name in ("ink", "quiet", "link"):  # WCAG 2.2, 1.4.3: text
        assert contrast(palette[name], palette[ground]) >= 4.5, name
    for name in (*Role, "focus"):  # 1.4.11: what is not text
        assert contrast(palette[name], palette[ground]) >= 3, name


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("by", SEEN)
def test_meanings_are_told_apart(palette: dict[str, str], by: str) -> None:
    for one, other in combinations(MEANINGS, 2):
        assert dist(oklab(seen(palette[one], by)), oklab(seen(palette[other], by))) >= TOLD_APART, (one, other)
    assert dist(oklab(seen(palette["proved"], by)), oklab(seen(palette["refuted"], by))) >= TOLD_APART


def test_no_meaning_is_told_by_colour_alone() -> None:
    assert len({role.symbol for role in Role}) == len({role.words for role in Role}) == len(Role)


def test_the_specification_has_every_symbol_and_limit() -> None:
    text = (Path(__file__).parents[2] / "spec" / "pages.md").read_text(encoding="utf-8")
    for role in Role:
        assert re.search(rf"^\| {role.value}\b.* \| {re.escape(role.symbol)} \|$", text, re.MULTILINE), role
    assert f"at most {MOST} bars" in text
