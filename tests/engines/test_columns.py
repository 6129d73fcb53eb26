"""Columns: each subject of a population is in one class, and a class is decided as each of its subjects would be."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.generated import (
    FACTS,
    NOON,
    World,
    instants,
    instrument,
    subjects,
    with_instruments,
    worlds,
)

from licet.adapters.population import Limits, open_population
from licet.adapters.store_memory import MemoryStore
from licet.core.attestations import Attestation
from licet.core.change import Change, Effect, change, exchanged
from licet.core.decision import Request, decide
from licet.core.facts import UNKNOWN, About, Facts, Members, Unknown, Value
from licet.core.instruments import Instrument
from licet.core.rulebook import Rulebook
from licet.services.population import Population, SubjectsOfStore
from licet.services.preview import Scope, is_change, preview
from licet.services.stored import SubjectRecord

Person = tuple[str, str, Facts]
"""A name, a kind and facts."""


@st.composite
def drafts(draw: st.DrawFn, world: World) -> Rulebook:
    """The same rulebook with some instruments more, and perhaps some less."""
    book = world.rulebook
    kept = [each for each in book.instruments if draw(st.integers(0, 5))]
    more: list[Instrument] = []
    for number in range(draw(st.integers(1, 3))):
        more.append(draw(instrument(50 + number, [*kept, *more], world.definitions)))
    return with_instruments(book, [*kept, *more])


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    """Subjects whose facts can be written as a CSV file, many of them alike."""
    different = draw(st.lists(subjects(), min_size=1, max_size=8))
    chosen = draw(st.lists(st.sampled_from(different), min_size=1, max_size=25))
    kinds = draw(st.lists(st.sampled_from(("person", "workload")), min_size=len(chosen), max_size=len(chosen)))
    return [
        (f"s{number:02}", kind, {name: attested(name, value) for name, value in facts.items()})
        for number, (kind, facts) in enumerate(zip(kinds, chosen, strict=True))
    ]


def attested(name: str, value: Value) -> Value:
    """What somebody can attest: nothing about requests, and no empty set."""
    if FACTS[name].about is About.REQUEST or (isinstance(value, Members) and not value.known):
        return UNKNOWN
    return value


def cell(value: Value) -> str:
    match value:
        case Unknown():
            return ""
        case bool():
            return str(value).lower()
        case Members(known):
            return ";".join(sorted(known, reverse=True))
        case _:
            return str(value)


def written(path: Path, rows: Sequence[Person]) -> Path:
    names = [name for name, fact in FACTS.items() if fact.about is About.SUBJECT]
    with path.open("w", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["subject", "kind", *names, "citizenships_complete", "unheard_of"])
        for name, kind, facts in rows:
            citizenships = facts["citizenships"]
            complete = isinstance(citizenships, Members) and citizenships.complete
            sheet.writerow([name, kind, *(cell(facts[each]) for each in names), "true" if complete else "", "x"])
    return path


def stored(rows: Sequence[Person]) -> MemoryStore:
    store = MemoryStore()
    store.add_subjects(
        (
            SubjectRecord(
                name,
                kind,
                tuple(
                    Attestation(name, fact, value, "t", "t", "t", NOON)
                    for fact, value in facts.items()
                    if not isinstance(value, Unknown)
                ),
            )
            for name, kind, facts in rows
        ),
        actor="t",
        at=NOON,
    )
    return store


def one_by_one(before: Rulebook, after: Rulebook, rows: Sequence[Person], at: datetime) -> Counter[tuple[str, Change]]:
    """The rows of a preview by a plain loop with the reference interpreter."""
    found: Counter[tuple[str, Change]] = Counter()
    for _, kind, facts in rows:
        for model in before.catalogue.models:
            plain, streamed = (one(before, after, {**facts, "stream": each}, model, at) for each in (False, True))
            if plain.effect is Effect.SAME and streamed.cuts:
                plain = plain._replace(by=streamed.by)
            found[kind, plain._replace(cuts=streamed.cuts)] += 1
    return found


def one(before: Rulebook, after: Rulebook, facts: Facts, model: str, at: datetime) -> Change:
    old, new = (decide(book, Request(facts, model, "use", at)) for book in (before, after))
    return change(old, new, exchanged(before, after, old, new), after)


def counted(before: Rulebook, after: Rulebook, population: Population, at: datetime) -> Counter[tuple[str, Change]]:
    scope = Scope(at, everything=True, show=2, organisations=3)
    result = preview(before, after, population, scope, now=at, stopwatch=lambda: 0.0)
    for row in result.rows:
        assert is_change(row.change) or not row.sample
        assert not is_change(row.change) or len(row.sample) == min(row.subjects, 2)
    return Counter({(row.kind, row.change): row.subjects for row in result.rows})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_file_is_counted_as_the_reference_decides_each_subject(data: st.DataObject) -> None:
    world = data.draw(worlds())
    before, after = world.rulebook, data.draw(drafts(world))
    rows, at = data.draw(people()), data.draw(instants())
    with TemporaryDirectory() as folder:
        file = written(Path(folder) / "people.csv", rows)
        population = open_population(file, FACTS, at, limits=Limits("500MB", 1))
        assert population.ignored == ("unheard_of",)
        assert counted(before, after, population, at) == one_by_one(before, after, rows, at)
        population.close()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_store_is_counted_as_the_reference_decides_each_subject(data: st.DataObject) -> None:
    world = data.draw(worlds())
    before, after = world.rulebook, data.draw(drafts(world))
    rows, at = data.draw(people()), data.draw(instants())
    population = SubjectsOfStore(stored(rows), FACTS, (), {}, at)
    assert counted(before, after, population, at) == one_by_one(before, after, rows, at)
