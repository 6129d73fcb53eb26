"""Safeguards take away and never give: properties of `decide_guarded`, on generated rulebooks."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.generated import World, instants_of, subjects, worlds

from licet.core.decision import Decision, Outcome, Request, decide
from licet.core.guarded import decide_guarded, taken_away


def on(world: World, facts: Any, at: Any) -> Any:
    """The rulebook's decisions about one subject at one instant."""

    def decided(name: str, substitution: bool) -> tuple[Decision, None]:
        return decide(world.rulebook, Request(facts, name, "use", at, substitution)), None

    return decided


@st.composite
def cases(draw: st.DrawFn) -> tuple[World, Any, str, frozenset[str], bool]:
    world = draw(worlds())
    models = sorted(world.rulebook.catalogue.models)
    flagged = frozenset(draw(st.lists(st.sampled_from(models), max_size=len(models))))
    model = draw(st.sampled_from(models))
    return world, on(world, draw(subjects()), draw(instants_of(world.rulebook))), model, flagged, draw(st.booleans())


@given(cases())
def test_safeguards_never_widen(case: tuple[World, Any, str, frozenset[str], bool]) -> None:
    world, decided, model, flagged, substitution = case
    chain = (model, *world.rulebook.catalogue.models[model].fallback)
    plain, _ = decided(model, substitution)
    found, _ = decide_guarded(decided, chain, flagged, substitution)
    if found.served is not None:
        assert found.served not in flagged and found.served in chain
        assert decided(found.served, False)[0].served == found.served
        assert found.served == model or substitution
    if plain.served is None or plain.served not in flagged:
        assert found == plain and not taken_away(found)
    else:
        assert plain.served in taken_away(found) and set(taken_away(found)) <= flagged
        assert found.outcome is (Outcome.REFUSE if found.served is None else Outcome.SUBSTITUTE)
        assert set(found.instruments) >= set(plain.verdicts[0].forbidden_by)


@given(cases())
def test_no_model_is_passed_over_that_may_serve(case: tuple[World, Any, str, frozenset[str], bool]) -> None:
    world, decided, model, flagged, _ = case
    chain = (model, *world.rulebook.catalogue.models[model].fallback)
    found, _ = decide_guarded(decided, chain, flagged, True)
    may = [name for name in chain if name not in flagged and decided(name, False)[0].served is not None]
    assert found.served == (may[0] if may else None)
