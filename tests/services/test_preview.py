"""Previews on the three June instruments, and what else a preview says: moments, requests, samples, organisations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from licet.adapters.population import open_population
from licet.adapters.store_memory import MemoryStore
from licet.core.change import Effect
from licet.core.conditions import AllOf, Attested, Not
from licet.core.decision import Outcome
from licet.core.instruments import Instrument, Order, Streams
from licet.core.preview import Preview
from licet.core.rulebook import Rulebook
from licet.services.population import Population, SubjectsOfStore
from licet.services.preview import Names, Scope, first_difference, preview
from licet.services.subjects import import_people
from licet.services.usage import Usage, usage
from licet.wire.documents import SourceFile, read_files
from licet.wire.journal import Damage, DecisionRecord, EndRecord, Entry
from licet.wire.people import read_people

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
ORDERED = datetime.fromisoformat("2026-06-12T18:51:00-04:00")
LICENSED = datetime.fromisoformat("2026-06-26T20:30:00-04:00")
LIFTED = datetime.fromisoformat("2026-06-30T20:00:00-04:00")
EARLIER = datetime(2026, 6, 12, 12, tzinfo=UTC)


def june() -> Rulebook:
    def read(name: str) -> bytes:
        return (JUNE / name).read_bytes()

    return read_files([SourceFile(name, read(name), read) for name in ("models.yaml", "instruments.yaml")]).rulebook(1)


AFTER = june()


def without(*names: str) -> Rulebook:
    return of(*(each for each in AFTER.instruments if each.name not in names))


def of(*instruments: Instrument) -> Rulebook:
    ordered = tuple(sorted(instruments, key=lambda each: each.name))
    digest = "sha256:" + "+".join(each.name for each in ordered)
    return Rulebook(AFTER.facts, AFTER.catalogue, AFTER.definitions, ordered, digest)


BEFORE = without("us-doc-2026-06-12")


@pytest.fixture(params=["store", "file"])
def people(request: pytest.FixtureRequest) -> Iterator[Population]:
    """The seven callers."""
    if request.param == "store":
        store = MemoryStore()
        with (JUNE / "people.csv").open("rb") as lines:
            import_people(store, read_people(lines, AFTER.facts, file="p"), file="p", actor="t", now=EARLIER)
        yield SubjectsOfStore(store, AFTER.facts, (), {}, ORDERED)
    else:
        population = open_population(JUNE / "people.csv", AFTER.facts, ORDERED)
        yield population
        population.close()


def asked(
    before: Rulebook, after: Rulebook, people: Population, at: datetime, *, now: datetime = EARLIER, **more: Any
) -> Preview:
    usage, names = more.pop("usage", None), more.pop("names", None)
    scope = Scope(at, **{"show": 9, "organisations": 9, **more})
    return preview(before, after, people, scope, now=now, stopwatch=lambda: 0.0, usage=usage, names=names)


def told(result: Preview) -> dict[tuple[str, str, tuple[str, ...]], tuple[str | None, str, tuple[str, ...]]]:
    return {
        (row.change.model, row.kind, row.sample): (row.change.becomes, row.change.effect.value, row.change.unknown)
        for row in result.rows
    }


def test_the_order_of_12_june(people: Population) -> None:
    """The table of the scenario's README: who loses what, and of whom it is only not known."""
    result = asked(BEFORE, AFTER, people, ORDERED)
    missing = ("lpr", "protected_individual", "us_citizen")
    assert told(result) == {
        ("fable-5", "person", ("imre", "jean", "mei")): ("opus-4.8", "loses", ()),
        ("fable-5", "person", ("kim",)): ("opus-4.8", "loses", missing),
        ("mythos-5", "person", ("imre", "mei")): (None, "loses", ()),
    }
    assert all(row.change.by == ("us-doc-2026-06-12",) for row in result.rows)
    assert all(row.streams == row.subjects for row in result.rows)
    assert (result.accounts, result.kinds) == (7, (("person", 6), ("workload", 1)))
    assert result.models == ("fable-5", "mythos-5")
    assert result.journal_days is None
    organisations = {(each.org, each.change.model): each.subjects for each in result.organisations}
    assert organisations == {
        ("developer.example", "fable-5"): 1,
        ("developer.example", "mythos-5"): 1,
        ("harbour-hospital.example", "fable-5"): 1,
        ("harbour-hospital.example", "mythos-5"): 1,
        ("studio-brume.example", "fable-5"): 1,
        (None, "fable-5"): 1,
    }


