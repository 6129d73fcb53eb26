"""What holds of every finding and every patch, whatever was tried."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.campaigns import suite
from tests.inquiries import about_finding, about_patch, asked, finding, ordinary, patch, public, scored

from licet.core.evidence.inquiry import Role
from licet.core.evidence.judgement import Held, Reproduced
from licet.core.evidence.severity import Axis, Reach
from licet.core.evidence.suite import Suite
from licet.core.evidence.trial import Trial

FEW = suite(24, name="few")
TWICE = suite(16, name="twice", attempts=3)
DRAWN = suite(24, name="drawn", stands_for="what people ask")
SUITES = st.sampled_from([FEW, TWICE, DRAWN])
REPRODUCED = [Reproduced.NO, Reproduced.UNDECIDED, Reproduced.YES]
HELD = [Held.FAILS, Held.UNDECIDED, Held.HOLDS]
REACHES = [None, *Reach]
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def tried(draw: st.DrawFn, of: Suite, arm: str) -> list[Trial]:
    """Some tries of an arm as successes, one by one."""
    none = scored(of, arm, 0)
    hits = draw(st.lists(st.booleans(), min_size=len(none), max_size=len(none)))
    return [replace(each, score=float(hit)) for each, hit in zip(none, hits, strict=True)]


@given(st.data())
@QUICK
def test_one_more_baseline_that_solves_it_never_raises_the_level(data: st.DataObject) -> None:
    of = data.draw(SUITES)
    trials = data.draw(tried(of, "verse")) + data.draw(tried(of, "open-a"))
    before = finding(about_finding(of, public("open-a")), trials, of)
    more = about_finding(of, public("open-a"), public("open-b"))
    after = finding(more, trials + scored(of, "open-b", len(of.items)), of)
    assert after.grade.levels[0] <= before.grade.levels[0]
    assert after.grade.levels[1] <= before.grade.levels[1]
    assert before.coverage.holes == after.coverage.holes


@given(st.data())
@QUICK
def test_one_more_failure_of_the_technique_never_raises_reproduced_or_breadth(data: st.DataObject) -> None:
    of = data.draw(SUITES)
    trials = data.draw(tried(of, "verse"))
    place = data.draw(st.integers(0, len(trials) - 1))
    fewer = [replace(each, score=0.0) if at == place else each for at, each in enumerate(trials)]
    inquiry = about_finding(of, baselines=None, margin=None)
    before, after = finding(inquiry, trials, of), finding(inquiry, fewer, of)
    if not (before.coverage.complete and after.coverage.complete):
        return
    assert REPRODUCED.index(after.reproduced) <= REPRODUCED.index(before.reproduced)
    assert after.breadth.value <= before.breadth.value
    assert REACHES.index(after.reach) <= REACHES.index(before.reach)
    was, now = (dict(each.grade.axes)[Axis.BREADTH] for each in (before, after))
    assert now.low <= was.low
    assert now.high <= was.high


@given(st.data())
@QUICK
def test_the_order_of_trials_does_not_matter(data: st.DataObject) -> None:
    of = data.draw(SUITES)
    trials = data.draw(tried(of, "verse")) + data.draw(tried(of, "open-a"))
    mixed = list(trials)
    random.Random(data.draw(st.integers(0, 99))).shuffle(mixed)
    assert finding(about_finding(of), mixed, of) == finding(about_finding(of), trials, of)
    inquiry = about_patch(of, arms=((Role.AFTER, "verse"), (Role.BEFORE, "open-a")))
    assert patch(inquiry, mixed, of) == patch(inquiry, trials, of)


@given(st.data(), st.sampled_from(["0.01", "0.1", "0.3"]))
@QUICK
def test_one_more_success_of_the_technique_never_improves_the_verdict_on_a_patch(
    data: st.DataObject, bound: str
) -> None:
    of = data.draw(st.sampled_from([FEW, TWICE, DRAWN, suite(320, name="large")]))
    none = scored(of, "after", 0)
    hits = set(data.draw(st.lists(st.integers(0, len(none) - 1), max_size=12)))
    trials = [replace(each, score=float(at in hits)) for at, each in enumerate(none)]
    place = data.draw(st.integers(0, len(trials) - 1))
    more = [replace(each, score=1.0) if at == place else each for at, each in enumerate(trials)]
    before, after = (patch(about_patch(of, bound), each, of) for each in (trials, more))
    if not (before.coverage.complete and after.coverage.complete):
        assert Held.INSUFFICIENT in (before.verdict, after.verdict)
        return
    assert HELD.index(after.verdict) <= HELD.index(before.verdict)
    assert after.after.interval.high >= before.after.interval.high


@given(st.data())
@QUICK
def test_one_more_request_that_is_not_served_never_makes_a_loss_look_smaller(data: st.DataObject) -> None:
    of, everyday = suite(59), ordinary(40)
    inquiry = about_patch(
        of,
        "0.05",
        arms=((Role.AFTER, "after"), (Role.ORDINARY_BEFORE, "ob"), (Role.ORDINARY_AFTER, "oa")),
        ordinary=((everyday.name, everyday.digest),),
    )
    first = data.draw(st.sets(st.integers(0, 39), max_size=20))
    then = data.draw(st.sets(st.integers(0, 39), max_size=20))
    one_more = {*then, data.draw(st.integers(0, 39))}
    trials = scored(of, "after", 0) + asked(everyday, "ob", first)
    before, after = (patch(inquiry, trials + asked(everyday, "oa", each), of, everyday) for each in (then, one_more))
    assert set(before.dear) <= set(after.dear)
    assert before.verdict is after.verdict is Held.HOLDS


def test_the_same_seed_gives_the_same_judgement() -> None:
    trials = scored(TWICE, "verse", 12) + scored(TWICE, "open-a", 3)
    assert finding(about_finding(TWICE), trials, TWICE) == finding(about_finding(TWICE), trials, TWICE)
