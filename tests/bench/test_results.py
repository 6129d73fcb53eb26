"""What is measured again takes the place of what was measured before, and of nothing else."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import pytest
from bench.__main__ import PARTS
from bench.figures import goal, goals, percentile, table

from bench import results


def test_a_section_replaces_its_predecessor_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PATH", tmp_path / "RESULTS.md")

    results.write("journal", "## The journal\n\nfirst\n", "on a machine")
    results.write("points", "## The points\n\nkept\n", "on a machine")
    results.write("journal", "## The journal\n\nsecond\n", "on a machine")

    text = results.PATH.read_text()
    assert [text.count(word) for word in ("first", "second", "kept", "# Measured\n")] == [0, 1, 1, 1]
    assert text.index("kept") < text.index("second")


def test_a_section_is_kept_of_every_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PATH", tmp_path / "RESULTS.md")
    assert set(results.ORDER) == set(PARTS)
    for _ in range(2):  # what is there is read again
        for part in PARTS:
            results.write(part, f"## Of {part}\n\nmeasured\n", "on a machine")
    assert results.PATH.read_text().count("measured\n") == len(PARTS)


def test_percentiles() -> None:
    assert [percentile(range(1, 101), part) for part in (0, 0.5, 0.99, 1)] == [1, 51, 100, 100]
    assert isnan(percentile([], 0.5))


def test_a_goal_that_is_missed_says_so() -> None:
    text = goals([goal("rate", ">= 6", "5", 5 >= 6), goal("cpu", "<= 3", "2", 2 <= 3), goal("memory", "-", "-", None)])

    assert [line.rsplit("|", 2)[1].strip() for line in text.splitlines()[2:]] == ["**not met**", "met", "not measured"]


def test_a_table_is_aligned() -> None:
    assert table(("a", "b"), [("long", "1")]) == "| a    | b |\n|------|--:|\n| long | 1 |"
