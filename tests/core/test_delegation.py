"""Somebody acts for somebody: what the two have together, on generated rulebooks. Each property bears its name."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generated import MODELS, NOON, World, instants_of, model_names, mostly_use, subjects, weakened, worlds

from licet.core.decision import Decision, Outcome, Request, decide
from licet.core.delegation import Party, Together, decide_for_both
from licet.core.facts import UNKNOWN, Facts
from licet.core.rulebook import Rulebook
from licet.engines.points import compile_points
from licet.services.keys import reaches
from licet.wire.documents import SourceFile, read_files

thorough = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


class Asked:
    """A generated request of two."""

    def __init__(self, data: st.DataObject, world: World) -> None:
        self.book: Rulebook = world.rulebook
        self.facts: dict[Party, Facts] = {Party.PERSON: data.draw(subjects()), Party.AGENT: data.draw(subjects())}
        if data.draw(st.booleans(), "much alike"):
            self.facts[Party.AGENT] = data.draw(weakened(self.facts[Party.PERSON]))
        self.model = data.draw(model_names)
        self.operation = data.draw(mostly_use)
        self.at: datetime = data.draw(instants_of(self.book))
        self.substitution = data.draw(st.booleans())

    def alone(self, party: Party, model: str, substitution: bool) -> Decision:
        return decide(self.book, Request(self.facts[party], model, self.operation, self.at, substitution))

    def together(self) -> Together:
        return decide_for_both(self.alone, self.model, self.substitution)


@thorough
@given(st.data(), worlds())
def test_an_agent_never_has_more_than_its_person(data: st.DataObject, world: World) -> None:
    asked = Asked(data, world)
    served = asked.together().decision.served
    if served is not None:
        assert asked.alone(Party.PERSON, served, False).served == served
        assert asked.alone(Party.PERSON, asked.model, asked.substitution).served is not None


@thorough
@given(st.data(), worlds())
def test_a_person_lends_an_agent_nothing(data: st.DataObject, world: World) -> None:
    asked = Asked(data, world)
    served = asked.together().decision.served
    if served is not None:
        assert asked.alone(Party.AGENT, served, False).served == served
        assert asked.alone(Party.AGENT, asked.model, asked.substitution).served is not None


@thorough
@given(st.data(), worlds())
def test_what_both_are_served_both_are_served_together(data: st.DataObject, world: World) -> None:
    asked = Asked(data, world)
    alone = [asked.alone(party, asked.model, asked.substitution) for party in Party]
    together = asked.together()
    if all(each.outcome is Outcome.SERVE for each in alone):
        assert together == (alone[0], Party.PERSON)
    if alone[0] == alone[1]:
        assert together == (alone[0], Party.PERSON)


@thorough
@given(st.data(), worlds())
def test_the_decision_is_one_of_theirs(data: st.DataObject, world: World) -> None:
    asked = Asked(data, world)
    decision, whose = asked.together()
    own = [asked.alone(whose, asked.model, substitution) for substitution in (asked.substitution, False)]
    assert decision in own
    if decision.served is None:
        assert decision.verdicts[0].model == asked.model and not decision.verdicts[0].allowed


@thorough
@given(st.data(), worlds())
def test_unknown_never_widens_for_two(data: st.DataObject, world: World) -> None:
    asked = Asked(data, world)
    party = data.draw(st.sampled_from(Party))
    known, asked.facts[party] = asked.facts[party], data.draw(weakened(asked.facts[party]))
    served = asked.together().decision.served
    asked.facts[party] = known
    if served is not None:
        assert all(asked.alone(each, served, False).served == served for each in Party)


@thorough
@given(st.data(), worlds())
def test_the_points_say_the_same(data: st.DataObject, world: World) -> None:
    asked = Asked(data, world)
    points = compile_points(asked.book, asked.at)
    vectors = {party: points.vector(facts) for party, facts in asked.facts.items()}

    def alone(party: Party, model: str, substitution: bool) -> Decision:
        return points.decide(vectors[party], model, asked.operation, asked.at, substitution)

    assert decide_for_both(alone, asked.model, asked.substitution) == asked.together()


CHAIN = ("m0", "m1", "m2")
ALLOWED = list(product((False, True), repeat=3))


def chain() -> Rulebook:
    """Three models, each the fallback of those before it and permitted by a fact of its own."""
    text = ""
    for number, model in enumerate(CHAIN):
        text += (
            f"fact: f{number}\ntype: boolean\nmeaning: x\nsource: x\n---\nmodel: {model}\nfamily: f\napis: [openai]\n"
        )
        text += f"upstream: {{url: 'https://m.test'}}\nfallback: [{', '.join(CHAIN[number + 1 :])}]\n---\n"
        text += f"release: r{number}\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\n"
        text += f"models: [{model}]\nto: f{number}\n---\n"
    text = text.replace("fallback: []\n", "")
    return read_files([SourceFile("law.yaml", text.encode(), lambda _: None)]).rulebook(1)


@pytest.mark.parametrize("substitution", [True, False])
def test_every_pair_on_a_chain_of_three(substitution: bool) -> None:
    """Spelled out a second time: the stricter one's substitute, if the other is allowed it; nothing further down."""
    book = chain()
    for person, agent in product(ALLOWED, ALLOWED):
        facts = {
            party: dict(zip(("f0", "f1", "f2"), each, strict=True))
            for party, each in zip(Party, (person, agent), strict=True)
        }

        def alone(party: Party, model: str, substitute: bool, facts: Any = facts) -> Decision:
            known = {name: facts[party].get(name, UNKNOWN) for name in book.facts}
            return decide(book, Request(known, model, "use", NOON, substitute))

        decision, whose = decide_for_both(alone, "m0", substitution)
        reach = len(CHAIN) if substitution else 1
        first = [next((number for number in range(reach) if each[number]), None) for each in (person, agent)]
        if None in first:
            assert decision.served is None and whose is (Party.PERSON if first[0] is None else Party.AGENT)
            continue
        deepest = max(int(first[0] or 0), int(first[1] or 0))
        assert whose is (Party.PERSON if first[0] == deepest else Party.AGENT)
        assert decision.served == (CHAIN[deepest] if person[deepest] and agent[deepest] else None)


FAMILIES = {name: family for name, family, _ in MODELS}
SCOPES = sorted({f"model:{name}" for name in FAMILIES} | {f"family:{name}" for name in FAMILIES.values()})


@given(st.lists(st.sampled_from(SCOPES), min_size=1, max_size=4), st.sampled_from(SCOPES), model_names)
def test_a_scope_never_widens(scopes: list[str], fewer: str, model: str) -> None:
    """Whoever has scopes reaches no more than without, and with fewer of them no more than with all."""
    assert reaches((), model, FAMILIES[model])
    kept = tuple(each for each in scopes if each != fewer)
    if kept and reaches(kept, model, FAMILIES[model]):
        assert reaches(tuple(scopes), model, FAMILIES[model])
