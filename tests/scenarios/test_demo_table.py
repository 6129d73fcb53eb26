"""The demonstration's table: readable at two widths, and every cell that differs is named."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from licet.app.demo.callers import Answer, Ended
from licet.app.demo.scenario import SHEETS, Place, read_scenario
from licet.app.demo.table import Played, differences, legend, result
from licet.wire.documents import SourceFile, read_files

FOLDER = Path(__file__).parents[2] / "scenarios" / "june-2026"
SCENARIO = read_scenario(FOLDER)
INSTRUMENTS = read_files(
    [SourceFile(name, (FOLDER / name).read_bytes(), lambda other: (FOLDER / other).read_bytes()) for name in SHEETS]
).documents.instruments


def as_expected() -> Played:
    places = [place for instant in range(len(SCENARIO.instants)) for place in SCENARIO.places(instant)]
    answers = {place: answer(place) for place in places}
    return Played(
        answers, {name: Ended(end.how, end.instruments, 9, "") for name, end in SCENARIO.streams.ends.items()}
    )


def answer(place: Place) -> Answer:
    expected = SCENARIO.expected(place)
    return Answer(expected.outcome, expected.served, tuple(sorted(expected.instruments)), 200, (), "")


def printed(played: Played, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO())
    console.print(result(SCENARIO, INSTRUMENTS, played, width))
    for line in legend(SCENARIO, INSTRUMENTS):
        console.print(line)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def cells(lines: list[str], who: str) -> list[list[str]]:
    return [line.split(who)[1].split() for line in lines if who in line]


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_shortened(width: int) -> None:
    lines = printed(as_expected(), width)
    assert not [line for line in lines if "…" in line or len(line) > width]
    for caller in SCENARIO.callers.values():
        assert sum(caller.who in line for line in lines) == 2  # opus-4.8 is one row for everybody
    assert sum("all 7 callers" in line for line in lines) == 1


def test_the_story_of_the_staff_is_one_line() -> None:
    fable, mythos = cells(printed(as_expected(), 80), "Developer's foreign staff")
    assert fable == ["●", "●", "◐", "A", "◐", "A", "●", "●"]
    assert mythos == ["●", "●", "✕", "A", "●", "B", "●", "●"]


def test_the_stream_is_cut_in_its_own_column() -> None:
    fable, _ = cells(printed(as_expected(), 120), "Foreign national abroad")
    assert " ".join(fable).startswith("● served ● served ✂ cut A ◐ opus-4.8 A")


def test_as_expected_is_no_difference() -> None:
    assert differences(SCENARIO, as_expected()) == []


def test_another_model_is_a_difference_that_names_its_cell() -> None:
    played = as_expected()
    place = Place("fable-5", "imre", 2)
    answers = {**played.answers, place: Answer("serve", "fable-5", ("dev-fable-5-2026-06-09",), 200, (), "")}
    (found,) = differences(SCENARIO, played._replace(answers=answers))
    assert found == (
        "12 Jun 19:00, imre asking fable-5: expected substitute opus-4.8 by dev-opus-4.8, us-doc-2026-06-12, "
        "got serve fable-5 by dev-fable-5-2026-06-09"
    )
    assert "● served ≠" in "\n".join(printed(played._replace(answers=answers), 120))


def test_the_same_outcome_by_another_instrument_is_a_difference() -> None:
    played = as_expected()
    place = Place("mythos-5", "jean", 2)
    answers = {**played.answers, place: Answer("refuse", None, (), 451, (), "")}
    (found,) = differences(SCENARIO, played._replace(answers=answers))
    assert found.endswith("expected refuse by us-doc-2026-06-12, got refuse by no instrument")


def test_a_stream_that_was_not_cut_or_never_came_is_a_difference() -> None:
    played = as_expected()
    ends = {"jean": Ended("done", (), 320, "")}
    found = differences(SCENARIO, played._replace(ends=ends))
    assert [line.split(":")[0] for line in found] == [
        "the stream of jean from fable-5",
        "the stream of ada from fable-5",
    ]


def test_a_missing_answer_is_a_difference() -> None:
    played = as_expected()
    answers = {place: seen for place, seen in played.answers.items() if place != Place("opus-4.8", "kim", 5)}
    (found,) = differences(SCENARIO, played._replace(answers=answers))
    assert found == "1 Jul 12:00, kim asking opus-4.8: nothing was seen"
