"""What is recorded late: kept, marked, clocks computed anew, the change shown; what the clock entered is overtaken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cases.permits import filed, reviewed
from tests.cases.walking import START, Walk

from licet.cases.refusal import NotPossible, Why
from licet.core.cases.case import Shift
from licet.core.cases.clock import Running
from licet.core.cases.entry import ClockKey

LATE: dict[str, Any] = {"late": "It lay on a desk."}


def test_a_late_entry_is_marked_and_moves_deadlines() -> None:
    walked = filed(urgent=False).wait(days=2).do("look").wait(days=4)
    late = walked.do("ask", happened=walked.now - timedelta(days=3), **LATE)
    placed = late.case().entries[-1]
    assert placed.backdated
    assert placed.shifts == (
        Shift(
            "whole",
            1,
            "running, due 2026-09-11T03:59:59Z",
            "tolled, due 2026-10-01T03:59:59Z",
        ),
    )


def test_it_is_placed_where_it_happened() -> None:
    walked = filed().wait(days=2).do("answer").wait(days=1)
    late = walked.do("inform", happened=START + timedelta(days=1), fields={"urgent": True}, **LATE)
    assert [each.entry.number for each in late.case().entries] == [1, 3, 2]
    assert late.case().fields["urgent"] is True


def test_the_newer_word_wins_by_when_it_happened() -> None:
    walked = filed().wait(days=2).do("inform", fields={"urgent": True}).wait(days=1)
    late = walked.do("inform", happened=START + timedelta(days=1), fields={"urgent": False}, **LATE)
    assert late.case().fields["urgent"] is True


def test_what_was_done_in_time_overtakes_the_clock() -> None:
    walked = filed().wait(days=10)
    assert walked.case().state.name == "review"
    late = walked.do("look", happened=START + timedelta(days=1), **LATE)
    case = late.case()
    assert [(each.entry.event, each.overtaken, each.before, each.after) for each in case.entries] == [
        ("file", False, "new", "filed"),
        ("look", False, "filed", "review"),
        ("escalated", True, "review", "review"),
    ]
    clocks = {(each.clock, each.started_by): each.running for each in case.deadlines}
    assert clocks[("first_look", 1)] is Running.MET
    assert ("report", 2) not in clocks, "what was overtaken starts nothing"
    assert (
        Shift(
            "first_look",
            1,
            "missed, due 2026-06-22T03:59:59Z, ended 2026-06-22T03:59:59Z",
            "met, due 2026-06-22T03:59:59Z, ended 2026-06-13T21:21:00Z",
        )
        in case.entries[1].shifts
    )


def test_in_time_to_the_instant_overtakes_too() -> None:
    walked = filed()
    when = walked.case().deadlines[1].due
    late = walked.wait(days=10).do("look", happened=when, **LATE)
    assert late.case().entries[-1].overtaken


def test_a_deadline_that_moved_runs_out_another_time() -> None:
    walked = reviewed().wait(days=11)
    assert walked.entries[-1].clock == ClockKey("whole", 1)
    late = walked.do("ask", happened=START + timedelta(days=3), **LATE)
    assert late.case().entries[-1].overtaken
    assert late.case().deadlines[0].running is Running.TOLLED
    again = late.wait(days=30)
    assert [each.clock for each in again.entries if each.clock and each.clock.clock == "whole"] == [
        ClockKey("whole", 1),
        ClockKey("whole", 1, 1),
    ]
    assert again.case().deadlines[0].running is Running.MISSED
    assert again.wait(days=1).entries == again.entries


def test_what_is_possible_either_way_stays() -> None:
    walked = filed().wait(days=10).do("update")
    late = walked.entry("look", happened=START + timedelta(days=1), **LATE)
    assert walked.admit(late).state.name == "review", "an update is possible either way"


def late_look(walked: Walk) -> NotPossible:
    with pytest.raises(NotPossible) as refused:
        walked.do("look", happened=START + timedelta(hours=1), **LATE)
    return refused.value


def test_another_persons_entry_that_would_be_impossible_is_named() -> None:
    walked = filed().wait(days=2).do("look", actor="A. Clerk").wait(days=1)
    error = late_look(walked)
    assert error.reasons[0].why is Why.OTHERS
    assert "number 2 (`look`, by `A. Clerk`, 2026-06-14T21:21:00+00:00)" in error.reasons[0].says


@pytest.mark.parametrize(
    ("event", "changes", "why"),
    [
        ("withdraw", {"happened": START, **LATE}, Why.LATE),
        ("ask", {"happened": START + timedelta(hours=1)}, Why.LATE),
        ("ask", {"happened": START + timedelta(hours=1), "late": " "}, Why.LATE),
        ("ask", LATE, Why.LATE),
        ("ask", {"happened": START - timedelta(hours=1), **LATE}, Why.LATE),
        ("ask", {"happened": START + timedelta(days=3), **LATE}, Why.TIME),
        ("ask", {"at": START + timedelta(days=3), "happened": START + timedelta(days=3)}, Why.TIME),
        ("ask", {"at": START + timedelta(hours=1), "happened": START + timedelta(hours=1)}, Why.TIME),
    ],
)
def test_when_it_may_have_happened(event: str, changes: dict[str, Any], why: Why) -> None:
    walked = filed().wait(days=2).do("inform")
    with pytest.raises(NotPossible) as refused:
        walked.do(event, **changes)
    assert why in {each.why for each in refused.value.reasons}


def test_a_clock_that_ran_out_before_comes_first() -> None:
    idle = filed().idle(days=10)
    with pytest.raises(NotPossible, match=r"the clock `first_look` ran out at .*: `escalated` comes first"):
        idle.do("look")
    assert idle.wait(days=0).case().state.name == "review"
    assert idle.do("answer").case().number == 2, "what is possible before and after it is possible"
