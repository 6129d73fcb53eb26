"""The demonstration's table: readable at two widths, and every cell that differs is named."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from licet.app.demo.callers import Answer, Ended
from licet.app.demo.compare import Played, differences
from licet.app.demo.scenario import SHEETS, Place, read_scenario
from licet.app.demo.table import legend, result
from licet.core.decision import Outcome
from licet.wire.documents import SourceFile, read_files
from licet.wire.journal import DecisionRecord, EndRecord

FOLDER = Path(__file__).parents[2] / "scenarios" / "june-2026"
SCENARIO = read_scenario(FOLDER)
INSTRUMENTS = read_files(
    [SourceFile(name, (FOLDER / name).read_bytes(), lambda other: (FOLDER / other).read_bytes()) for name in SHEETS]
).documents.instruments


def as_expected() -> Played:
    places = [place for instant in range(len(SCENARIO.instants)) for place in SCENARIO.places(instant)]
    ends = {
        name: Ended(end.how, end.instruments, f"stream of {name}", 9, "") for name, end in SCENARIO.streams.ends.items()
    }
    ended = {
        end.decision: EndRecord(
            id=end.decision, at=SCENARIO.streams.at, how=SCENARIO.streams.ends[name].how, instruments=end.told
        )
        for name, end in ends.items()
    }
    decisions = {str(place): record(place) for place in places}
    return Played({place: answer(place) for place in places}, ends, decisions, ended)


def answer(place: Place) -> Answer:
    expected = SCENARIO.expected(place)
    orders = [name for name in expected.instruments if name.startswith("us-doc")]
    told = tuple(orders) if expected.outcome != "serve" else ()
    return Answer(expected.outcome, expected.served, told, str(place), 200, (), "")


def record(place: Place) -> DecisionRecord:
    expected = SCENARIO.expected(place)
    return DecisionRecord(
        id=str(place),
        at=SCENARIO.instants[place.instant].at,
        key="aaaaaaaa",
        subject="pseudonym",
        api="openai",
        endpoint="/v1/chat/completions",
        operation="use",
        stream=False,
        requested=place.model,
        outcome=Outcome(expected.outcome),
        served=expected.served,
        instruments=expected.instruments,
        unknown=expected.unknown,
        rulebook="sha256:test",
        epoch=1,
    )


def with_answer(played: Played, place: Place, **changes: Any) -> Played:
    return played._replace(answers={**played.answers, place: played.answers[place]._replace(**changes)})


def with_record(played: Played, place: Place, **changes: Any) -> Played:
    changed = msgspec.structs.replace(played.decisions[str(place)], **changes)
    return played._replace(decisions={**played.decisions, str(place): changed})


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
    played = with_answer(as_expected(), Place("fable-5", "imre", 2), outcome="serve", served="fable-5", told=())
    (found,) = differences(SCENARIO, played)
    assert found == (
        "12 Jun 18:51, imre asking fable-5: expected substitute opus-4.8 by dev-opus-4.8, us-doc-2026-06-12, "
        "got serve fable-5 by nothing"
    )
    assert "● served A ≠" in "\n".join(printed(played, 120))


PLACE = Place("mythos-5", "kim", 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"instruments": ()}, "got refuse by nothing"),
        ({"unknown": ("lpr",)}, "to matter and be unknown, got lpr"),
        (
            {"requested": "fable-5"},
            "the journal has refuse by us-doc-2026-06-12 of fable-5, the caller got refuse None",
        ),
        ({"outcome": Outcome.SERVE, "served": "mythos-5"}, "the journal has serve mythos-5 by us-doc-2026-06-12"),
    ],
)
def test_a_record_that_says_otherwise_is_a_difference(changes: dict[str, Any], message: str) -> None:
    (found,) = differences(SCENARIO, with_record(as_expected(), PLACE, **changes))
    assert message in found


def test_an_answer_without_a_record_is_a_difference() -> None:
    played = with_answer(as_expected(), PLACE, decision="w1-lost")
    (found,) = differences(SCENARIO, played)
    assert found == "12 Jun 18:51, kim asking mythos-5: the journal has no record of `w1-lost`"


@pytest.mark.parametrize("place", [PLACE, Place("fable-5", "kim", 2)])
def test_who_is_not_told_by_which_instrument_is_a_difference(place: Place) -> None:
    (found,) = differences(SCENARIO, with_answer(as_expected(), place, told=()))
    assert "the caller was told of nothing, the journal has" in found


def test_a_stream_that_was_not_cut_or_never_came_is_a_difference() -> None:
    played = as_expected()
    ends = {"jean": Ended("done", (), "stream of jean", 320, "")}
    found = differences(SCENARIO, played._replace(ends=ends))
    assert found == [
        "the stream of jean from fable-5: expected cut by us-doc-2026-06-12, got done by nothing ()",
        "the stream of ada from fable-5: nothing was seen",
    ]


def test_a_stream_that_the_journal_saw_end_otherwise_is_a_difference() -> None:
    found = differences(SCENARIO, as_expected()._replace(ended={}))
    assert [line.split(": ")[1][:20] for line in found] == ["the journal has None"] * 2


def test_a_missing_answer_is_a_difference() -> None:
    played = as_expected()
    answers = {place: seen for place, seen in played.answers.items() if place != Place("opus-4.8", "kim", 5)}
    (found,) = differences(SCENARIO, played._replace(answers=answers))
    assert found == "1 Jul 09:00, kim asking opus-4.8: nothing was seen"
