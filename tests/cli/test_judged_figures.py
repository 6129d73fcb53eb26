"""Judgements on a terminal: plots in characters, and tables that fit."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from tests.judged import ALL, INSUFFICIENT, THRESHOLD, kept, rate

from licet.cli.judging.judged_blocks import blocks_of
from licet.cli.judging.plot import WIDTH, drawn, header, scale_of
from licet.cli.terminal.blocks import Grid, Tone
from licet.cli.terminal.screen import Plain, rich_table
from licet.core.evidence.estimate import Sides


def test_an_interval_is_drawn_on_its_scale_with_the_line() -> None:
    found = drawn(rate(50, 100), 1.0, (0.05,))
    assert len(found) == WIDTH
    assert found.count("■") == found.count("├") == found.count("┤") == found.count("╎") == 1
    assert found.index("╎") < found.index("├") < found.index("■") < found.index("┤")
    assert drawn(rate(3, 100), 1.0, (0.05,)).startswith("├■")


def test_an_end_that_is_no_bound_is_open() -> None:
    assert drawn(rate(0, 59, sides=Sides.UPPER), 0.1).startswith("■──")
    assert "├" not in drawn(rate(5, 59, sides=Sides.UPPER), 0.2)
    assert "┤" not in drawn(rate(50, 59, sides=Sides.LOWER), 1.0)
    assert drawn(rate(50, 59, sides=Sides.LOWER), 1.0).endswith("─")


def test_the_scale_reaches_as_far_as_it_takes() -> None:
    assert scale_of([rate(0, 59, sides=Sides.UPPER)]) == 0.05
    assert scale_of([rate(0, 59, sides=Sides.UPPER)], [0.2]) == 0.2
    assert scale_of([rate(8, 8)]) == 1.0
    assert scale_of([]) == 0.01
    assert header(0.2).startswith("0·")
    assert header(0.2).endswith("·20%")
    assert len(header(1.0)) == WIDTH


@pytest.mark.parametrize("judgement", ALL, ids=lambda each: each.subject)
@pytest.mark.parametrize("width", [80, 100])
def test_no_table_breaks_a_plot(judgement: Any, width: int) -> None:
    for block in blocks_of(kept(judgement)):
        if isinstance(block, Grid) and any("·" in name for name in block.columns):
            stream = StringIO()
            Console(file=stream, width=width).print(rich_table(block.columns, block.rows, width))
            text = stream.getvalue()
            assert all(row[1].text in text for row in block.rows)
            assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("judgement", ALL, ids=lambda each: each.subject)
def test_in_a_pipe_everything_is_plain(judgement: Any) -> None:
    stream = StringIO()
    Plain(stream).show(blocks_of(kept(judgement)))
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith(f"{judgement.subject} on fable-5: ")
    assert lines[-1].startswith("judgement  sha256:")
    assert all(each.digest[:19] in stream.getvalue() for each in judgement.sources)
    assert "\x1b" not in stream.getvalue()


def test_what_is_missing_is_told_once() -> None:
    stream = StringIO()
    Plain(stream).show(blocks_of(kept(INSUFFICIENT)))
    assert stream.getvalue().count("were never run") == 1
    assert blocks_of(kept(INSUFFICIENT))[0].tone is Tone.WARN  # type: ignore[union-attr]
    assert blocks_of(kept(THRESHOLD))[0].tone is Tone.GOOD  # type: ignore[union-attr]
