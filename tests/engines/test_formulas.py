"""`engines.smt.formulas`: what the solver takes for possible is what the reference says, in both directions."""

from __future__ import annotations

import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.generated import World, subjects, worlds

from licet.core.conditions import about, atoms, evaluate
from licet.core.decision import judge
from licet.core.facts import UNKNOWN, About
from licet.core.instruments import Order, Provision
from licet.core.truth import Truth
from licet.engines.smt.formulas import Formulas, covering

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def provisions_of(world: World) -> list[Provision]:
    return [each for each in world.rulebook.instruments if isinstance(each, Provision)]


@given(worlds(most=6), st.data())
@SLOW
def test_every_model_of_the_axioms_is_a_subject_of_whom_the_reference_says_the_same(
    world: World, data: st.DataObject
) -> None:
    formulas = Formulas([world.rulebook])
    provisions = provisions_of(world)
    wanted = [formulas.holds(each) for each in provisions]
    # before anything is asked: a release that is narrowed at an instant is a provision, and a symbol, of its own
    verdicts = [
        (served, found, formulas.allowed(found))
        for served in world.rulebook.catalogue.models.values()
        for at in (world.rulebook.boundaries or ())[:4]
        for found in (covering(world.rulebook.in_force(at), served, "use"),)
    ]
    signs = data.draw(st.lists(st.booleans(), min_size=len(wanted), max_size=len(wanted)))
    for symbol, sign in zip(wanted, signs, strict=True):
        # as many of the wishes as can be granted together
        formulas.solver.push()
        formulas.solver.add(symbol if sign else z3.Not(symbol))
        if formulas.solver.check(*formulas.trackers()) != z3.sat:
            formulas.solver.pop()
    assert formulas.solver.check(*formulas.trackers()) == z3.sat
    facts, model = formulas.facts(), formulas.solver.model()
    assert set(facts) == set(world.rulebook.facts)
    for name, value in facts.items():
        fact = world.rulebook.facts[name]
        assert fact.admits(value)
        assert fact.about is About.SUBJECT or value is not UNKNOWN
    for each in provisions:
        truth = evaluate(each.condition, facts)
        expected = truth is not Truth.FALSE if isinstance(each, Order) else truth is Truth.TRUE
        assert z3.is_true(model.eval(formulas.holds(each), True)) is expected
    for served, found, allowed in verdicts:
        verdict = judge(served, found, about(facts))
        assert z3.is_true(model.eval(allowed, True)) is verdict.allowed, served.name


@given(worlds(most=6), subjects())
@SLOW
def test_every_subject_is_a_model_of_the_axioms(world: World, facts: dict[str, object]) -> None:
    formulas = Formulas([world.rulebook])
    declared = world.rulebook.facts
    known = {
        name: (False if fact.about is About.REQUEST and facts[name] is UNKNOWN else facts[name])
        for name, fact in declared.items()
    }
    for each in provisions_of(world):
        for atom in atoms(each.condition):
            truth = evaluate(atom, known)  # type: ignore[arg-type]
            true, possible = formulas.terms.pair(atom)
            formulas.solver.add(true == (truth is Truth.TRUE), possible == (truth is not Truth.FALSE))
    assert formulas.solver.check() == z3.sat
