"""What an appeal sends back: a new case takes it up, and nobody decides there who decided what was appealed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.cases.walking import START, Walk, appealed_case, shipped
from tests.services.acts_world import ministry, officer
from tests.services.cases_world import PERMIT, Court, Link, court

from licet.adapters.calendars import Holidays
from licet.adapters.store_memory import MemoryStore
from licet.cases.possible import possible
from licet.cases.refusal import NotPossible, Why
from licet.core.roles import Role
from licet.services.acts.refusal import ActRefused
from licet.services.acts.spelling import officer_tree
from licet.services.acts.what import What
from licet.services.cases.asked import NewCase
from licet.services.cases.looking import appealed
from licet.services.cases.ports import Casework

APPEAL = {
    "appellant": "acme",
    "ground": "missed deadline",
    "decided_on": "2026-06-12",
    "argument": "Nobody decided.",
    "relief": "That it is decided.",
}
REMIT = {
    "summary": "It goes back.",
    "basis": ["15 CFR 756.2"],
    "considerations": "The deadline was missed.",
    "reconsideration": "Nothing; it is decided within ten days.",
    "official": "D. Judge, judge@example.org",
    "appeal": "In writing, within 45 days.",
}


def filed(at: Court) -> str:
    """An appeal, opened and open to submissions."""
    procedure = at.law.procedure("appeal").digest
    at.open(NewCase(procedure, "file", "appellant", {**APPEAL, "appealed": ["C-1"]}, "acme"))
    name = "C-2"
    at.act(at.entry("admit", name, role="registrar"))
    at.act(at.entry("close_submissions", name, role="registrar"))
    return name


def following(at: Court, name: str) -> Any:
    at.open(at.new("again", links=(Link("follows", name),)))
    return appealed(at.store, at.law, at.case("C-3"), at.now)


def test_a_case_that_follows_a_remitted_appeal_looks_at_what_was_appealed() -> None:
    at = court(MemoryStore())
    at.open()
    name = filed(at)
    remit = at.entry("remit", name, role="appeal_officer", fields={"decision": REMIT})
    at.ministry.approve(at.act(remit, by="dora"))
    assert at.case(name).state.outcome == "remitted"
    found = following(at, name)
    assert found is not None
    assert found.id == "C-1"


def test_a_case_that_follows_an_appeal_that_sent_nothing_back_is_like_any_other() -> None:
    at = court(MemoryStore())
    at.open()
    assert following(at, filed(at)) is None


@pytest.mark.parametrize("who", ["actor", "second"])
def test_nobody_decides_again_who_decided_before(who: str) -> None:
    law = shipped()
    procedure = next(each for each in law.procedures.values() if each.name.startswith("licence_application@"))
    before = replace(Walk(law, procedure).do("register").do("grant", actor="Z. Judge").case(), id="C-1")
    again = replace(Walk(law, procedure).do("register"), appealed=before)
    with pytest.raises(NotPossible) as refused:
        again.admit(again.entry("grant", **{who: "Z. Judge"}))
    assert [each.why for each in refused.value.reasons] == [Why.UNLIKE]
    offered = possible(again.case(), roles=frozenset(Role), actor="Z. Judge", appealed=before)
    barred = {each.event.name for each in offered if each.not_yet and "somebody else has to do this" in each.not_yet}
    assert barred == {each.event.name for each in offered if each.event.decides is not None}
    assert again.admit(again.entry("refer", actor="Z. Judge")).state.name == "referred"  # that decides nothing
    assert again.admit(again.entry("grant", actor="Y. Judge", second="X. Judge")).state.name == "granted"


def test_without_a_decision_to_be_taken_again_nobody_is_barred() -> None:
    law = shipped()
    before = appealed_case(law)
    procedure = before.procedure
    again = replace(Walk(law, procedure).do("register"), appealed=before)
    assert before.as_of == START
    assert again.admit(again.entry("grant", actor="Z. Counsel")).state.name == "granted"


def test_another_name_with_the_key_that_decided_does_not_decide_again_where_no_rule_of_the_event_bars_it() -> None:
    casework = Casework(Holidays(), None, None)
    text = PERMIT.replace("needs: [verdict], exhibits: 1, meets: [whole]", "decides: other, meets: [whole]")
    at = Court(ministry(MemoryStore(), text, casework=casework), casework)
    decision: dict[str, Any] = {"fields": {"decision": REMIT}, "role": "judge"}
    at.open()
    at.act(at.entry("hear"))
    at.act(at.entry("refuse", **decision), by="dora")
    remit = at.entry("remit", filed(at), role="appeal_officer", fields={"decision": REMIT})
    at.ministry.approve(at.act(remit))
    assert following(at, "C-2").id == "C-1"
    at.act(at.entry("hear", "C-3"))
    at.ministry.approve(at.ministry.do(What.DISMISS, "ann", officers=["dora"], reason="gone"))
    at.ministry.keys["drusilla"] = at.ministry.keys["dora"]
    drusilla = officer("drusilla", at.ministry.keys["dora"], Role.OFFICER)
    at.ministry.approve(at.ministry.do(What.APPOINT, "ann", officers=[officer_tree(drusilla)]))
    with pytest.raises(ActRefused, match=r"`drusilla` did `refuse` \(number 3\) before, as `dora`"):
        at.act(at.entry("refuse", "C-3", **decision), by="drusilla")
    at.act(at.entry("refuse", "C-3", **decision))
    assert at.case("C-3").state.name == "refused"
