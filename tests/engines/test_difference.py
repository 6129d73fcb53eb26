"""The differences between two rulebooks: all of them, exactly when and of whom, each with somebody in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain, product, repeat
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generated import (
    BASE,
    FACTS,
    MICROSECOND,
    NOON,
    World,
    conditions,
    instrument,
    models,
    rulebook_of,
    spelled,
    subjects,
    telling_instants,
    worlds,
)

from licet.core.catalogue import Catalogue
from licet.core.change import Change, change, exchanged
from licet.core.conditions import Always, Attested, Contains
from licet.core.decision import Request
from licet.core.differences import Difference, Differences, difference_key
from licet.core.facts import UNKNOWN, About, Fact, Kind, Members, Value
from licet.core.instruments import Instrument, Mandate, Operation, Order, Provision, Release, Streams
from licet.core.rulebook import BEGINNING, Rulebook
from licet.engines.differences.diff import RulebooksIncomparable, differences
from licet.engines.differences.stretch import answered
from licet.wire.documents import SourceFile, read_files

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"


def diff(before: Rulebook, after: Rulebook, since: datetime = BEGINNING, **more: object) -> Differences:
    asked = {"limit": 300.0, "stopwatch": perf_counter, **more}
    return differences(before, after, since=since, **asked)  # type: ignore[arg-type]


# --- mutations


def with_digest(each: Instrument) -> Instrument:
    """As documents have it: whatever an instrument says is in its digest."""
    return replace(each, digest=sha256(repr(replace(each, digest="")).encode()).hexdigest())


@st.composite
def mutated(draw: st.DrawFn, world: World) -> World:
    """A world with some instruments dropped, added, shifted or saying something else, and maybe other fallbacks."""
    kept = list(world.instruments)
    for number in range(draw(st.integers(0, 3))):
        fate = draw(st.sampled_from(("drop", "add", "shift", "says", "streams")))
        if fate == "add":
            kept.append(draw(instrument(100 + number, kept, world.definitions)))
        elif kept:
            at = draw(st.integers(0, len(kept) - 1))
            kept[at : at + 1] = [] if fate == "drop" else [draw(changed(kept[at], fate))]
    catalogue = world.models
    if draw(st.integers(0, 3)) == 3:
        catalogue = draw(st.sampled_from((others(catalogue), catalogue[:2] + catalogue[3:])))
        names = {each.name for each in catalogue}
        catalogue = tuple(replace(m, fallback=tuple(n for n in m.fallback if n in names)) for m in catalogue)
    return World(world.definitions, catalogue, tuple(kept))


def others(catalogue: tuple[object, ...]) -> tuple[object, ...]:
    """The same models, of which the first falls back in another order."""
    first, *rest = catalogue
    return replace(first, fallback=first.fallback[::-1]), *rest  # type: ignore[type-var, attr-defined]


@st.composite
def changed(draw: st.DrawFn, each: Instrument, fate: str) -> Instrument:
    if fate == "shift":
        return replace(each, from_=each.from_ + draw(st.sampled_from((-1, 1))) * MICROSECOND)
    if fate == "streams" and isinstance(each, Order):
        return replace(each, streams=Streams.FINISH if each.streams is Streams.CUT else Streams.CUT)
    if isinstance(each, Provision):
        condition = draw(conditions())
        return replace(each, condition=condition, text=spelled(condition))
    return each


@st.composite
def pairs(draw: st.DrawFn, most: int = 6) -> tuple[Rulebook, Rulebook]:
    """A rulebook and another one that came out of it."""
    world = draw(worlds(most=most))
    other = draw(mutated(world))
    if draw(st.booleans()):
        world, other = other, world
    return book_of(world, "sha256:before"), book_of(other, "sha256:after")


def book_of(world: World, digest: str) -> Rulebook:
    instruments = [with_digest(each) for each in world.instruments]
    return replace(rulebook_of(world.models, world.definitions, instruments), digest=digest)


# --- brute force


def met(before: Rulebook, after: Rulebook, request: Request) -> Change:
    old, new = answered(before, request), answered(after, request)
    return change(old, new, exchanged(before, after, old, new), after)


def asked(facts: dict[str, Value]) -> dict[str, Value]:
    """What the gate observes is known."""
    return {**facts, "stream": False if facts["stream"] is UNKNOWN else facts["stream"]}


def covers(difference: Difference, request: Request, found: Change) -> bool:
    """Whether a difference is the one that somebody meets."""
    ended = difference.end is not None and request.at >= difference.end
    if difference.operation != request.operation or request.at < difference.start or ended:
        return False
    if difference.exact:
        return difference_key(difference.change) == difference_key(found)
    return difference.change[:4] == found[:4]


def requests(before: Rulebook, after: Rulebook, people: list[dict[str, Value]]) -> Iterator[Request]:
    instants = sorted({*telling_instants(before), *telling_instants(after)})
    names = sorted({*before.catalogue.models, *after.catalogue.models})
    for facts, model, at in product(people, names, instants):
        for operation in (Operation.USE, Operation.TUNE):
            yield Request(asked(facts), model, operation.value, at)


@given(pairs(), st.lists(subjects(), min_size=6, max_size=6))
@SLOW
def test_everybody_who_is_served_otherwise_is_in_exactly_one_class_at_each_instant(
    books: tuple[Rulebook, Rulebook], people: list[dict[str, Value]]
) -> None:
    found = diff(*books)
    assert found.complete
    for request in requests(*books, people):
        change = met(*books, request)
        classes = [each for each in found.differences if covers(each, request, change)]
        assert len(classes) == (change.was != change.becomes), (request, change)


@given(pairs())
@SLOW
def test_each_class_has_somebody_in_it_over_all_of_its_time(books: tuple[Rulebook, Rulebook]) -> None:
    for each in diff(*books).differences:
        facts, at = each.witness.facts, each.start
        assert set(facts) == set(FACTS)
        assert all(FACTS[name].admits(value) for name, value in facts.items())
        request = Request(facts, each.change.model, each.operation, at)
        assert (each.witness.before, each.witness.after) == tuple(answered(book, request) for book in books)
        assert each.change == met(*books, request)
        assert each.change.was != each.change.becomes
        inside = [at for book in books for at in telling_instants(book) if at >= each.start]
        for at in inside:
            if each.end is None or at < each.end:
                assert covers(each, request._replace(at=at), met(*books, request._replace(at=at)))


@given(pairs(), st.integers(0, 6), st.integers(1, 4))
@SLOW
def test_a_window_shows_what_is_in_it(books: tuple[Rulebook, Rulebook], first: int, hours: int) -> None:
    since = NOON + timedelta(hours=first)
    until = since + timedelta(hours=hours)
    whole, window = diff(*books), diff(*books, since, until=until)
    assert (window.since, window.until) == (since, until)
    assert {moment(each) for each in window.differences} == {
        (name, max(start, since), min(end or until, until))
        for name, start, end in map(moment, whole.differences)
        if start < until and (end is None or end > since)
    }


def moment(each: Difference) -> tuple[object, datetime, datetime | None]:
    return (difference_key(each.change), each.operation), each.start, each.end


@given(worlds(most=6))
@SLOW
def test_nothing_differs_from_itself(world: World) -> None:
    book = book_of(world, "sha256:one")
    found = diff(book, replace(book, instruments=tuple(replace(each) for each in book.instruments)))
    assert (found.differences, found.complete, found.models) == ((), True, ())


@given(pairs())
@SLOW
def test_what_is_lost_one_way_is_gained_the_other_way(books: tuple[Rulebook, Rulebook]) -> None:
    def moves(found: Differences) -> set[tuple[str, str, str | None, str | None]]:
        return {(each.change.model, each.operation, each.change.was, each.change.becomes) for each in found.differences}

    there, back = moves(diff(*books)), moves(diff(books[1], books[0]))
    assert there == {(model, operation, becomes, was) for model, operation, was, becomes in back}


# --- one thing at a time


def release(**more: object) -> Release:
    return with_digest(replace(BASE, **more))  # type: ignore[return-value, arg-type]


def order(name: str, condition: object = Always(True), **more: object) -> Order:
    made = Order(
        name=name,
        digest="",
        issued=NOON,
        from_=NOON,
        models=("strong",),
        families=(),
        operations=(Operation.USE,),
        condition=condition,  # type: ignore[arg-type]
        text="",
    )
    return with_digest(replace(made, **more))  # type: ignore[return-value, arg-type]


def book(*instruments: Instrument) -> Rulebook:
    return rulebook_of(models(), (), instruments)


def test_an_order_that_begins_one_second_late_differs_for_exactly_one_second() -> None:
    second = timedelta(seconds=1)
    found = diff(book(release(), order("o")), book(release(), order("o", from_=NOON + second)), NOON - second)
    assert [(each.start, each.end, each.change.was, each.change.becomes) for each in found.differences] == [
        (NOON, NOON + second, "other", "strong")
    ]
    assert found.differences[0].change.by == ("o",)
    assert found.differences[0].widens and not found.differences[0].narrows


def test_a_boundary_that_changes_nothing_for_the_class_does_not_cut_its_time_in_two() -> None:
    hour = timedelta(hours=1)
    same = order("same", Attested("b"), models=("lonely", "strong"), from_=NOON + hour, until=NOON + 2 * hour)
    found = diff(book(release(), same), book(release(), same, order("o", Attested("a"))), NOON).differences
    definite = [(each.change.by, each.start, each.end) for each in found if not each.change.unknown]
    # whom the other order forbids anyway from one o'clock to two, this one takes nothing from
    times = [(NOON, NOON + hour), (NOON + hour, NOON + 2 * hour), (NOON + 2 * hour, None)]
    assert definite == [(("o",), *each) for each in times]
    again = replace(same, condition=Attested("a"))
    found = diff(book(release(), again), book(release(), again, order("o", Always(False))), NOON).differences
    assert found == ()
    elsewhere = replace(same, models=("lonely",))
    found = diff(book(release(), elsewhere), book(release(), elsewhere, order("o")), NOON).differences
    assert [(each.start, each.end) for each in found] == [(NOON, None)]


def test_a_release_that_takes_the_place_of_one_like_it_cuts_no_time_in_two() -> None:
    hour = timedelta(hours=1)
    renewed = release(name="renewed", from_=NOON + hour, supersedes=("base",))
    found = diff(book(release(), renewed), book(release(), renewed, order("o", Attested("a"))), NOON).differences
    assert [(each.start, each.end, each.change.unknown) for each in found] == [(NOON, None, ()), (NOON, None, ("a",))]


def test_classes_that_differ_in_what_is_unknown_are_one_class_and_another_where_nothing_is() -> None:
    found = diff(book(release()), book(release(), order("o", Attested("a"))), NOON).differences
    assert [(each.change.unknown, each.witness.facts["a"]) for each in found] == [((), True), (("a",), UNKNOWN)]
    assert all(value is UNKNOWN for name, value in found[1].witness.facts.items() if name != "stream")


def test_a_witness_is_as_plain_as_can_be() -> None:
    condition = Contains("citizenships", "IR")
    found = diff(book(release()), book(release(), order("o", condition)), NOON).differences
    citizenships = [each.witness.facts["citizenships"] for each in found]
    assert citizenships == [Members(frozenset({"IR"}), False), UNKNOWN]


def test_an_order_that_lets_answers_finish_cuts_nobody() -> None:
    cut, finish = order("o"), order("p", Attested("a"), streams=Streams.FINISH)
    found = diff(book(release()), book(release(), finish), NOON).differences
    assert {each.change.cuts for each in found} == {False}
    both = diff(book(release()), book(release(), cut, finish), NOON).differences
    assert {each.change.cuts for each in both} == {True}


def test_mandates_and_titles_change_nothing() -> None:
    mandate = Mandate(**{name: getattr(BASE, name) for name in Mandate.__dataclass_fields__} | {"name": "m"})
    found = diff(book(release()), book(release(title="another"), mandate), NOON)
    assert found.differences == ()


def test_a_model_that_one_side_lacks_is_served_to_nobody_there() -> None:
    before = book(release())
    after = replace(before, catalogue=Catalogue(each for each in models() if each.name != "lonely"))
    found = diff(before, after, NOON)
    assert [(each.change.model, each.change.was, each.change.becomes) for each in found.differences] == [
        ("lonely", "lonely", None)
    ]
    assert ("lonely", "model", "lonely", None) in [
        (each.model, each.field, each.before, each.after) for each in found.models
    ]


def test_what_differs_in_the_documents_of_models_is_told() -> None:
    first, *rest = models()
    moved = replace(first, upstream=replace(first.upstream, url="http://other"), aliases=(), fallback=("small",))
    before = book(release(), order("o"))
    found = diff(before, replace(before, catalogue=Catalogue([moved, *rest])), NOON)
    assert [(each.field, each.before, each.after) for each in found.models] == [
        ("aliases", "strong-latest", None),
        ("upstream", "http://u strong", "http://other strong"),
        ("fallback", "other, small", "small"),
    ]
    assert [(each.change.was, each.change.becomes, each.change.by) for each in found.differences] == [
        ("other", "small", ())
    ]


def test_facts_that_are_declared_differently_cannot_be_compared() -> None:
    before = book(release())
    after = replace(before, facts={**before.facts, "a": Fact("a", Kind.INTEGER, About.SUBJECT, "a", "test")})
    with pytest.raises(RulebooksIncomparable, match="the fact `a` is declared differently on the two sides"):
        diff(before, after)


# --- limits


def test_without_time_it_says_that_it_is_not_complete() -> None:
    found = diff(book(release()), book(release(), order("o")), NOON, limit=0.0)
    assert (found.complete, found.differences) == (False, ())
    assert found.because.startswith("the time limit of 0 s ran out, and 3 of 12 models and operations were not")
    assert diff(book(release()), book(release()), NOON, limit=0.0).complete, "there was nothing to find out"


def test_time_that_runs_out_while_classes_are_told_apart_leaves_them_rough() -> None:
    """A stopwatch that jumps by an hour at its n-th reading: whatever is listed is true, and either all or said not."""
    orders = [order(f"o{number}", Attested("abc"[number])) for number in range(3)]
    before, after = book(release()), book(release(), *orders)
    kinds = set()
    for jump in range(1, 80):
        found = diff(before, after, NOON, limit=10.0, stopwatch=chain(repeat(0.0, jump), repeat(3600.0)).__next__)
        kinds.add((found.complete, len(found.differences), all(each.exact for each in found.differences)))
        assert found.complete or "the time limit of 10 s ran out" in found.because
    assert (True, 1, False) in kinds
    assert (True, 14, True) in kinds
    assert (False, 0, True) in kinds


def test_more_classes_than_are_wanted_are_told_together_and_still_all() -> None:
    orders = [order(f"o{number}", Attested("abc"[number])) for number in range(3)]
    before, after = book(release()), book(release(), *orders)
    assert len(diff(before, after, NOON).differences) == 14
    rough = diff(before, after, NOON, most=5)
    assert rough.complete
    assert [(each.change.was, each.change.becomes, each.exact) for each in rough.differences] == [
        ("strong", "other", False)
    ]
    none = diff(before, after, NOON, most=0)
    assert not none.complete
    assert none.because.startswith("there are more than 0 classes, even by what is served alone")


# --- the same each time


@given(pairs())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_rulebooks_give_the_same_differences(books: tuple[Rulebook, Rulebook]) -> None:
    one, other = (replace(diff(*books), seconds=0.0) for _ in range(2))
    assert one == other


SHOW = """
import sys
from tests.engines.test_difference import june_without, diff, NOON
before, after = june_without("us-doc-2026-06-26"), june_without()
for each in diff(before, after).differences:
    facts = {name: repr(getattr(value, "known", value)) for name, value in each.witness.facts.items()}
    print(each.change, each.start, each.end, facts)
"""


def test_the_order_of_sets_in_a_process_does_not_matter() -> None:
    said = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(JUNE.parents[1])}
        run = subprocess.run([sys.executable, "-c", SHOW], env=environment, capture_output=True, text=True, check=True)
        said.add(run.stdout)
    assert len(said) == 1
    assert said != {""}


# --- June


def june_without(*names: str) -> Rulebook:
    """The rulebook of the June cycle, without some of its instruments."""
    files = [
        SourceFile(name, (JUNE / name).read_bytes(), lambda each: (JUNE / each).read_bytes())
        for name in ("models.yaml", "instruments.yaml")
    ]
    whole = read_files(files).rulebook(1)
    return replace(whole, instruments=tuple(each for each in whole.instruments if each.name not in names))
