"""Every state of every procedure that ships, with every event: possible exactly where its table says so."""

from __future__ import annotations

import pytest
from tests.cases.walking import ALL, reached, shipped

from licet.cases.possible import possible
from licet.cases.refusal import NotPossible, Why
from licet.core.cases.procedure import CLOCK, Procedure

PROCEDURES = sorted(shipped().procedures.values(), key=lambda each: each.name)
ABSENT = {Why.STATE, Why.FINAL, Why.ONCE, Why.ROLE, Why.CONDITION}
KEPT = {("intend_denial", "resolved")}
"""What is not possible there as these cases stand: in them, what is resolved is to be approved."""


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda each: each.name)
def test_every_event_in_every_state(procedure: Procedure) -> None:
    walks = reached(shipped(), procedure)
    assert set(walks) == set(procedure.states), "every state can be reached by events that are admitted"
    for state, walk in walks.items():
        case = walk.case()
        offered = {each.event.name for each in possible(case, roles=ALL, actor="officer 99") if each.not_yet is None}
        happened = {each.event for each in walk.entries}
        for event, rule in procedure.events.items():
            is_legal = state in rule.froms and rule.by != {CLOCK} and not (rule.once and event in happened)
            is_legal = is_legal and (event, state) not in KEPT
            assert (event in offered) == is_legal
            entry = walk.entry(event, actor="officer 99")
            if is_legal:
                assert walk.admit(entry).state.name == (rule.to or state)
                continue
            with pytest.raises(NotPossible) as refused:
                walk.admit(entry)
            assert {each.why for each in refused.value.reasons} & ABSENT