def test_the_moments_of_the_cycle(people: Population) -> None:
    result = asked(BEFORE, AFTER, people, ORDERED)
    assert [(each.at, each.loses, each.gains, each.substituted) for each in result.moments] == [
        (ORDERED, 6, 0, 4),
        (LICENSED, 4, 0, 4),
        (LIFTED, 0, 0, 0),
    ]
    assert result.moments[0].begins == ("us-doc-2026-06-12",)
    assert result.moments[1].begins == ("us-doc-2026-06-26",)
    assert result.moments[2].ends == ("us-doc-2026-06-12", "us-doc-2026-06-26")


def test_the_licence_of_26_june_gives_back(people: Population) -> None:
    result = asked(without("us-doc-2026-06-26"), AFTER, people, LICENSED)
    assert told(result) == {("mythos-5", "person", ("imre", "mei")): ("mythos-5", "gains", ())}
    assert result.rows[0].change.by == ("us-doc-2026-06-26",)
    assert result.rows[0].streams == 0


def test_the_lift_of_30_june_gives_everything_back(people: Population) -> None:
    lift = next(each.name for each in AFTER.instruments if each.from_ == LIFTED and hasattr(each, "ends"))
    result = asked(without(lift), AFTER, people, LIFTED)
    assert {row.change.effect for row in result.rows} == {Effect.GAINS}
    assert {name for row in result.rows for name in row.sample} == {"imre", "jean", "kim", "mei"}


ORDER = cast("Order", AFTER.instrument("us-doc-2026-06-12"))


def test_an_order_that_spares_staff_by_mistake_is_seen(people: Population) -> None:
    spares = replace(ORDER, condition=AllOf((ORDER.condition, Not(Attested("staff")))), digest="sha256:other")
    others = [each for each in AFTER.instruments if each is not ORDER]
    result = asked(BEFORE, of(*others, spares), people, ORDERED)
    assert "imre" not in {name for row in result.rows for name in row.sample}
    assert result.moments[0].loses == 4


def test_an_order_that_starts_one_second_late_is_seen(people: Population) -> None:
    others = [each for each in AFTER.instruments if each is not ORDER]
    late = replace(ORDER, from_=ORDER.from_ + timedelta(seconds=1))
    assert asked(BEFORE, of(*others, late), people, ORDERED).rows == ()
    assert first_difference(BEFORE, of(*others, late), EARLIER) == ORDERED + timedelta(seconds=1)


def test_an_order_that_misses_a_model_is_seen(people: Population) -> None:
    others = [each for each in AFTER.instruments if each is not ORDER]
    result = asked(BEFORE, of(*others, replace(ORDER, models=("fable-5",))), people, ORDERED)
    assert {row.change.model for row in result.rows} == {"fable-5"}


def test_streams_that_may_finish_are_not_cut(people: Population) -> None:
    others = [each for each in AFTER.instruments if each is not ORDER]
    result = asked(BEFORE, of(*others, replace(ORDER, streams=Streams.FINISH)), people, ORDERED)
    assert {row.streams for row in result.rows} == {0}
    assert sum(row.subjects for row in result.rows) == 6


def test_an_order_about_streams_alone_cuts_and_changes_nothing_else(people: Population) -> None:
    streams = replace(ORDER, name="streams", condition=Attested("stream"), digest="sha256:streams")
    result = asked(BEFORE, of(*BEFORE.instruments, streams), people, ORDERED)
    assert {row.change.effect for row in result.rows} == {Effect.SAME}
    assert {row.change.by for row in result.rows} == {("streams",)}
    assert sum(row.streams for row in result.rows if row.change.model == "fable-5") == 7
    assert result.moments[0].loses == 0


