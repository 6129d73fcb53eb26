"""Cases whose content was destroyed, in the register: in the state in which they were, or in none that is told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cases.walking import Walk, shipped
from tests.services import register_world as world

from licet.adapters.store_memory import MemoryStore
from licet.core.cases.entry import BuiltIn, Entry
from licet.core.cases.register.shown import ShownCase
from licet.services.cases.register.seeing import seen
from licet.services.cases.register.survey import survey


def settled(proposal: str) -> Walk:
    """An application of which the President said what is to be done: a condition over that leads on."""
    law = shipped()
    procedure = next(each for each in law.procedures.values() if each.name.startswith("licence_application@"))
    asked = Walk(law, procedure).do("register").do("refer").wait(days=100)
    return asked.do("president_decides", fields={"proposal": proposal})


def denied() -> Walk:
    intended = settled("deny").do("intend_denial").do("notify_intent", actor="Z. Judge")
    return intended.wait(days=60)


def granted() -> Walk:
    return settled("approve").do("grant", actor="Z. Judge")


def destroyed(entries: tuple[Entry, ...], store: MemoryStore) -> None:
    (name,) = world.fill(store, [(denied().procedure, entries)])
    store.erase_case(name, actor="casey", at=world.NOW)


def states(store: MemoryStore) -> dict[str, Counter[str]]:
    return {digest: each.states for digest, each in survey(store, world.sight(store)).tally.procedures.items()}


def shown(store: MemoryStore) -> ShownCase:
    stored = store.case("C-1")
    assert stored is not None and stored.erased is not None
    return seen(world.sight(store), stored)[1]


@pytest.mark.parametrize("made", [denied, granted])
def test_a_destroyed_case_is_in_the_state_in_which_it_was(made: Callable[[], Walk]) -> None:
    """Also where a condition led there, over fields that are gone: what was granted is not shown as denied."""
    walk, store = made(), MemoryStore()
    state = walk.case().state
    assert state.outcome == made.__name__
    destroyed(walk.entries, store)
    assert states(store) == {walk.procedure.digest: Counter({state.name: 1})}
    assert (shown(store).state_title, shown(store).outcome) == (state.title, state.outcome)


def test_of_a_case_that_was_moved_no_state_is_told(tmp_path: Path) -> None:
    """Under which version it went on is gone; so nothing is said of where, and none of the outcomes is counted."""
    walk, store = denied(), MemoryStore()
    first, *_, last = walk.entries
    move = replace(first, number=2, event=BuiltIn.MOVE.value, role="officer", party=None, fields={})
    destroyed((first, move, replace(last, number=3, event="renamed", clock=None)), store)
    found = shown(store)
    assert (found.final, found.outcome, found.state_title) == (True, None, "Not told any more")
    world.published(store, tmp_path)
    register = json.loads((tmp_path / "register.json").read_bytes())
    (of,) = [each for each in register["procedures"] if each["digest"] == walk.procedure.digest]
    assert (of["cases"]["erased"], of["states"], of["outcomes"]) == (1, {}, {})
