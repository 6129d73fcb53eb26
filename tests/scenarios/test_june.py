"""The June 2026 cycle: the reference interpreter and the compiled points give exactly the expected table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licet.adapters.store_memory import MemoryStore
from licet.app.demo.scenario import PEOPLE, SHEETS, Expected, Place, Scenario, ScenarioRejectedError, read_scenario
from licet.core.decision import Decision, Request, decide
from licet.core.facts import Value
from licet.core.rulebook import Rulebook
from licet.engines.points import compile_points
from licet.services.subjects import facts_at, import_people
from licet.wire.documents import SourceFile, read_files
from licet.wire.people import read_people

IMPORTED = datetime(2026, 6, 8, tzinfo=UTC)
FOLDER = Path(__file__).parents[2] / "scenarios" / "june-2026"


def rulebook() -> Rulebook:
    def read_list(name: str) -> bytes:
        return (FOLDER / name).read_bytes()

    files = [SourceFile(name, (FOLDER / name).read_bytes(), read_list) for name in SHEETS]
    return read_files(files).rulebook(1)


def people(book: Rulebook) -> dict[str, dict[str, Value]]:
    """Everybody's facts, as they are after an import."""
    store = MemoryStore()
    with (FOLDER / PEOPLE).open("rb") as lines:
        import_people(store, read_people(lines, book.facts, file=PEOPLE), file=PEOPLE, actor="test", now=IMPORTED)
    return {record.id: facts_at(record, book.facts, (), {}, IMPORTED) for record in store.subjects()}


BOOK = rulebook()
PEOPLE_OF = people(BOOK)
SCENARIO = read_scenario(FOLDER)
PLACES = [place for instant in range(len(SCENARIO.instants)) for place in SCENARIO.places(instant)]


def request(place: Place, scenario: Scenario = SCENARIO) -> Request:
    return Request(PEOPLE_OF[place.caller], place.model, "use", scenario.instants[place.instant].at)


def as_expected(decision: Decision) -> Expected:
    return Expected(decision.outcome.value, decision.instruments, decision.served, decision.unknown)


def wanted(place: Place) -> Expected:
    expected = SCENARIO.expected(place)
    return Expected(
        expected.outcome, tuple(sorted(expected.instruments)), expected.served, tuple(sorted(expected.unknown))
    )


def test_every_cell_is_there() -> None:
    assert len(PLACES) == 7 * 3 * 6
    assert set(SCENARIO.cells) == set(BOOK.catalogue.models)
    assert set(SCENARIO.callers) == set(PEOPLE_OF)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.instant}-{place.caller}-{place.model}")
def test_the_reference_gives_the_expected_cell(place: Place) -> None:
    assert as_expected(decide(BOOK, request(place))) == wanted(place)


def test_the_points_give_the_expected_cells() -> None:
    for place in PLACES:
        asked = request(place)
        points = compile_points(BOOK, asked.at)
        decision = points.decide(points.vector(asked.facts), asked.model, asked.operation, asked.at)
        assert as_expected(decision) == wanted(place), place


def test_the_order_takes_effect_to_the_second() -> None:
    order = BOOK.instrument("us-doc-2026-06-12")
    assert order is not None
    before = Request(PEOPLE_OF["jean"], "fable-5", "use", order.from_ - timedelta(microseconds=1))
    assert decide(BOOK, before).served == "fable-5"
    assert decide(BOOK, before._replace(at=order.from_)).served == "opus-4.8"


def test_the_streams_end_as_the_rulebook_says() -> None:
    streams = SCENARIO.streams
    boundary = BOOK.interval(streams.at)[1]
    assert boundary is not None and boundary - streams.at == timedelta(seconds=2)
    for caller, end in streams.ends.items():
        asked = Request(PEOPLE_OF[caller], streams.model, "use", streams.at)
        assert decide(BOOK, asked).served == streams.model
        afterwards = decide(BOOK, asked._replace(at=boundary))
        still = afterwards.served == streams.model
        assert end.how == ("done" if still else "cut"), caller
        assert end.instruments == (() if still else afterwards.verdicts[0].forbidden_by), caller


def test_a_lost_cell_is_an_error(tmp_path: Path) -> None:
    text = (FOLDER / "expected.yaml").read_text()
    (tmp_path / "expected.yaml").write_text(text.replace("opus,    opus]", "opus]", 1))
    with pytest.raises(ScenarioRejectedError, match="one known answer an instant"):
        read_scenario(tmp_path)


@pytest.mark.parametrize("text", ["callers: [", "callers: {}\n", "- 1\n", "callers: {}\nnonsense: 1\n"])
def test_expectations_that_are_none_are_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "expected.yaml").write_text(text)
    with pytest.raises(ScenarioRejectedError, match=r"expected\.yaml"):
        read_scenario(tmp_path)


def test_another_order_gives_another_table() -> None:
    """The table is sensitive: an order that spares the staff, or one second of delay, changes some answer."""
    order = BOOK.instrument("us-doc-2026-06-12")
    assert order is not None
    late = replace(order, from_=SCENARIO.instants[2].at + timedelta(seconds=1))
    others = tuple(each for each in BOOK.instruments if each is not order)
    book = Rulebook(BOOK.facts, BOOK.catalogue, BOOK.definitions, (*others, late), "sha256:other")
    changed = [place for place in PLACES if as_expected(decide(book, request(place))) != wanted(place)]
    assert {place.instant for place in changed} == {2}
    assert {place.caller for place in changed} == {"jean", "kim", "imre", "mei"}
