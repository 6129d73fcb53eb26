"""Who may make an entry, at the edges: what is the clock's, an appeal's, said before or after, or of a closed case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.cases.permits import denied, filed, reviewed, walk
from tests.cases.test_admit import APPROVER, OFFICER, refused, whys
from tests.cases.walking import ALL, START, Walk

from licet.cases.derive import EntriesBroken
from licet.cases.possible import possible
from licet.cases.refusal import NotPossible, Why
from licet.core.cases.entry import BuiltIn, ClockKey

KEY = ClockKey("first_look", 1)


def changed(walked: Walk, event: str, **rule: Any) -> Walk:
    """The walk under a procedure of which one event has other rules."""
    old = walked.procedure
    new = replace(old, events={**old.events, event: replace(old.events[event], **rule)})
    return replace(
        walked, law=replace(walked.law, procedures={**walked.law.procedures, old.digest: new}), procedure=new
    )


@pytest.mark.parametrize("role", ["clerk", "officer", "applicant"])
@pytest.mark.parametrize("event", ["escalated", "look", "note", BuiltIn.RAN_OUT])
def test_with_the_key_of_a_clock_only_the_clock_enters(event: str, role: str) -> None:
    walked = filed().wait(days=1)
    entry = {"role": role, "clock": KEY, "fields": {"text": "x", "secrecy": "public"} if event == "note" else {}}
    assert Why.ROLE in whys(refused(walked, event, ALL, party=None, second=None, **entry))


def test_the_clock_enters_that_something_ran_out() -> None:
    idle = reviewed().do("say").idle(hours=49)
    (made,) = [each for each in idle.wait(days=0).entries if each.event == BuiltIn.RAN_OUT]
    assert idle.admit(made, frozenset()).number == 4
    assert whys(refused(idle, BuiltIn.RAN_OUT, role="clock", party=None, clock=None)) == [Why.ROLE]


def test_the_clock_needs_no_second_officer_and_no_reason() -> None:
    idle = changed(filed(), "escalated", second=True).idle(days=10)
    made = idle.wait(days=0).entries[-1]
    assert idle.admit(made, frozenset()).state.name == "review"


def test_a_role_of_the_case_that_is_held_may_write_a_note() -> None:
    walked = filed()
    assert walked.admit(walked.entry("note", role="clerk"), OFFICER).number == 2


def test_entries_that_do_not_follow_admit_nothing() -> None:
    walked = filed()
    broken = replace(walked, entries=(*walked.entries, walked.entry("grant")))
    with pytest.raises(EntriesBroken, match="`grant` is not possible in the state `filed`"):
        broken.admit(replace(walked.entry("note"), number=3))


def test_what_an_officer_cannot_cause_is_not_offered_instead() -> None:
    error = refused(filed(), "grant", APPROVER)
    assert "`look`" not in str(error)
    assert [each.event.name for each in error.possible] == ["withdraw", "answer", "inform"]


def test_a_final_state_in_which_something_is_possible_says_what() -> None:
    granted = reviewed().do("grant")
    error = refused(granted, "look")
    assert whys(error) == [Why.STATE]
    assert "possible now: `suspend` (judge), `vary` (judge)" in str(error)


def test_what_does_not_decide_needs_no_look_at_what_is_appealed() -> None:
    filed_appeal = replace(walk("permit_appeal@1"), appealed=None).do("appeal", fields={"appeals": ["C-1"]})
    assert filed_appeal.case().state.name == "filed"


def test_an_opening_event_that_others_must_do_looks_at_what_it_appeals() -> None:
    appeal = changed(walk("permit_appeal@1", denied()), "appeal", unlike=frozenset(("deny",)))
    assert appeal.do("appeal").case().state.name == "filed"
    assert whys(refused(appeal, "appeal", actor="Z. Judge")) == [Why.UNLIKE]
    assert whys(refused(replace(appeal, appealed=None), "appeal")) == [Why.UNLIKE]


def test_only_who_did_it_before_is_kept_from_it() -> None:
    walked = changed(reviewed(), "say", unlike=frozenset(("told",))).do("say", actor="A. Clerk")
    assert walked.do("told", actor="A. Clerk").case().number == 4, "at the same instant, and yet after it"
    assert walked.wait(hours=1).do("told", actor="A. Clerk").case().number == 4
    late: dict[str, Any] = {"happened": START + timedelta(days=1), "late": "It lay on a desk."}
    waited = changed(reviewed().wait(days=1), "say", unlike=frozenset(("told",))).do("say", actor="A. Clerk")
    assert whys(refused(waited, "told", actor="A. Clerk", **late)) == [Why.OTHERS]
    assert waited.do("told", actor="B. Clerk", **late).entries[-1].number == 4
    assert waited.do("inform", actor="A. Clerk", **late).entries[-1].number == 4


@pytest.mark.parametrize(
    ("event", "fields", "says"),
    [
        ("release hold", {"name": "x", "why": "So."}, "there is no hold `x`; there are: `court`"),
        (
            "withhold",
            {"entry": 1, "field": "x", "secrecy": "commercial", "why": "So."},
            "number 1 has no field `x`; it has: `organisation`, `party`",
        ),
        (
            "withhold",
            {"entry": 2, "field": "x", "secrecy": "commercial", "why": "So."},
            "number 2 has no field `x`; it has: none",
        ),
    ],
)
def test_what_there_is_instead_is_named(event: str, fields: dict[str, Any], says: str) -> None:
    walked = reviewed().do("hold", fields={"name": "court", "why": "Asked."})
    assert str(refused(walked, event, fields=fields)) == says


def test_no_hold_is_said_to_be_none() -> None:
    error = refused(reviewed(), "release hold", fields={"name": "x", "why": "So."})
    assert str(error) == "there is no hold `x`; there are: none"


def test_nobody_acts_before_the_clock_says_it_is_so_late() -> None:
    walked = filed().wait(days=2)
    same = walked.entry("look", happened=walked.now, at=walked.now)
    assert walked.admit(same).number == 2
    with pytest.raises(NotPossible) as error:
        walked.admit(replace(same, at=walked.now + timedelta(microseconds=1)))
    assert {each.why for each in error.value.reasons} >= {Why.TIME}


def test_who_agreed_to_it_before_is_told_so() -> None:
    walked = filed().do("look", actor="A. Clerk", second="B. Clerk")
    assert "`B. Clerk` agreed to `look` (number 2)" in str(refused(walked, "grant", ALL, actor="B. Clerk"))
    assert "`A. Clerk` entered `look` (number 2)" in str(refused(walked, "grant", ALL, actor="A. Clerk"))


@pytest.mark.parametrize(("actor", "says"), [("Z. Judge", "entered"), ("Y. Judge", "agreed to"), ("X. Judge", None)])
def test_what_is_possible_in_an_appeal_knows_who_decided(actor: str, says: str | None) -> None:
    appeal = walk("permit_appeal@1", denied()).do("appeal")
    offered = possible(appeal.case(), roles=ALL, actor=actor, appealed=denied())
    (uphold,) = [each for each in offered if each.event.name == "uphold"]
    assert uphold.not_yet == (
        None if says is None else f"`{actor}` {says} `deny` (number 3), so somebody else has to do this"
    )
