"""`engines.proofs.prover`: what it proves nobody refutes, what it refutes a reference confirms; June mutated."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from tests.generated import (
    COUNTRIES,
    DOMAINS,
    FACTS,
    MICROSECOND,
    NOON,
    World,
    conditions,
    instants,
    some,
    with_instruments,
    worlds,
)

from licet.core.conditions import Always, Condition, atoms, evaluate
from licet.core.decision import Decision, Request, decide
from licet.core.facts import UNKNOWN, About, Facts, Members, Value
from licet.core.instruments import Instrument, Lift, Mandate, Operation, Provision
from licet.core.proof import Answer, Proof
from licet.core.properties import COMPARING, Certainty, Claim, Property
from licet.core.rulebook import Rulebook
from licet.core.truth import Truth
from licet.engines.proofs.prover import Prover

THOROUGH = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
MOST = 250
"""Subjects looked at, at most, evenly spread over all that there could be."""

BEYOND: dict[str, tuple[Value, ...]] = {"level": (-9, 5, 9), "org": ("zed",), "residence": ("NZ",)}
"""Values that no condition mentions."""


@dataclass(frozen=True)
class Case:
    """A property and the rulebooks that it is asked of."""

    property_: Property
    before: Rulebook
    after: Rulebook

    @property
    def start(self) -> datetime:
        return self.property_.from_ or NOON

    def prove(self, limit: float = 60.0) -> Proof:
        return prover(self.before, self.after, limit).prove(self.property_)


def prover(before: Rulebook | None, after: Rulebook, limit: float = 60.0) -> Prover:
    return Prover(before, after, now=NOON, stopwatch=monotonic, limit=limit)


@st.composite
def cases(draw: st.DrawFn, claims: Sequence[Claim] = tuple(Claim)) -> Case:
    world: World = draw(worlds(most=6))
    after = world.rulebook
    claim = draw(st.sampled_from(claims))
    begin = draw(st.one_of(st.none(), instants()))
    lifts = [each.name for each in after.instruments if isinstance(each, Lift)]
    provisions = [each.name for each in after.instruments if isinstance(each, Provision)]
    pool = {Claim.LIFT_RESTORES: lifts, Claim.NO_DEAD_INSTRUMENT: provisions}.get(claim, [])
    assume(pool or claim is not Claim.LIFT_RESTORES)
    must = claim is Claim.LIFT_RESTORES
    about_all = claim not in (Claim.NOBODY_ALLOWED, Claim.NO_SUBSTITUTE) and draw(st.booleans())
    whom = Always(True) if draw(st.booleans()) else draw(conditions(world.definitions))
    property_ = Property(
        name="p",
        claim=claim,
        whom=whom,
        text="",
        certainty=draw(st.sampled_from(Certainty)),
        models=() if about_all else draw(some(["strong", "other", "small", "lonely"])),
        operations=draw(st.sampled_from([(Operation.USE,), tuple(Operation)])),
        from_=begin,
        until=draw(st.one_of(st.none(), st.just((begin or NOON) + timedelta(hours=3)))),
        instruments=draw(some(pool)) if pool and (must or draw(st.booleans())) else (),
    )
    return Case(property_, draw(earlier(world)) if claim in COMPARING else after, after)


@st.composite
def earlier(draw: st.DrawFn, world: World) -> Rulebook:
    """A rulebook that differs from the world's in some instruments."""
    found: list[Instrument] = []
    for each in world.instruments:
        match draw(st.sampled_from(("same", "same", "same", "gone", "condition", "from"))):
            case "gone":
                continue
            case "condition" if isinstance(each, Provision):
                found.append(replace(each, condition=draw(conditions(world.definitions)), digest="other"))
            case "from":
                found.append(replace(each, from_=draw(instants()), digest="other"))
            case _:
                found.append(each)
    return with_instruments(world.rulebook, found)


# --- brute force, from `spec/properties.md`


def asked_about(case: Case) -> list[str]:
    """The facts on which something may depend."""
    books = (case.before, case.after)
    found = [each.condition for book in books for each in book.instruments if isinstance(each, Provision)]
    return sorted({atom.fact for condition in [*found, case.property_.whom] for atom in atoms(condition)})


