"""The compiled points are equal to the reference interpreter: the whole decision, on many generated worlds."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generated import COUNTRIES, DOMAINS, FACTS, MICROSECOND, NOON, World, instants, telling_instants, worlds

from licet.core.decision import Request, decide
from licet.core.facts import UNKNOWN, Kind, Members, Value, complete
from licet.core.instruments import Operation
from licet.core.rulebook import Rulebook
from licet.engines import points
from licet.engines.points import Points, compile_points
from licet.engines.timeline import Timeline
from licet.wire.documents import SourceFile, read_files

SUBSTITUTION = (True, True, True, False)
WORLDS, SUBJECTS, LEAST = 300, 50, 200_000


def random_subject(seed: random.Random) -> dict[str, Value]:
    """Somebody of whom about a third is unknown."""
    return {name: UNKNOWN if seed.random() < 0.35 else random_value(seed, name) for name in FACTS}


def random_value(seed: random.Random, name: str) -> Value:
    if FACTS[name].kind is Kind.COUNTRIES:
        return Members(frozenset(each for each in COUNTRIES if seed.random() < 0.4), seed.random() < 0.5)
    return seed.choice(DOMAINS[name])


def requests(book: Rulebook, points: Points, seed: random.Random, subjects: int) -> Iterator[Request]:
    """Requests at both ends of the points' interval and inside it, for each subject, every model and operation."""
    ends = [points.start] if points.end is None else [points.start, points.end - MICROSECOND]
    for _ in range(subjects):
        facts = random_subject(seed)
        for model in book.catalogue.models:
            operation = seed.choice(("use", "use", "tune", "weights"))
            yield Request(facts, model, operation, seed.choice(ends), seed.choice(SUBSTITUTION))


def test_points_equal_the_reference_on_200_000_generated_decisions() -> None:
    """Outcome, model, every verdict with every reason and unknown fact, rulebook and instant: all of it."""
    total = 0

    @given(worlds(most=12), st.integers(0, 2**32))
    @settings(max_examples=WORLDS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def compare(world: World, number: int) -> None:
        nonlocal total
        book, seed = world.rulebook, random.Random(number)
        for at in [book.interval(boundary)[0] for boundary in (*book.boundaries, NOON - timedelta(days=900))]:
            compiled = compile_points(book, at)
            for request in requests(book, compiled, seed, SUBJECTS):
                vector = compiled.vector(request.facts)
                found = compiled.decide(vector, request.model, request.operation, request.at, request.substitution)
                assert found == decide(book, request)
                total += 1

    compare()
    assert total >= LEAST


@given(worlds(most=12), st.integers(0, 2**32), st.lists(instants(), max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_timeline_is_right_at_every_instant_forwards_and_backwards(
    world: World, number: int, more: list[datetime]
) -> None:
    """At each boundary, a microsecond before and after it, in whatever order the instants come, prepared or not."""
    book, seed = world.rulebook, random.Random(number)
    forwards = telling_instants(book)
    timeline = Timeline(book, forwards[0])
    for at in [*forwards, *reversed(forwards), *more, *seed.sample(forwards, len(forwards))]:
        compiled = timeline.at(at)
        assert compiled.start <= at
        assert compiled.end is None or at < compiled.end
        assert timeline.next_boundary == compiled.end
        if seed.random() < 0.5:
            timeline.prepare()
        request = Request(random_subject(seed), "strong", "use", at)
        assert compiled.decide(compiled.vector(request.facts), "strong", "use", at) == decide(book, request)


@given(worlds(most=12))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_comes_after_a_boundary_is_compiled_before_it(world: World) -> None:
    book = world.rulebook
    timeline = Timeline(book, NOON - timedelta(days=900))
    for boundary in book.boundaries:
        timeline.prepare()
        ahead = timeline._ahead
        assert ahead is not None
        assert timeline.at(boundary - MICROSECOND) is not ahead
        assert timeline.at(boundary) is ahead


@given(worlds(most=12), st.integers(0, 2**32))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_threads_that_decide_and_prepare_at_once_get_the_reference(world: World, number: int) -> None:
    """Three threads decide at all instants, one prepares; nobody ever sees the wrong side of a boundary."""
    book = world.rulebook
    timeline, wrong, done = Timeline(book, NOON), list[Request](), threading.Event()

    def deciding(seed: random.Random) -> None:
        instants = telling_instants(book)
        for _ in range(60):
            model = seed.choice(("strong", "other", "small"))
            request = Request(random_subject(seed), model, "use", seed.choice(instants))
            compiled = timeline.at(request.at)
            if compiled.decide(compiled.vector(request.facts), *request[1:]) != decide(book, request):
                wrong.append(request)

    def preparing() -> None:
        while not done.is_set():
            timeline.prepare()

    threads = [threading.Thread(target=deciding, args=(random.Random(number + n),)) for n in range(3)]
    other = threading.Thread(target=preparing)
    other.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    other.join()
    assert wrong == []


@given(worlds(most=12), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck])
def test_points_that_forget_stay_right(world: World, number: int) -> None:
    """With hardly any memory they forget all the time, hold no more than allowed, and decide the same."""
    book, seed, limit = world.rulebook, random.Random(number), 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(points, "MOST_REMEMBERED", limit)
        compiled = compile_points(book, seed.choice(telling_instants(book)))
        for request in requests(book, compiled, seed, 50):
            vector = compiled.vector(request.facts)
            assert compiled.decide(vector, *request[1:]) == decide(book, request)
        for point in [each for points in compiled._points.values() for each in points.values()]:
            assert len(point.seen) <= limit
            assert all(len(ending.after) <= limit for ending in point.seen.values())


def test_a_vector_is_good_for_all_the_time_of_its_rulebook_and_for_no_other() -> None:
    """So a subject is prepared once, and not again at each boundary; and no bits are read with another meaning."""
    model = b"{model: m, family: f, apis: [openai], upstream: {url: 'http://u'}}"
    book = read_files([SourceFile("models.yaml", model, lambda _: None)]).rulebook(1)
    timeline = Timeline(book, NOON)
    vector = timeline.at(NOON).vector(complete(book.facts, {}))
    later = NOON + timedelta(days=900)
    assert timeline.at(later).decide(vector, "m", "use", later).at == later
    with pytest.raises(ValueError, match="another rulebook"):
        compile_points(book, NOON).decide(vector, "m", "use", NOON)


def test_a_model_that_is_not_in_the_catalogue_is_an_error_and_no_answer() -> None:
    compiled = compile_points(World((), (), ()).rulebook, NOON)
    vector = compiled.vector(dict.fromkeys(FACTS, UNKNOWN))
    for operation in Operation:
        with pytest.raises(KeyError):
            compiled.decide(vector, "fable-6", operation.value, NOON)
