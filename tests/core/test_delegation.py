"""Somebody acts for somebody: what the two have together, on generated rulebooks. Each property bears its name."""

from __future__ import annotations

from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generated import MODELS, World, instants_of, model_names, mostly_use, subjects, weakened, worlds

from licet.core.decision import Decision, Outcome, Request, decide
from licet.core.delegation import Party, Together, decide_for_both
from licet.core.facts import Facts
from licet.core.rulebook import Rulebook
from licet.engines.points import compile_points
from licet.services.keys import reaches

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


FAMILIES = {name: family for name, family, _ in MODELS}
SCOPES = sorted({f"model:{name}" for name in FAMILIES} | {f"family:{name}" for name in FAMILIES.values()})


@given(st.lists(st.sampled_from(SCOPES), min_size=1, max_size=4), st.sampled_from(SCOPES), model_names)
def test_a_scope_never_widens(scopes: list[str], fewer: str, model: str) -> None:
    """Whoever has scopes reaches no more than without, and with fewer of them no more than with all."""
    assert reaches((), model, FAMILIES[model])
    kept = tuple(each for each in scopes if each != fewer)
    if kept and reaches(kept, model, FAMILIES[model]):
        assert reaches(tuple(scopes), model, FAMILIES[model])
