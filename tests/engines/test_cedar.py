"""Cedar, an engine of other people's making, gives the decisions and reasons of the reference interpreter."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import cedarpy
from bench.cedar import Answer, Oracle
from bench.worlds import world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.test_points import random_subject
from tests.generated import MICROSECOND, World, telling_instants, worlds
from tests.scenarios.test_june import FOLDER, people
from tests.scenarios.test_june import rulebook as june

from licet.app.demo.scenario import read_scenario
from licet.core.decision import Decision, Request, decide
from licet.core.facts import Facts
from licet.core.instruments import Operation
from licet.core.rulebook import Rulebook
from licet.engines.cedar.policies import cedar_export
from licet.engines.signature import Signatures

OPERATIONS = [each.value for each in Operation]
MOSTLY_USE = ("use", "use", "use", "tune", "weights")

Asked = tuple[int, str, str, datetime]
"""The number of a subject, a model, an operation and an instant."""


def expected(decision: Decision) -> Answer:
    """What Cedar has to say of the requested model."""
    verdict = decision.verdicts[0]
    return Answer(verdict.allowed, verdict.permitted_by if verdict.allowed else verdict.forbidden_by)


def decided(book: Rulebook, subjects: Sequence[Facts], asked: Asked) -> Decision:
    subject, model, operation, at = asked
    return decide(book, Request(subjects[subject], model, operation, at))


def compare(book: Rulebook, subjects: Sequence[Facts], asked: Sequence[Asked]) -> Counter[str]:
    """Hold Cedar to the reference on each question; the mixture of outcomes."""
    oracle = Oracle(book, subjects)
    outcomes: Counter[str] = Counter()
    for each, answer in zip(asked, oracle.ask([oracle.question(*each) for each in asked]), strict=True):
        decision = decided(book, subjects, each)
        assert answer == expected(decision), (each, subjects[each[0]])
        outcomes[decision.outcome] += 1
    return outcomes


def test_cedar_equals_the_reference_on_generated_worlds() -> None:
    """Decision and determining instruments, at every boundary and a microsecond beside it; valid, without errors."""
    total = 0

    @given(worlds(most=12), st.integers(0, 2**32))
    @settings(max_examples=80, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def check(generated: World, number: int) -> None:
        nonlocal total
        book, chance = generated.rulebook, random.Random(number)
        made = cedar_export(book)
        found = cedarpy.validate_policies(made.policies, made.schema)
        assert found.validation_passed, found.errors
        subjects = [random_subject(chance) for _ in range(12)]
        asked = [
            (chance.randrange(len(subjects)), model, chance.choice(MOSTLY_USE), at)
            for at in telling_instants(book)
            for model in book.catalogue.models
            for _ in range(4)
        ]
        total += compare(book, subjects, asked).total()

    check()
    assert total >= 10_000


def test_cedar_equals_the_reference_on_20_000_random_requests() -> None:
    """200 instruments, 50 models, 1,000 subjects: as many instants at boundaries, just before and after as between."""
    made, chance = world(), random.Random(20)
    instants = [at + step * MICROSECOND for at in made.rulebook.boundaries for step in (-1, 0, 1)]
    instants += [made.now - timedelta(seconds=chance.randrange(86_400 * 120)) for _ in instants]
    asked = [
        (chance.randrange(1000), chance.choice(made.models), chance.choice(MOSTLY_USE), chance.choice(instants))
        for _ in range(20_000)
    ]

    outcomes = compare(made.rulebook, made.subjects, asked)

    assert outcomes.total() == 20_000
    assert min(outcomes[each] for each in ("serve", "substitute", "refuse")) > 500


def test_cedar_equals_the_reference_on_every_class_of_a_population() -> None:
    """A class: those of whom every atom of the rulebook has the same truth. One of each, for every model."""
    made = world(seed=5, subjects=200)
    signatures = Signatures(made.rulebook)
    classes = {signatures.of(facts): facts for facts in made.subjects}
    subjects = list(classes.values())
    asked = [(number, model, "use", made.now) for number in range(len(subjects)) for model in made.models]

    outcomes = compare(made.rulebook, subjects, asked)

    assert len(subjects) > 100
    assert outcomes.total() == len(subjects) * 50


def test_cedar_gives_the_table_of_june() -> None:
    """Every caller, model and instant of the scenario, a microsecond before and after too."""
    book, known = june(), people(june())
    scenario = read_scenario(FOLDER)
    subjects = [{**facts, "stream": False} for facts in known.values()]
    instants = [each.at + step * MICROSECOND for each in scenario.instants for step in (-1, 0, 1)]
    asked = [(n, model, "use", at) for n in range(len(subjects)) for model in book.catalogue.models for at in instants]

    outcomes = compare(book, subjects, asked)

    assert min(outcomes[each] for each in ("serve", "substitute", "refuse")) > 10


def chain(made: list[dict[str, object]], model: str) -> list[str]:
    """A model and those that may serve instead, read from the exported entities."""
    found = next(each["attrs"] for each in made if each["uid"] == {"type": "Model", "id": model})
    fallback = sorted(found["fallback"], key=lambda each: each["rank"])  # type: ignore[index]
    return [model, *(each["model"]["__entity"]["id"] for each in fallback)]


def test_asking_along_the_fallback_chain_finds_the_model_that_serves() -> None:
    made, chance = world(subjects=100), random.Random(1)
    entities = cedar_export(made.rulebook).entities
    oracle = Oracle(made.rulebook, made.subjects)
    asked = [(chance.randrange(100), chance.choice(made.models)) for _ in range(1500)]
    chains = {model: chain(entities, model) for model in made.models}
    questions = [(who, each) for who, model in asked for each in chains[model]]
    answers = iter(oracle.ask([oracle.question(who, model, "use", made.now) for who, model in questions]))
    served: Counter[bool] = Counter()

    for who, model in asked:
        allowed = [each for each in chains[model] if next(answers).allowed]
        decision = decided(made.rulebook, made.subjects, (who, model, "use", made.now))
        assert (allowed[0] if allowed else None) == decision.served
        served[decision.served not in (None, model)] += 1

    assert served[True] > 100


def test_what_stands_in_for_an_unknown_value_decides_nothing() -> None:
    """Whatever stands where a fact is unknown, the answers are the same."""
    made, chance = world(subjects=60), random.Random(2)
    asked = [(who, model, "use", made.now) for who in range(60) for model in made.models]
    plain, scrambled = Oracle(made.rulebook, made.subjects), Oracle(made.rulebook, made.subjects)
    entities = json.loads(str(plain.entities))
    changed = sum(scramble(each["attrs"], chance) for each in entities if each["uid"]["type"] == "Subject")
    scrambled.entities = cedarpy.Entities.from_json_str(json.dumps(entities), plain.schema)

    questions = [plain.question(*each) for each in asked]

    assert changed > 100
    assert scrambled.ask(questions) == plain.ask(questions)


def scramble(attrs: dict[str, object], chance: random.Random) -> int:
    """Put something else where a fact of one value is unknown; how often."""
    others = {bool: (True,), int: (1, -7), str: ("US", "IR", "org-001")}
    unknown = [name.removesuffix("_known") for name, value in attrs.items() if value is False and name[-6:] == "_known"]
    scalars = [name for name in unknown if type(attrs[name]) in others]
    for name in scalars:
        attrs[name] = chance.choice(others[type(attrs[name])])
    return len(scalars)


@given(worlds(most=12), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_export_at_an_instant_is_right_over_its_interval_and_permits_nothing_outside(
    generated: World, number: int
) -> None:
    book, chance = generated.rulebook, random.Random(number)
    instants = telling_instants(book)
    made = cedar_export(book, chance.choice(instants))
    subjects = [random_subject(chance) for _ in range(4)]
    oracle = Oracle(book, subjects, made)
    asked = [(who, model, "use", at) for who in range(4) for model in book.catalogue.models for at in instants]

    for each, answer in zip(asked, oracle.ask([oracle.question(*each) for each in asked]), strict=True):
        assert made.start is not None
        inside = made.start <= each[3] and (made.end is None or each[3] < made.end)
        assert answer == expected(decided(book, subjects, each)) if inside else not answer.allowed
        assert answer.errors == ()


@given(worlds(most=8))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_rulebook_gives_the_same_text(generated: World) -> None:
    book = generated.rulebook
    again = replace(book, facts=dict(reversed(list(book.facts.items()))))

    assert cedar_export(book) == cedar_export(generated.rulebook)
    assert cedar_export(book) == cedar_export(again)
