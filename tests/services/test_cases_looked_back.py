"""What an appeal goes back to is kept for as long as it does; and an appeal outlives what it was about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.services.cases_world import NOW, Court, Link, court
from tests.services.test_cases_remitted import APPEAL, REMIT, filed
from tests.services.test_cases_retaining import LATER, destroy, refuse

from licet.adapters.store_memory import MemoryStore
from licet.services.acts.refusal import ActRefused
from licet.services.cases.asked import NewCase
from licet.services.cases.looking import appealed, appealed_if_there
from licet.services.cases.refusal import CaseMissing
from licet.services.cases.retaining import destroyable


@pytest.fixture
def at() -> Court:
    """`C-1` is refused; `C-2` appeals it, was remitted two days later."""
    at = court(MemoryStore())
    at.open()
    refuse(at)
    filed(at)
    at.now = NOW + timedelta(days=2)
    remit = at.entry("remit", "C-2", role="appeal_officer", fields={"decision": REMIT})
    at.ministry.approve(at.act(remit, by="dora"))
    assert at.case("C-2").state.outcome == "remitted"
    return at


def again(at: Court) -> None:
    """`C-3` takes up what was remitted, and is open."""
    at.open(at.new("again", links=(Link("follows", "C-2"),)))


def test_what_is_decided_again_keeps_all_that_it_goes_back_to(at: Court) -> None:
    again(at)
    at.now = LATER + timedelta(days=30)
    assert destroyable(at.store, at.law, at.now) == ()
    with pytest.raises(ActRefused, match="`C-1`: what was decided in it is decided again in `C-3`, which is open"):
        destroy(at, "C-1")
    with pytest.raises(ActRefused, match="`C-2`: what was decided in it is decided again in `C-3`, which is open"):
        destroy(at, "C-2")


def test_an_appeal_of_an_appeal_keeps_both(at: Court) -> None:
    fields = {**APPEAL, "appealed": ["C-2"]}
    at.now = LATER + timedelta(days=30)
    procedure = at.law.procedure("appeal").digest
    at.open(NewCase(procedure, "file", "appellant", fields, "acme"))
    assert destroyable(at.store, at.law, at.now) == ()


def test_nothing_is_kept_for_a_case_that_is_over(at: Court) -> None:
    again(at)
    refuse(at, "C-3")
    assert destroyable(at.store, at.law, LATER) == ("C-1",)


def test_an_appeal_is_looked_at_when_what_it_was_about_is_destroyed(at: Court) -> None:
    at.now = LATER
    at.ministry.approve(destroy(at, "C-1"))
    case = at.case("C-2")
    assert appealed_if_there(at.store, at.law, case, at.now) is None
    with pytest.raises(CaseMissing, match="the content of `C-1` was destroyed"):
        appealed(at.store, at.law, case, at.now)


def test_such_an_appeal_can_be_held_and_nobody_decides_in_it(at: Court) -> None:
    at.now = LATER
    at.ministry.approve(destroy(at, "C-1"))
    at.act(at.entry("hold", "C-2", role="officer", fields={"name": "h", "why": "a lawsuit"}))
    assert at.case("C-2").holds == {"h": "a lawsuit"}
    with pytest.raises(ActRefused, match="the content of `C-1` was destroyed"):
        at.act(at.entry("remit", "C-2", role="appeal_officer", fields={"decision": REMIT}), by="dora")
