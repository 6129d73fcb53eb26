"""The point engine against cedarpy: 200 instruments, 50 models, 1,000 subjects, one thread, the same questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import isnan
from random import Random
from time import perf_counter_ns
from typing import Any, NamedTuple

from bench.cedar import CedarWorld
from bench.figures import goal, goals, percentile, table
from bench.worlds import World, world
from licet.core.decision import Outcome, Request, decide
from licet.engines.points import compile_points

ROUNDS = 5
QUESTIONS = 50_000
CEDAR_QUESTIONS = 4_000


class Timing(NamedTuple):
    """Nanoseconds a decision: of single ones, each with the reading of the clock in it, and the mean of a batch."""

    median: float
    p99: float
    batch: float


def run(say: Callable[[str], None]) -> str:
    """Measure; the section for the results."""
    made = world()
    start = perf_counter_ns()
    points = compile_points(made.rulebook, made.now)
    compiling = (perf_counter_ns() - start) / 1e6
    chance = Random(7)
    pairs = [(chance.randrange(len(made.subjects)), chance.choice(made.models)) for _ in range(QUESTIONS)]
    start = perf_counter_ns()
    vectors = [points.vector(facts) for facts in made.subjects]
    preparing = (perf_counter_ns() - start) / 1e3 / len(vectors)
    cedar = CedarWorld(made)
    mixed = agreement(made, pairs[:CEDAR_QUESTIONS], vectors, points.decide, cedar)
    asked = [(vectors[subject], model, "use", made.now) for subject, model in pairs]
    requests = [(cedar.request(subject, model),) for subject, model in pairs[:CEDAR_QUESTIONS]]
    cold = first_time_round(made, pairs)
    ours, theirs = [], []
    for number in range(ROUNDS):
        ours.append(timed(points.decide, asked))
        theirs.append(timed(cedar.decide, requests))
        say(
            f"points  round {number + 1}/{ROUNDS}  licet {ours[-1].median:7.0f} ns  cedarpy {theirs[-1].median:9.0f} ns"
        )
    kinds: dict[Outcome, list[tuple[Any, ...]]] = {kind: [] for kind in Outcome}
    for question in asked:
        kinds[points.decide(*question).outcome].append(question)
    by_kind = {kind: timed(points.decide, questions) for kind, questions in kinds.items()}
    return section(made, middle(ours), middle(theirs), cold, by_kind, compiling, preparing, mixed)


def first_time_round(made: World, pairs: Sequence[tuple[int, str]]) -> Timing:
    """The same questions to an engine that has only just been compiled."""
    points = compile_points(made.rulebook, made.now)
    vectors = [points.vector(facts) for facts in made.subjects]
    questions = [(vectors[subject], model, "use", made.now) for subject, model in pairs]
    single = timed(points.decide, questions[: len(questions) // 10])
    return Timing(single.median, single.p99, float("nan"))


def agreement(
    made: World, pairs: Sequence[tuple[int, str]], vectors: Sequence[Any], decide_points: Any, cedar: CedarWorld
) -> Counter[str]:
    """Check that the reference, the points and Cedar say the same of each question; the mixture of outcomes."""
    outcomes: Counter[str] = Counter()
    for subject, model in pairs:
        decision = decide_points(vectors[subject], model, "use", made.now)
        reference = decide(made.rulebook, Request(made.subjects[subject], model, "use", made.now))
        assert decision == reference, (decision, reference)
        answer = cedar.decide(cedar.request(subject, model))
        assert not answer.diagnostics.errors, answer.diagnostics.errors
        assert answer.allowed == decision.verdicts[0].allowed, decision
        outcomes[decision.outcome.value] += 1
    return outcomes


def timed(ask: Callable[..., object], questions: Sequence[tuple[Any, ...]]) -> Timing:
    """Time each question by itself, then all of them in one go."""
    clock = perf_counter_ns
    single = []
    for question in questions:
        start = clock()
        ask(*question)
        single.append(clock() - start)
    start = clock()
    for question in questions:
        ask(*question)
    batch = (clock() - start) / len(questions)
    single.sort()
    return Timing(percentile(single, 0.5), percentile(single, 0.99), batch)


def middle(timings: Sequence[Timing]) -> Timing:
    """The middle of several rounds, figure by figure."""
    return Timing(*(sorted(figures)[len(timings) // 2] for figures in zip(*timings, strict=True)))


def section(
    made: World,
    ours: Timing,
    theirs: Timing,
    cold: Timing,
    by_kind: dict[Outcome, Timing],
    compiling: float,
    preparing: float,
    mixed: Counter[str],
) -> str:
    share = ", ".join(f"{name} {count / mixed.total():.0%}" for name, count in sorted(mixed.items()))
    rows = [
        row("point engine", ours),
        *[row(f"point engine, outcome {kind.value}", timing) for kind, timing in by_kind.items()],
        row("point engine, the first 5,000 after compiling", cold),
        row("cedarpy", theirs),
        ("cedarpy / point engine", *[f"{theirs[each] / ours[each]:,.0f} x" for each in range(3)]),
    ]
    wanted = [
        goal("median of a decision", "<= 1 µs", f"{ours.median / 1000:.2f} µs", ours.median <= 1000),
        goal("p99 of a decision", "<= 3 µs", f"{ours.p99 / 1000:.2f} µs", ours.p99 <= 3000),
    ]
    return f"""## The point engine

{made.instruments} instruments, {len(made.models)} models, {len(made.subjects):,} subjects; {QUESTIONS:,} questions
drawn at random, {CEDAR_QUESTIONS:,} of them for cedarpy; {ROUNDS} interleaved rounds, of which the middle one
counts; one thread, the collector on. Outcomes: {share}: a hard mixture, real traffic is
mostly served.

Before timing, the reference interpreter, the point engine and Cedar were asked {CEDAR_QUESTIONS:,} of the questions
and agreed on each. A single timing contains the reading of the clock; nothing is subtracted. The first ones
include meeting combinations of truths for the first time. cedarpy gets its policies and entities parsed beforehand,
answers for the requested model only and names the policies; the point engine also walks the fallback chain and names
the unknown facts. Compiling the rulebook took {compiling:.0f} ms; preparing a subject takes {preparing:.0f} µs,
once per rulebook, and is not part of a decision.

{table(("one decision", "median", "p99", "mean of a batch"), rows)}

{goals(wanted)}
"""


def row(name: str, timing: Timing) -> tuple[str, ...]:
    return (name, *["" if isnan(each) else f"{each / 1000:,.2f} µs" for each in timing])
