"""Whether an entry is possible: every reason against it, and what is possible instead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.cases.permits import denied, filed, permits_law, procedure, reviewed, walk
from tests.cases.walking import ALL, DIGEST, START, Walk, decision

from licet.cases.possible import possible
from licet.cases.refusal import NotPossible, Why
from licet.core.cases.case import Case
from licet.core.cases.entry import ClockKey
from licet.core.cases.procedure import Deciding
from licet.core.roles import Role

OFFICER = frozenset((Role.OFFICER,))
APPROVER = frozenset((Role.APPROVER,))


def refused(walked: Walk, event: str, officer: frozenset[Role] = OFFICER | APPROVER, **changes: Any) -> NotPossible:
    with pytest.raises(NotPossible) as error:
        walked.admit(walked.entry(event, **changes), officer)
    return error.value


def whys(error: NotPossible) -> list[Why]:
    return [each.why for each in error.reasons]


def test_the_wrong_state_lists_what_is_possible_and_for_whom() -> None:
    error = refused(filed(), "grant")
    assert whys(error) == [Why.STATE]
    assert str(error) == (
        "`grant` is not possible in the state `filed` (Filed); possible now: `look` (clerk), `withdraw` (applicant),"
        " `answer` (applicant), `ask` (clerk), `inform` (applicant)"
    )
    assert [each.event.name for each in error.possible] == ["look", "withdraw", "answer", "ask", "inform"]


def test_before_and_after_the_case() -> None:
    assert str(refused(walk(), "look")) == "`look` does not open a case; what opens one: `file`"
    closed = reviewed().do("withdraw")
    assert whys(refused(closed, "look")) == [Why.FINAL]
    assert closed.do("note").case().number == 4


@pytest.mark.parametrize("event", ["note", "link", "hold", "move"])
def test_what_can_happen_in_every_case_opens_none(event: str) -> None:
    assert whys(refused(walk(), event)) == [Why.EVENT]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    error = refused(
        filed(),
        "grant",
        OFFICER,
        actor="A. Clerk",
        second="A. Clerk",
        exhibits=(),
        party="Somebody",
        fields={"stray": 1},
    )
    assert set(whys(error)) == {
        Why.STATE,
        Why.PARTY,
        Why.ROLE,
        Why.SECOND,
        Why.EXHIBITS,
        Why.FIELD,
        Why.DECISION,
    }
    assert len(str(error).splitlines()) == len(error.reasons)


def test_roles() -> None:
    walked = filed()
    assert whys(refused(walked, "look", APPROVER)) == [Why.ROLE]
    assert "an officer who is `officer`" in str(refused(walked, "look", APPROVER))
    assert whys(refused(walked, "look", role="applicant", party="X")) == [Why.ROLE]
    assert whys(refused(walked, "look", role="nobody")) == [Why.ROLE]
    assert whys(refused(walked, "inform", party=None)) == [Why.PARTY]
    assert whys(refused(walked, "look", party="X")) == [Why.PARTY]
    assert walked.admit(walked.entry("inform"), APPROVER).number == 2, "for a party, any officer records"


@pytest.mark.parametrize("role", ["clock", "clerk"])
def test_nobody_does_what_is_the_clocks(role: str) -> None:
    assert whys(refused(filed(), "escalated", role=role)) == [Why.ROLE]
    assert whys(refused(filed(), "ran out", role=role)) == [Why.ROLE]


def test_the_clock_enters_only_what_ran_out() -> None:
    walked = filed()
    key = ClockKey("first_look", 1)
    early = refused(walked, "escalated", role="clock", actor="clock", party=None, clock=key)
    assert whys(early) == [Why.CLOCK]
    assert whys(refused(walked, "look", role="clock", actor="clock", clock=key)) == [Why.ROLE]
    assert Why.ROLE in whys(refused(walked, "note", role="clock", actor="clock", clock=key))
    idle = walked.idle(days=10)
    made = walked.wait(days=10).entries[-1]
    assert idle.admit(made, frozenset()).state.name == "review"


def test_a_second_officer() -> None:
    walked = reviewed()
    assert whys(refused(walked, "grant", second=None)) == [Why.SECOND]
    assert whys(refused(walked, "grant", actor="A", second="A")) == [Why.SECOND]
    assert walked.admit(walked.entry("grant", second=None), APPROVER, proposed=True).state.name == "granted"
    with pytest.raises(NotPossible):
        walked.admit(walked.entry("grant", actor="A", second="A"), APPROVER, proposed=True)


@pytest.mark.parametrize("who", ["actor", "second"])
@pytest.mark.parametrize("did", ["actor", "second"])
def test_who_acted_before_does_not_decide(who: str, did: str) -> None:
    walked = filed().do("look", **{did: "A. Clerk"})
    error = refused(walked, "grant", ALL, **{who: "A. Clerk"})
    assert whys(error) == [Why.UNLIKE]
    assert "`A. Clerk`" in str(error)
    assert "`look` (number 2), so somebody else has to do this" in str(error)


@pytest.mark.parametrize("who", ["actor", "second"])
@pytest.mark.parametrize("person", ["Z. Judge", "Y. Judge"])
def test_who_decided_does_not_decide_the_appeal(who: str, person: str) -> None:
    appeal = walk("permit_appeal@1", denied()).do("appeal")
    assert appeal.do("uphold").case().state.name == "decided"
    assert whys(refused(appeal, "uphold", ALL, **{who: person})) == [Why.UNLIKE]


@pytest.mark.parametrize("other", [None, replace(denied(), id="C-2")])
def test_an_appeal_is_not_decided_without_what_it_appeals(other: Case | None) -> None:
    appeal = walk("permit_appeal@1", denied()).do("appeal")
    assert whys(refused(replace(appeal, appealed=other), "uphold")) == [Why.UNLIKE]


def test_recording_late_does_not_get_around_it() -> None:
    walked = filed(urgent=False).wait(days=10).do("deny", actor="A. Judge").wait(days=1)
    look = walked.entry("look", actor="A. Judge", happened=START, late="It lay on a desk.")
    with pytest.raises(NotPossible) as error:
        walked.admit(look)
    assert whys(error.value) == [Why.OTHERS]
    assert walked.admit(replace(look, actor="A. Clerk")).entries[1].entry.event == "look"


def test_the_number_and_time() -> None:
    walked = filed()
    error = refused(walked, "look", number=1)
    assert (whys(error), str(error)) == (
        [Why.NUMBER],
        "the case changed: it has 1 entries now, and this was made on 0; look at it again, then act",
    )
    assert whys(refused(walked, "look", number=3)) == [Why.NUMBER]


def test_once() -> None:
    twice = procedure("permits@1")
    look = twice.events["look"]
    law = permits_law()
    changed = replace(twice, events={**twice.events, "look": replace(look, froms=frozenset(("filed", "review")))})
    walked = replace(reviewed(), law=replace(law, procedures={**law.procedures, twice.digest: changed}))
    assert whys(refused(walked, "look")) == [Why.ONCE]
    assert "look" not in {each.event.name for each in possible(walked.case(), roles=OFFICER)}


def test_exhibits_and_fields() -> None:
    error = refused(reviewed(), "grant", exhibits=())
    assert str(error) == "`grant` needs 1 documents, and there are 0; attach the others"
    error = refused(walk(), "file", fields={"urgent": "yes", "stray": 1})
    assert [each.field for each in error.reasons] == ["stray", "organisation", "urgent"]
    assert "one spelling" in str(refused(walk(), "file", fields={"organisation": " Example "}))


def test_a_decision_that_lacks_something_is_not_made() -> None:
    draft = decision(permits_law(), procedure("permits@1"), Deciding.DENY, summary="")
    error = refused(reviewed(), "deny", fields={"decision": {k: v for k, v in draft.items() if v}})
    assert whys(error) == [Why.DECISION]
    assert "the decision is not stated" in str(error)
    assert whys(refused(reviewed(), "deny", fields={})) == [Why.DECISION]


def test_what_is_built_in_names_what_there_is() -> None:
    walked = reviewed().do("hold", fields={"name": "court", "why": "Asked."})
    assert whys(refused(walked, "hold", fields={"name": "court", "why": "Asked."})) == [Why.FIELD]
    assert whys(refused(walked, "release hold", fields={"name": "other", "why": "Asked."})) == [Why.FIELD]
    assert whys(refused(walked, "release hold", fields={"name": "court", "why": "Over."}, second=None)) == [Why.SECOND]
    withhold = {"entry": 1, "field": "organisation", "secrecy": "commercial", "why": "So."}
    assert walked.admit(walked.entry("withhold", fields=withhold)).number == 4
    for wrong in ({"entry": 9}, {"field": "urgent"}):
        assert whys(refused(walked, "withhold", fields=withhold | wrong)) == [Why.FIELD]
    assert whys(refused(walked, "discharge", fields={"obligation": "1.x"})) == [Why.OBLIGATION]
    assert whys(refused(walked, "move", fields={"procedure": DIGEST, "state": "x", "why": "So."}, role="nobody")) == [
        Why.ROLE
    ]
    assert whys(refused(walked, "note", APPROVER, role="clerk")) == [Why.ROLE]
    assert walked.admit(walked.entry("note", role="applicant"), OFFICER).number == 4


def test_possible_says_who_and_what_keeps_them() -> None:
    walked = filed().do("look", actor="A. Clerk")
    case = walked.case()
    mine = {each.event.name: each for each in possible(case, roles=APPROVER, actor="A. Clerk")}
    assert mine["grant"].not_yet == "`A. Clerk` entered `look` (number 2), so somebody else has to do this"
    assert mine["say"].not_yet == "`say` needs `clerk` (an officer who is `officer`)"
    assert mine["say"].roles == ("clerk",)
    assert mine["inform"].not_yet is None
    others = {each.event.name: each for each in possible(case, roles=APPROVER, actor="B. Judge")}
    assert (others["grant"].not_yet, others["grant"].roles) == (None, ("judge",))
    assert "escalated" not in {each.event.name for each in possible(filed().case(), roles=OFFICER)}
