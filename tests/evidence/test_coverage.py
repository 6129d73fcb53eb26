"""Coverage in figures: counts, budget, the rise with budget, the smallest rate that would have been found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.campaigns import ASKED, JUDGE, gaps, judge, log, suite, threshold, trials

from licet.core.evidence.coverage import Gap, Spent
from licet.core.evidence.judgement import Reached
from licet.core.evidence.trial import Came, Trial
from licet.evidence.coverage.completeness import Intended, Plan, coverage_of
from licet.evidence.statistics.judge_error import quality
from licet.evidence.trials.table import table_of

WORDS = suite(100)


def test_the_counts_of_an_arm() -> None:
    found = trials(WORDS)
    found[0] = replace(found[0], came=Came.BLOCKED, score=None)
    found[1] = replace(found[1], came=Came.FALLBACK, score=None)
    found[2] = replace(found[2], came=Came.ERROR, score=None)
    found[3] = replace(found[3], limit="time")
    found[4] = replace(found[4], invalid="cut off")
    counts = judge(threshold(WORDS), WORDS, found[:-1], sources=[log(found[:-1], retries=2)]).coverage.arms[0]
    assert (counts.arm, counts.intended, counts.run, counts.scored) == ("plain", 100, 99, 96)
    assert (counts.served, counts.fallback, counts.blocked) == (96, 1, 1)
    assert (counts.errors, counts.limits, counts.retries, counts.invalidated) == (1, 1, 2, 1)


def test_each_arm_is_counted_over_its_suites() -> None:
    other = suite(20, name="phrases")
    found = [*trials(WORDS), *trials(other), *trials(WORDS, arm="scaffold")]
    coverage = judge(threshold(WORDS, other), [WORDS, other], found).coverage
    assert [(counts.arm, counts.intended, counts.run) for counts in coverage.arms] == [
        ("plain", 120, 120),
        ("scaffold", 100, 100),
    ]


def test_what_only_has_to_be_served_needs_no_score() -> None:
    """The cost of a patch is counted by what came of ordinary requests."""
    found = table_of(replace(each, score=None, source="") for each in trials(WORDS))
    plan = Plan(intended=(Intended(WORDS, "plain", scored=False),), metric="success", low=0, high=1)
    assert coverage_of(found, plan).complete
    scored = Plan(intended=(Intended(WORDS, "plain"),), metric="success", low=0, high=1)
    assert {hole.gap for hole in coverage_of(found, scored).holes} == {Gap.ERRORS}


def test_an_arm_of_a_plan_that_was_not_run_is_missing() -> None:
    plan = Plan(intended=(Intended(WORDS, "plain"), Intended(WORDS, "technique")), metric="success", low=0, high=1)
    found = trials(WORDS)
    holes = coverage_of(table_of(found), plan, sources=[log(found)]).holes
    assert [(hole.gap, hole.arm, hole.count) for hole in holes] == [(Gap.ARM_MISSING, "technique", 100)]


def test_the_budget_is_measured_by_the_trials_where_they_tell() -> None:
    line = threshold(WORDS, budget={"tokens": "10000", "tries": "100", "scaffolds": "1", "hours": "40"})
    found = judge(line, WORDS, trials(WORDS), spent={"hours": 41.5, "tokens": 1e9})
    assert found.coverage.budget == (
        Spent("tokens", 10_000, 10_000),
        Spent("tries", 100, 100),
        Spent("scaffolds", 1, 1),
        Spent("hours", 40, 41.5),
    )
    assert found.coverage.complete


def test_tokens_that_a_trial_does_not_tell_can_be_said() -> None:
    found = [replace(trials(WORDS)[0], tokens=None), *trials(WORDS)[1:]]
    line = threshold(WORDS, budget={"tokens": "10000"})
    assert gaps(judge(line, WORDS, found)) == {Gap.BUDGET_NOT_SPENT}
    assert gaps(judge(line, WORDS, found, spent={"tokens": 12_000})) == set()


def test_hours_that_nobody_says_are_not_spent() -> None:
    found = judge(threshold(WORDS, budget={"hours": "40"}), WORDS, trials(WORDS))
    assert gaps(found) == {Gap.BUDGET_NOT_SPENT}
    assert found.coverage.budget == (Spent("hours", 40, None),)


def test_a_budget_that_was_not_spent_says_how_many_trials_would_spend_it() -> None:
    found = judge(threshold(WORDS, budget={"tokens": "25000"}), WORDS, trials(WORDS))
    assert found.next is not None
    assert found.next.more == 150
    assert "15,000 tokens" in found.next.what


def test_the_smallest_rate_that_would_have_been_found() -> None:
    found = judge(threshold(WORDS), WORDS, trials(WORDS)).coverage
    assert found.detectable == pytest.approx(1 - 0.05 ** (1 / 100))


def test_tries_of_an_item_find_no_smaller_rate_and_families_no_smaller_than_families() -> None:
    often, drawn = suite(100, attempts=5), suite(100, stands_for="all words")
    assert judge(threshold(often), often, trials(often)).coverage.detectable == pytest.approx(1 - 0.05 ** (1 / 100))
    assert judge(threshold(drawn), drawn, trials(drawn)).coverage.detectable == pytest.approx(1 - 0.05 ** (1 / 8))


def test_a_judge_that_misses_finds_no_rate_as_small() -> None:
    measured = quality(JUDGE, (180, 200), (199, 200))
    found = judge(threshold(WORDS, judge=ASKED), WORDS, trials(WORDS, judge=JUDGE), quality=measured).coverage
    assert found.detectable == pytest.approx((1 - 0.05 ** (1 / 100)) / measured.sensitivity.interval.low)


def test_with_no_trial_nothing_would_have_been_found() -> None:
    assert judge(threshold(WORDS), WORDS, []).coverage.detectable is None


def arm(name: str, tokens: int, hits: int) -> list[Trial]:
    return [replace(each, tokens=tokens) for each in trials(WORDS, hits, arm=name)]


def test_a_rise_from_an_arm_of_small_budget_to_one_of_large_budget_is_told() -> None:
    """60 of 100 items are solved with four times the tokens and not before: 0.3 for each doubling."""
    found = judge(threshold(WORDS, red="0.9"), WORDS, [*arm("small", 1_000, 10), *arm("large", 4_000, 70)])
    assert gaps(found) == {Gap.STILL_RISING}
    assert found.coverage.rising is not None
    assert found.coverage.rising[0] == pytest.approx(0.3)
    assert found.coverage.rising[1] > 0.2
    assert found.verdict is Reached.INSUFFICIENT


def test_arms_that_spent_alike_tell_nothing_of_budget() -> None:
    found = judge(threshold(WORDS, red="0.9"), WORDS, [*arm("small", 1_000, 10), *arm("large", 1_200, 70)])
    assert found.coverage.rising is None
    assert any("not told" in each for each in found.indicators)


def test_short_refusals_are_no_rise_with_budget() -> None:
    """Within an arm, few tokens go with low scores because a refusal is short."""
    often = suite(100, attempts=2)
    found = [
        replace(each, score=float(n % 3 == 0), tokens=500 if n % 3 == 0 else 20) for n, each in enumerate(trials(often))
    ]
    assert Gap.STILL_RISING not in gaps(judge(threshold(often, red="0.9"), often, found))


def test_the_interval_of_the_rise_covers_no_rise_as_often_as_it_says() -> None:
    """Of 400 campaigns without a rise, about 2.5 % show one at the lower end of a 95 % interval."""
    rng = np.random.default_rng(11)
    often = suite(40, attempts=3)
    plan = Plan(intended=(Intended(often, "plain"),), metric="success", low=0, high=1)
    base = table_of(trials(often))
    shown = 0
    for _ in range(400):
        easy = rng.random(40)[base.names.codes]
        found = replace(base, score=(rng.random(len(base)) < easy).astype(float))
        rising = coverage_of(found, plan).rising
        shown += rising is not None and rising[1] > 0
    assert 2 <= shown <= 20


def test_the_slope_is_of_shares_of_the_scale() -> None:
    often = suite(50, attempts=2)
    found = table_of(
        replace(each, low=0.0, high=5.0, score=5.0 if each.attempt == 2 and n % 4 == 1 else 0.0)
        for n, each in enumerate(trials(often))
    )
    plan = Plan(intended=(Intended(often, "plain"),), metric="success", low=0, high=5)
    rising = coverage_of(found, plan).rising
    assert rising is not None
    assert rising[0] == pytest.approx(0.5)


def test_a_rise_that_chance_would_show_too_is_no_hole() -> None:
    """Two of 100 items are solved in the second try and not in the first."""
    often = suite(100, attempts=2)
    found = [replace(each, score=float(n in (1, 3))) for n, each in enumerate(trials(often))]
    coverage = judge(threshold(often, red="0.9"), often, found).coverage
    assert coverage.rising is not None
    assert coverage.rising[0] > 0 > coverage.rising[1]
    assert coverage.complete


def test_the_smallest_rate_is_that_of_the_suite_that_would_find_least() -> None:
    few = suite(12, name="phrases")
    found = judge(threshold(WORDS, few), [WORDS, few], [*trials(WORDS), *trials(few)])
    assert found.coverage.detectable == pytest.approx(1 - 0.05 ** (1 / 12))
