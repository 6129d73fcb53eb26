"""A case from its entries: states, fields, clocks in every way that they end, versions, links, holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.cases.permits import denied, filed, permits_law, procedure, reviewed, walk
from tests.cases.walking import START, Walk

from licet.cases.derive import EntriesBroken, derive
from licet.cases.expiries import expiries
from licet.cases.law import LawMissing
from licet.cases.refusal import NotPossible, Why
from licet.core.cases.case import Case, Link
from licet.core.cases.clock import Deadline, Running
from licet.core.cases.entry import BuiltIn, ClockKey


def deadlines(case: Case, clock: str) -> list[Deadline]:
    return [each for each in case.deadlines if each.clock == clock]


def ran(walked: Walk, clock: str) -> list[tuple[Running, int]]:
    return [(each.running, each.started_by) for each in deadlines(walked.case(), clock)]


def due(walked: Walk, clock: str) -> datetime:
    found = deadlines(walked.case(), clock)[-1].due
    assert found is not None
    return found


def test_what_entries_come_to() -> None:
    case = reviewed(orders=["order-1"]).do("note", fields={"text": "x", "secrecy": "public"}).case()
    assert (case.state.name, case.number, case.opened) == ("review", 3, START)
    assert [(each.before, each.after, each.title) for each in case.entries] == [
        ("new", "filed", "File"),
        ("filed", "review", "Look"),
        ("review", "review", "Note"),
    ]
    assert case.fields == {"organisation": "Example", "orders": ["order-1"]}
    assert case.parties == {"applicant": "the applicant"}
    assert case.updated == START + timedelta(days=1)


def test_no_entries_and_no_law_are_no_case() -> None:
    with pytest.raises(EntriesBroken):
        derive(permits_law(), "C-1", procedure("permits@1").digest, (), START)
    with pytest.raises(LawMissing):
        derive(permits_law(), "C-1", "sha256:" + "f" * 64, filed().entries, START)


def test_entries_that_were_never_admitted_are_refused() -> None:
    walked = filed()
    wrong = walked.entry("grant")
    with pytest.raises(EntriesBroken, match="number 2: `grant` is not possible in the state `filed`"):
        replace(walked, entries=(*walked.entries, wrong)).case()


def test_a_clock_is_met_missed_and_met_late() -> None:
    said = reviewed().do("say")
    assert ran(said.wait(hours=1).do("told"), "tell") == [(Running.MET, 3)]
    late = said.wait(hours=49)
    assert ran(late, "tell") == [(Running.MISSED, 3)]
    assert late.entries[-1].event == BuiltIn.RAN_OUT
    told = deadlines(late.do("told").case(), "tell")[0]
    assert (told.running, told.ended) == (Running.MISSED, late.now)


def test_a_clock_that_starts_again_runs_once_at_a_time() -> None:
    walked = reviewed().do("say").wait(hours=1).do("say")
    assert ran(walked, "tell") == [(Running.STOPPED, 3), (Running.RUNNING, 4)]


def test_an_event_of_the_clock_happens_when_it_was_due() -> None:
    walked = filed()
    when = due(walked, "first_look")
    later = walked.until(when + timedelta(hours=7))
    entry = later.entries[-1]
    assert (entry.event, entry.role, entry.actor, entry.happened, entry.at) == (
        "escalated",
        "clock",
        "clock",
        when,
        later.now,
    )
    assert entry.happened.tzinfo is UTC
    assert later.case().state.name == "review"
    found = deadlines(later.case(), "first_look")[0]
    assert (found.running, found.ended) == (Running.MISSED, when)
    assert deadlines(later.case(), "report")[0].started == when


def test_at_the_instant_it_is_due_nothing_is_missed() -> None:
    walked = filed()
    when = due(walked, "first_look")
    assert expiries(walked.case(), when) == ()
    assert replace(walked, now=when).do("look").until(when + timedelta(days=1)).case().number == 2


def test_a_clock_is_entered_once() -> None:
    walked = filed(urgent=False).wait(days=10)
    assert walked.wait(days=1).entries == walked.entries
    again = replace(walked.entries[-1], number=3, at=walked.now)
    with pytest.raises(NotPossible) as refused:
        walked.admit(again)
    assert [each.why for each in refused.value.reasons] == [Why.STATE]


def test_a_repeating_clock_starts_anew_when_it_is_met_and_from_the_missed_day() -> None:
    walked = reviewed(urgent=False).wait(days=20).do("update")
    assert ran(walked, "report") == [(Running.MET, 2), (Running.RUNNING, 3)]
    first = due(walked, "report")
    missed = walked.until(first + timedelta(days=3))
    assert ran(missed, "report") == [(Running.MET, 2), (Running.MISSED, 3), (Running.RUNNING, 4)]
    assert due(missed, "report") == first + timedelta(weeks=4)
    updated = missed.do("update")
    assert ran(updated, "report")[1:] == [(Running.MISSED, 3), (Running.MET, 4), (Running.RUNNING, 5)]
    assert all(each.ended is not None for each in deadlines(updated.case(), "report")[:3])


def test_what_ran_out_while_nobody_looked_is_entered_in_order() -> None:
    walked = reviewed().wait(days=100)
    made = [each for each in walked.entries if each.clock]
    assert [each.clock for each in made] == [
        ClockKey("whole", 1),
        *(ClockKey("report", by) for by in (2, 4, 5)),
    ]
    assert [each.happened for each in made] == sorted(each.happened for each in made)


def test_a_final_state_stops_every_clock() -> None:
    case = reviewed().do("withdraw").case()
    assert {each.running for each in case.deadlines} == {Running.STOPPED, Running.MET}
    assert not any(each.is_open for each in case.deadlines)


def test_time_that_does_not_count() -> None:
    walked = filed(urgent=False)
    gross = due(walked, "whole")
    asked = walked.wait(days=2).do("look").do("ask")
    assert deadlines(asked.case(), "whole")[0].running is Running.TOLLED
    answered = asked.do("ask").wait(days=5).do("answer")
    assert due(answered, "whole") == gross + timedelta(days=5)
    assert due(asked.wait(days=50), "whole") == gross + timedelta(days=20), "no more than its cap"


def test_an_unknown_field_gives_nobody_more_time() -> None:
    unknown, urgent, patient = filed(), filed(urgent=True), filed(urgent=False)
    assert due(unknown, "whole") == due(urgent, "whole") < due(patient, "whole")
    assert due(unknown.wait(days=3).do("inform", fields={"urgent": False}), "whole") == due(patient, "whole")


def test_what_becomes_known_too_late_takes_nothing_back() -> None:
    walked = reviewed().wait(days=12)
    assert ran(walked, "whole") == [(Running.MISSED, 1)]
    informed = walked.do("inform", fields={"urgent": False})
    assert ran(informed, "whole") == [(Running.MISSED, 1)]
    idle = reviewed().idle(days=12)
    assert ran(idle.do("inform", fields={"urgent": False}), "whole") == [(Running.MISSED, 1)], "entered or not"


def entered(walked: Walk, clock: str) -> list[tuple[datetime, bool]]:
    """When the clock entered that one ran out, and whether that is overtaken."""
    placed = (each for each in walked.case().entries if each.entry.clock is not None and each.entry.clock[0] == clock)
    return [(each.entry.happened, each.overtaken) for each in placed]


def test_a_limit_that_turns_out_to_be_past_runs_out_when_that_is_known() -> None:
    known = reviewed(urgent=False).wait(days=12).do("inform", fields={"urgent": True})
    assert due(known, "whole") < known.now and entered(known.wait(seconds=0), "whole") == []
    late = known.wait(seconds=1)
    assert entered(late, "whole") == [(known.now, False)], "once, and not again and again at an instant without effect"
    assert ran(late, "whole") == [(Running.MISSED, 1)] and entered(late.wait(days=1), "whole") == [(known.now, False)]


def test_a_limit_that_is_past_in_another_version_runs_out_with_the_move() -> None:
    move = {"procedure": procedure("permits@2").digest, "state": "intake", "why": "They asked for it."}
    moved = reviewed(urgent=False).wait(days=70).do("move", fields=move)
    assert due(moved, "whole") < moved.now
    assert entered(moved.wait(days=1), "whole") == [(moved.now, False)]


def test_a_case_moves_to_another_version() -> None:
    move = {"procedure": procedure("permits@2").digest, "state": "intake", "why": "The new law is better for them."}
    moved = reviewed().wait(days=2).do("move", fields=move)
    case = moved.case()
    assert (case.procedure.name, case.state.name) == ("permits@2", "intake")
    assert ran(moved, "report") == [(Running.STOPPED, 2)]
    assert ran(moved, "whole") == [(Running.RUNNING, 1)]
    assert due(moved, "whole") == datetime(2026, 8, 12, 3, 59, 59, tzinfo=UTC), "sixty days from its own start"
    with pytest.raises(NotPossible) as refused:
        moved.admit(replace(filed().entry("ask"), number=4, at=moved.now, happened=moved.now))
    assert refused.value.reasons[0].why is Why.EVENT


@pytest.mark.parametrize(
    ("name", "state", "says"),
    [
        ("permits@2", "review", "`permits@2` has no state `review`; it has `intake`, `closed`"),
        ("permit_appeal@1", "filed", "`permit_appeal@1` is about appeal, this case about application"),
    ],
)
def test_where_a_case_cannot_move(name: str, state: str, says: str) -> None:
    walked = reviewed()
    move = {"procedure": procedure(name).digest, "state": state, "why": "So."}
    with pytest.raises(NotPossible) as refused:
        walked.do("move", fields=move)
    assert refused.value.reasons[0] == (Why.MOVE, says, None)


def test_time_that_did_not_count_for_an_unknown_reason_keeps_a_case_where_it_is() -> None:
    asked = reviewed().do("ask")
    move = {"procedure": procedure("permits@2").digest, "state": "intake", "why": "So."}
    with pytest.raises(NotPossible, match="did not count for `information`, which `permits@2` does not know"):
        asked.do("move", fields=move)


def test_links_and_holds() -> None:
    appeal = walk("permit_appeal@1", denied()).do("appeal")
    link = appeal.do("link", fields={"relation": "part of", "target": "C-9"})
    assert link.case().links == (Link("appeals", "C-1"), Link("part of", "C-9"))
    held = link.do("hold", fields={"name": "court", "why": "A court asked."})
    assert held.case().holds == {"court": "A court asked."}
    assert held.do("release hold", fields={"name": "court", "why": "It is over."}).case().holds == {}