def test_all_counts_everybody_once_for_each_model(people: Population) -> None:
    result = asked(BEFORE, AFTER, people, ORDERED, everything=True)
    assert set(result.models) == set(AFTER.catalogue.models)
    for model in result.models:
        assert sum(row.subjects for row in result.rows if row.change.model == model) == 7


def test_nothing_differs(people: Population) -> None:
    assert first_difference(AFTER, AFTER, EARLIER) == EARLIER
    result = asked(AFTER, AFTER, people, ORDERED)
    assert (result.rows, result.moments, result.models, result.organisations) == ((), (), (), ())
    assert result.accounts == 7


def test_a_model_that_is_new_or_gone(people: Population) -> None:
    smaller = Rulebook(AFTER.facts, type(AFTER.catalogue)([AFTER.catalogue.models["opus-4.8"]]), {}, (), "sha256:s")
    gained = asked(smaller, BEFORE, people, ORDERED)
    assert {row.change.was for row in gained.rows} == {None}
    assert {row.change.effect for row in gained.rows} == {Effect.GAINS}
    lost = asked(BEFORE, smaller, people, ORDERED)
    assert {row.change.becomes for row in lost.rows} == {None}


def test_the_first_difference_is_what_a_preview_is_about_by_itself() -> None:
    assert first_difference(BEFORE, AFTER, EARLIER) == ORDERED
    assert first_difference(BEFORE, AFTER, LICENSED) == LICENSED


def test_requests_a_day(people: Population) -> None:
    seen = Usage(2.0, {("<jean>", "fable-5"): 10, ("<imre>", "fable-5"): 4, ("<ada>", "fable-5"): 99, ("<?>", "x"): 1})
    names = Names(frozenset({"jean", "imre", "ada", "kim"}), lambda name: (f"<{name}>",), str.upper)
    result = asked(BEFORE, AFTER, people, ORDERED, usage=seen, names=names)
    assert {row.sample: row.requests for row in result.rows} == {
        ("IMRE", "JEAN", "MEI"): 7.0,
        ("KIM",): 0.0,
        ("IMRE", "MEI"): 0.0,
    }
    assert result.journal_days == 2.0


class Written:
    """A journal of some records."""

    def __init__(self, *entries: Entry | Damage) -> None:
        self._entries = entries

    def entries(self, since: datetime) -> Iterator[tuple[str, Entry | Damage]]:
        return iter([("file", each) for each in self._entries])


def decided(subject: str | None, model: str, at: datetime) -> DecisionRecord:
    return DecisionRecord(
        id="r",
        at=at,
        key="k",
        subject=subject,
        api="openai",
        endpoint="e",
        operation="use",
        stream=False,
        requested=model,
        outcome=Outcome.SERVE,
        served=model,
        instruments=(),
        unknown=(),
        rulebook="sha256:x",
        epoch=1,
    )


def test_usage_is_over_the_days_that_the_journal_covers() -> None:
    now = datetime(2026, 6, 12, tzinfo=UTC)
    days = [decided("a", "m", now - timedelta(days=each)) for each in (0, 1, 2, 3, 9)]
    others: list[Entry | Damage] = [
        decided(None, "m", now),
        EndRecord(id="r", at=now, how="done"),
        Damage(0, 1, "torn", torn=True),
    ]
    assert usage(Written(*days, *others), now, 7) == Usage(3.0, {("a", "m"): 4})
    assert usage(Written(*days), now, 30) == Usage(9.0, {("a", "m"): 5})
    assert usage(Written(days[0]), now, 7) == Usage(1.0, {("a", "m"): 1})
    assert usage(Written(*others), now, 7) is None


def test_facts_that_expire_are_unknown_in_a_preview_of_later() -> None:
    store = MemoryStore()
    text = b"subject,kind,us_citizen,until\nada,person,true,2026-06-13T00:00:00Z\n"
    import_people(store, read_people(text.splitlines(True), AFTER.facts, file="p"), file="p", actor="t", now=EARLIER)
    for at, loses in ((ORDERED, 0), (ORDERED + timedelta(days=1), 1)):
        population = SubjectsOfStore(store, AFTER.facts, (), {}, at)
        rows = asked(BEFORE, AFTER, population, at).rows
        assert sum(row.subjects for row in rows if row.change.model == "fable-5") == loses
