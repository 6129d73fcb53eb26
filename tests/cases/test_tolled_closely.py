"""Time that does not count, for several reasons and several times; and the instants at which a breach counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.cases.permits import filed
from tests.cases.test_admit_closely import changed
from tests.cases.test_obligations import granted, owed
from tests.cases.walking import Walk

from licet.cases.obligations import curing, suspendable
from licet.core.cases.clock import Running
from licet.core.cases.decision import Kept

BREACH = {"obligation": "3.report", "why": "Nothing came."}


def whole(walked: Walk) -> tuple[Running, datetime]:
    (found,) = [each for each in walked.case().deadlines if each.clock == "whole"]
    assert found.due is not None
    return found.running, found.due


def twofold() -> Walk:
    """A permit whose clock stands still for two reasons: while the applicant answers, and while a court does."""
    walked = filed(urgent=False).do("look")
    rule = walked.procedure.clocks["whole"]
    tolls = {**rule.tolls, "court": replace(rule.tolls["information"], title="a court decides")}
    clocks = {**walked.procedure.clocks, "whole": replace(rule, tolls=tolls)}
    walked = replace(walked, procedure=replace(walked.procedure, clocks=clocks))
    walked = changed(walked, "say", tolls=(("whole", "court"),), starts=())
    return changed(walked, "told", resumes=(("whole", "court"),), meets=())


def test_time_stands_still_a_second_time_for_the_same_reason() -> None:
    walked = filed(urgent=False)
    _, before = whole(walked)
    once = walked.do("ask").wait(days=2).do("answer").wait(days=1)
    assert whole(once) == (Running.RUNNING, before + timedelta(days=2))
    twice = once.do("ask").wait(days=3).do("answer")
    assert whole(twice) == (Running.RUNNING, before + timedelta(days=5))


def test_one_reason_ends_and_the_other_goes_on() -> None:
    walked = twofold()
    _, before = whole(walked)
    both = walked.do("ask").wait(days=2).do("say").wait(days=1).do("answer").wait(days=4)
    assert whole(both)[0] is Running.TOLLED
    assert whole(both.do("told").wait(days=1)) == (Running.RUNNING, before + timedelta(days=7))
    other = walked.do("ask").wait(days=2).do("say").wait(days=1).do("told").wait(days=4)
    assert whole(other)[0] is Running.TOLLED
    assert whole(other.do("answer").wait(days=1)) == (Running.RUNNING, before + timedelta(days=7))


def test_a_breach_may_be_put_right_up_to_the_last_instant() -> None:
    broken = granted(cure="10 d").do("breach", fields=BREACH)
    until = owed(broken).cure_by
    assert until is not None
    case = broken.case()
    assert (curing(case, until), suspendable(case, until)) == ((owed(broken),), ())
    later = until + timedelta(microseconds=1)
    assert (curing(case, later), suspendable(case, later)) == ((), (owed(broken),))


def test_nothing_is_put_right_that_cannot_be_or_that_ended() -> None:
    without = granted().do("breach", fields=BREACH)
    assert curing(without.case(), without.now) == ()
    over = granted(cure="10 d").do("breach", fields=BREACH).do("vary")
    assert owed(over).cure_by is not None
    assert curing(over.case(), over.now) == ()
    assert suspendable(over.wait(days=30).case(), over.now + timedelta(days=30)) == ()


def test_at_the_instant_at_which_it_is_due_nothing_is_overdue() -> None:
    walked = granted(within="30 d")
    due = owed(walked).due
    assert due is not None
    assert owed(walked.until(due)).kept is Kept.OWED
    assert owed(walked.until(due + timedelta(microseconds=1))).kept is Kept.OVERDUE
    ends = granted(by="2030-06-12T21:21:00+00:00")
    assert owed(ends.until(datetime(2030, 6, 13, tzinfo=UTC))).kept is Kept.ENDED, "due as the licence ends"
