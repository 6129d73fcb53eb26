"""What the clock enters where more happened than that a deadline passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.cases.permits import filed, reviewed
from tests.cases.test_admit_closely import changed
from tests.cases.walking import Walk

from licet.cases.expiries import expiries
from licet.cases.refusal import NotPossible
from licet.core.cases.entry import BuiltIn, ClockKey

NOTE = {"text": "x", "secrecy": "public"}


def events(walked: Walk) -> list[str]:
    return [each.event for each in walked.entries]


def test_what_ran_out_and_cannot_happen_any_more_is_only_entered_as_such() -> None:
    idle = filed().idle(days=10)
    acted = replace(idle, entries=(*idle.entries, idle.entry("look")))
    after = acted.wait(days=0)
    assert [each.event for each in after.entries] == ["file", "look", BuiltIn.RAN_OUT]
    assert after.case().state.name == "review"


def test_everything_that_ran_out_without_an_event_is_entered_together() -> None:
    idle = reviewed().do("say").idle(days=11)
    found = expiries(idle.case(), idle.now)
    assert [(each.number, each.clock.clock) for each in found if each.clock] == [(4, "tell"), (5, "whole")]


def test_a_clock_whose_event_is_not_possible_then_only_ran_out() -> None:
    walked = changed(filed(urgent=False), "look", meets=()).do("look").wait(days=10)
    assert events(walked) == ["file", "look", BuiltIn.RAN_OUT]
    assert walked.wait(days=1).entries == walked.entries


def test_an_event_of_the_clock_that_happens_once_happens_once() -> None:
    walked = changed(filed(urgent=False), "escalated", once=True, froms=frozenset(("filed", "review")))
    again = changed(walked, "say", starts=("first_look",))
    first = again.wait(days=10)
    assert events(first) == ["file", "escalated"]
    assert events(first.do("say").wait(days=10)) == ["file", "escalated", "say", BuiltIn.RAN_OUT]


def test_an_event_of_the_clock_happens_as_often_as_its_clock_runs_out() -> None:
    walked = changed(filed(urgent=False), "escalated", froms=frozenset(("filed", "review")))
    again = changed(walked, "say", starts=("first_look",)).wait(days=10).do("say").wait(days=10)
    assert events(again) == ["file", "escalated", "say", "escalated"]
    assert not any(each.overtaken for each in again.case().entries)


def test_what_moves_the_case_nowhere_is_possible_before_and_after_what_ran_out() -> None:
    idle = filed(urgent=False).idle(days=10)
    acted = idle.do("note", fields=NOTE).do("answer").do("inform")
    assert events(acted.wait(days=0))[-1] == "escalated"
    assert acted.wait(days=0).case().state.name == "review"
    for walked in (idle.do("note", fields=NOTE), idle.do("answer")):
        with pytest.raises(NotPossible, match="`escalated` comes first"):
            walked.do("look")


def test_an_event_of_the_clock_that_moves_the_case_nowhere_keeps_nobody_from_anything() -> None:
    idle = changed(filed(urgent=False), "escalated", to=None).idle(days=10)
    after = idle.do("answer").do("look").wait(days=0)
    assert events(after) == ["file", "answer", "look", "escalated"]
    assert after.case().state.name == "review"


def test_nothing_is_entered_of_what_ended_at_the_instant_it_was_due() -> None:
    walked = filed(urgent=False)
    (due,) = [each.due for each in walked.case().deadlines if each.clock == "first_look"]
    assert due is not None
    met = replace(walked, now=due).do("look")
    assert events(met.until(due + timedelta(days=5))) == ["file", "look"]
    key = ClockKey("first_look", 1)
    assert [each.clock for each in replace(walked, now=due).until(due + timedelta(seconds=1)).entries[1:]] == [key]