def values_of(name: str) -> tuple[Value, ...]:
    if name == "citizenships":
        subsets = [frozenset(c) for n in range(4) for c in itertools.combinations((*COUNTRIES, "NZ"), n)]
        return (UNKNOWN, *(Members(each, whole) for each in subsets for whole in (True, False) if each or whole))
    known = (*DOMAINS[name], *BEYOND.get(name, ()))
    return known if FACTS[name].about is About.REQUEST else (UNKNOWN, *known)


def people(case: Case) -> Iterator[dict[str, Value]]:
    """Everybody who could be told apart; of too many, evenly spread ones."""
    names = asked_about(case)
    idle: dict[str, Value] = {name: values_of(name)[0] for name in FACTS}
    ways = [values_of(name) for name in names]
    count = 1
    for way in ways:
        count *= len(way)
    step = -(-count // MOST)
    for values in itertools.islice(itertools.product(*ways), 0, None, step + (step > 1 and 1 - step % 2)):
        yield {**idle, **dict(zip(names, values, strict=True))}


def moments(case: Case) -> list[datetime]:
    """Every instant of the time at which something may change, and a microsecond before each."""
    edges = {case.start, *case.after.boundaries, *case.before.boundaries}
    beside = {edge + step for edge in edges for step in (timedelta(), -MICROSECOND)}
    until = case.property_.until
    return sorted(at for at in beside if case.start <= at and (until is None or at < until))


def holds_of(property_: Property, facts: Facts) -> bool:
    truth = evaluate(property_.whom, facts)
    return truth is Truth.TRUE or (truth is Truth.UNKNOWN and property_.certainty is Certainty.POSSIBLE)


def without(book: Rulebook, names: set[str]) -> Rulebook:
    return with_instruments(book, [each for each in book.instruments if each.name not in names])


def fails(case: Case, facts: Facts, model: str, operation: str, at: datetime) -> bool:
    """Whether a property is false of one request; written from the specification, claim by claim."""
    asks, after, models = case.property_, case.after, case.after.catalogue.models

    def gets(book: Rulebook, substitution: bool = True) -> Decision:
        return decide(book, Request(facts, model, operation, at, substitution))

    concerned, named = holds_of(asks, facts), asks.names(models[model])
    match asks.claim:
        case Claim.NOBODY_ALLOWED:
            return concerned and named and gets(after, False).served is not None
        case Claim.NO_SUBSTITUTE:
            served = gets(after).served
            return concerned and served is not None and served != model and asks.names(models[served])
        case Claim.ONLY_NARROWS:
            return concerned and named and gets(after, False).served == model != gets(case.before, False).served
        case Claim.ONLY_WIDENS:
            return concerned and named and gets(case.before, False).served == model != gets(after, False).served
        case Claim.CHANGES_ONLY:
            return gets(case.before).served != gets(after).served and not (named and concerned)
        case Claim.MANDATES_MET:
            return concerned and named and bool(unmet(case, facts, model, operation, at))
        case Claim.LIFT_RESTORES:
            others = [gets(never) for never in never_lifted(case, at)]
            return concerned and named and any(each.served != gets(after).served for each in others)
        case _:
            raise AssertionError(asks.claim)


def never_lifted(case: Case, at: datetime) -> Iterator[Rulebook]:
    """For each lift that has come by then, the rulebook as if it and what it ends had never been there."""
    for name in case.property_.instruments:
        lift = case.after.instrument(name)
        assert isinstance(lift, Lift)
        if at >= lift.from_:
            yield without(case.after, {name, *lift.ends})


def unmet(case: Case, facts: Facts, model: str, operation: str, at: datetime) -> list[str]:
    """The mandates that require an access which is not given."""
    served = decide(case.after, Request(facts, model, operation, at, False)).served
    return [
        each.name
        for each in case.after.in_force(at)
        if isinstance(each, Mandate)
        and each.covers(case.after.catalogue.models[model], operation)
        and evaluate(each.condition, facts) is Truth.TRUE
        and served is None
    ]


def counterexamples(case: Case, before: datetime | None = None) -> Iterator[tuple[Any, ...]]:
    """Requests for which a property is false, at instants before one (None: at any)."""
    everybody = list(people(case))
    for at in moments(case):
        if before is not None and at >= before:
            return
        for operation in case.property_.operations:
            for model in case.after.catalogue.models:
                for facts in everybody:
                    if fails(case, facts, model, operation, at):
                        yield facts, model, operation, at


CLAIMS = [each for each in Claim if each is not Claim.NO_DEAD_INSTRUMENT]


@pytest.mark.parametrize("claim", CLAIMS)
@given(st.data())
@THOROUGH
def test_what_is_proved_nobody_refutes_and_what_is_refuted_the_reference_confirms(
    claim: Claim, data: st.DataObject
) -> None:
    case = data.draw(cases([claim]))
    proof = case.prove()
    event(f"{proof.answer}, by {min(len(proof.rests_on), 2)} instruments")
    if proof.answer is Answer.PROVED:
        assert proof.witness is None
        assert next(counterexamples(case), None) is None
        return
    assert proof.answer is Answer.REFUTED
    witness = proof.witness
    assert witness is not None
    assert proof.because
    assert set(witness.facts) == set(FACTS)
    assert all(FACTS[name].admits(value) for name, value in witness.facts.items())
    assert all(value is not UNKNOWN for name, value in witness.facts.items() if FACTS[name].about is About.REQUEST)
    assert witness.at in moments(case)
    assert fails(case, witness.facts, witness.model, witness.operation, witness.at)
    assert next(counterexamples(case, before=witness.at), None) is None, "it failed earlier than that"


@given(cases([Claim.NO_DEAD_INSTRUMENT]))
@THOROUGH
def test_an_instrument_is_dead_if_nobody_is_served_otherwise_without_it(case: Case) -> None:
    proof = case.prove()
    asks, after = case.property_, case.after
    if proof.answer is Answer.PROVED:
        assert set(proof.rests_on) >= set(asks.instruments)
        return
    assert proof.answer is Answer.REFUTED
    assert proof.about
    assert set(proof.about) <= set(asks.instruments or [each.name for each in after.instruments])
    everybody = [each for each in people(case) if holds_of(asks, each)]
    for name in proof.about:
        never = without(after, {name})
        for at in moments(replace(case, before=never)):
            for model in after.catalogue.models.values():
                for operation in Operation if asks.names(model) else ():
                    for facts in everybody:
                        request = Request(facts, model.name, operation, at, False)
                        assert decide(after, request).served == decide(never, request).served


@given(cases(CLAIMS), st.data())
@THOROUGH
def test_a_proof_rests_on_what_it_names_whatever_the_others_say(case: Case, data: st.DataObject) -> None:
    proof = case.prove()
    assume(proof.answer is Answer.PROVED)

    def changed(each: Instrument) -> Instrument:
        if isinstance(each, Provision) and (each.name, each.digest) in others:
            return replace(each, condition=others[each.name, each.digest], digest=each.digest + " otherwise")
        return each

    def otherwise(book: Rulebook) -> Rulebook:
        return with_instruments(book, map(changed, book.instruments))

    others: dict[tuple[str, str], Condition] = {}
    for book in (case.before, case.after):
        for each in book.instruments:
            if isinstance(each, Provision) and each.name not in proof.rests_on:
                others.setdefault((each.name, each.digest), data.draw(conditions()))
    again = replace(case, before=otherwise(case.before), after=otherwise(case.after))
    assert again.prove().answer is Answer.PROVED
    assert next(counterexamples(again), None) is None


@given(cases(), cases())
@settings(THOROUGH, max_examples=30)
def test_the_same_question_has_the_same_answer_whatever_was_asked_before(case: Case, other: Case) -> None:
    alone = case.prove()
    used = prover(case.before, case.after)
    for first in (replace(case.property_, claim=Claim.NOBODY_ALLOWED), replace(other.property_, instruments=())):
        if first.claim is not Claim.LIFT_RESTORES:
            used.prove(first)
    again = used.prove(case.property_)
    assert replace(again, seconds=0, assumptions=()) == replace(alone, seconds=0, assumptions=())
