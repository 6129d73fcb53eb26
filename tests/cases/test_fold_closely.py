"""The fold at its edges: entries that cannot stand, clocks that are stopped, entered twice, or overtaken by a state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.cases.permits import filed, permits_law, procedure, reviewed, walk
from tests.cases.test_admit_closely import changed
from tests.cases.walking import START, Walk, decision

from licet.cases.derive import EntriesBroken
from licet.cases.refusal import NotPossible, Why
from licet.core.cases.clock import Running
from licet.core.cases.decision import Kept
from licet.core.cases.entry import BuiltIn, ClockKey
from licet.core.cases.procedure import Deciding

LATE: dict[str, Any] = {"late": "It lay on a desk."}


def with_entry(walked: Walk, **changes: Any) -> Walk:
    """The walk with an entry that nobody admitted."""
    return replace(walked, entries=(*walked.entries, replace(walked.entry("note"), **changes)))


@pytest.mark.parametrize("event", ["nonsense", BuiltIn.RAN_OUT.value])
def test_an_event_that_there_is_not_is_no_entry(event: str) -> None:
    with pytest.raises(EntriesBroken, match=f"`permits@1` has no event `{event}`"):
        with_entry(filed(), event=event, fields={}).case()


@pytest.mark.parametrize("event", ["note", "nonsense"])
def test_what_opens_no_case_is_no_first_entry(event: str) -> None:
    opened = filed()
    first = replace(opened.entry("note"), number=1, event=event)
    with pytest.raises(EntriesBroken, match=f"has no event `{event}`"):
        replace(opened, entries=(first,)).case()


def test_what_happened_before_the_opening_is_no_entry() -> None:
    early = with_entry(filed(), happened=START - timedelta(days=1), **LATE)
    with pytest.raises(EntriesBroken, match="number 2: it happened before the case was opened"):
        early.case()


def test_what_happens_once_is_no_second_entry() -> None:
    walked = changed(reviewed(), "look", froms=frozenset(("filed", "review")))
    with pytest.raises(EntriesBroken, match="`look` can happen once, and did"):
        replace(walked, entries=(*walked.entries, walked.entry("look"))).case()


def test_a_clock_is_stopped_and_starts_again_from_then() -> None:
    stopped = changed(reviewed(urgent=False), "say", stops=("whole",), starts=()).wait(days=1).do("say")
    (whole,) = [each for each in stopped.case().deadlines if each.clock == "whole"]
    assert (whole.running, whole.ended) == (Running.STOPPED, stopped.now)
    assert [each for each in stopped.wait(days=200).entries if each.clock and each.clock.clock == "whole"] == []


def test_that_a_clock_ran_out_is_entered_once() -> None:
    walked = reviewed().do("say").wait(hours=49)
    again = replace(walked.entries[-1], number=5, at=walked.now)
    assert again.event == BuiltIn.RAN_OUT
    with pytest.raises(NotPossible) as refused:
        walked.admit(again, frozenset())
    assert [each.why for each in refused.value.reasons] == [Why.CLOCK]


def test_an_event_of_the_clock_is_overtaken_by_the_state_too() -> None:
    walked = changed(filed(urgent=False), "look", meets=()).wait(days=10)
    assert walked.case().entries[-1].after == "review"
    late = walked.do("look", happened=START + timedelta(days=1), **LATE)
    assert [(each.entry.event, each.overtaken) for each in late.case().entries] == [
        ("file", False),
        ("look", False),
        ("escalated", True),
    ]
    again = late.wait(days=0).entries[-1]
    assert (again.event, again.clock) == (BuiltIn.RAN_OUT, ClockKey("first_look", 1, 1))


def test_a_second_grant_leaves_what_the_first_obliged_to() -> None:
    promise = {"kind": "condition", "owner": "the holder", "text": "They report.", "within": "30 d"}
    law, permits = permits_law(), procedure("permits@1")
    walked = changed(reviewed(), "grant", to=None)
    for name in ("first", "second"):
        made = decision(law, permits, Deciding.GRANT, promises=[{"id": name} | promise])
        walked = walked.do("grant", fields={"decision": made})
    assert [(each.id, each.kept) for each in walked.case().obligations] == [
        ("3.first", Kept.OWED),
        ("4.second", Kept.OWED),
    ]


def two_promises() -> Walk:
    promise = {"kind": "condition", "owner": "the holder", "text": "They report.", "within": "30 d", "cure": "10 d"}
    made = [{"id": name} | promise for name in ("first", "second")]
    fields = {"decision": decision(permits_law(), procedure("permits@1"), Deciding.GRANT, promises=made)}
    return reviewed().do("grant", fields=fields)


def test_what_is_found_of_one_promise_is_not_found_of_another() -> None:
    met = two_promises().do("discharge", fields={"obligation": "3.second"})
    assert [each.kept for each in met.case().obligations] == [Kept.OWED, Kept.DISCHARGED]
    broken = two_promises().do("breach", fields={"obligation": "3.second", "why": "So."})
    assert [each.kept for each in broken.case().obligations] == [Kept.OWED, Kept.BROKEN]
    with pytest.raises(NotPossible, match=r"no obligation `x` then; there are: `3\.first`, `3\.second`"):
        broken.do("discharge", fields={"obligation": "x"})


def test_a_second_breach_gives_no_more_time_to_put_it_right() -> None:
    breach = {"obligation": "3.first", "why": "So."}
    once = two_promises().do("breach", fields=breach)
    twice = once.wait(days=3).do("breach", fields=breach)
    assert twice.case().obligations[0].cure_by == once.case().obligations[0].cure_by


def test_an_appeal_that_varies_supersedes_what_the_appealed_case_wrote() -> None:
    granted = replace(reviewed().do("grant", actor="Z. Judge", second="Y. Judge").case(), id="C-1")
    appeal = changed(walk("permit_appeal@1", granted), "uphold", decides=Deciding.VARY).do("appeal")
    varied = decision(permits_law(), appeal.procedure, Deciding.VARY, ("licence-1",))
    assert appeal.do("uphold", fields={"decision": varied}).case().state.name == "decided"
    beside = decision(permits_law(), appeal.procedure, Deciding.VARY, ("another",))
    with pytest.raises(NotPossible, match="the licence `licence-1` would stay in force beside the new one"):
        appeal.do("uphold", fields={"decision": beside})
