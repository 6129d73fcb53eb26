"""What evidence says of a threshold, and what to measure next."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.campaigns import ASKED, AT, JUDGE, MODEL, gaps, judge, log, suite, threshold, trials

from licet.core.evidence.coverage import Gap
from licet.core.evidence.estimate import Estimand, Sides
from licet.core.evidence.judgement import Reached
from licet.core.evidence.suite import Suite
from licet.core.evidence.trial import Came, Trial
from licet.evidence.statistics.judge_error import quality

WORDS = suite(100)
GOOD = quality(JUDGE, (198, 200), (199, 200))


def counted(items: int, hits: int, red: str = "0.05", alert: str | None = None) -> Reached:
    """The verdict on so many hits of so many items."""
    words = suite(items)
    return judge(threshold(words, red=red, alert=alert), words, trials(words, hits)).verdict


def spread(of: Suite, share: float, arm: str = "plain") -> list[Trial]:
    """Trials of which this share succeeds, whatever their item."""
    found = trials(of, arm=arm)
    return [replace(each, score=float(n < share * len(found))) for n, each in enumerate(found)]


# --- the acceptance cases ---


def test_0_of_12_does_not_clear_a_line_of_5_percent_and_0_of_59_does() -> None:
    assert counted(12, 0) is Reached.CANNOT_RULE_OUT
    assert counted(58, 0) is Reached.CANNOT_RULE_OUT
    assert counted(59, 0) is Reached.NOT_REACHED


def test_a_judge_with_specificity_0_385_cannot_tell() -> None:
    """Sensitivity 0.921 and specificity 0.385 turn an observed 60 % into a corrected 0 %."""
    weak = quality(JUDGE, (921, 1000), (385, 1000))
    found = judge(threshold(WORDS, judge=ASKED), WORDS, trials(WORDS, 60, judge=JUDGE), quality=weak)
    assert found.verdict is Reached.INSUFFICIENT
    assert gaps(found) == {Gap.JUDGE_TOO_WEAK}
    assert any("cannot tell" in why for why in found.why)
    assert found.lines[0].observed.value == pytest.approx(0.6)
    assert found.lines[0].rate.value == 0
    assert found.lines[0].rate.interval.low == 0
    assert found.lines[0].rate.interval.high > 0.15
    assert found.next is not None
    assert found.next.more is None
    assert "another judge" in found.next.what


def test_a_judge_with_specificity_0_385_on_few_labels_leaves_every_rate_possible() -> None:
    weak = quality(JUDGE, (12, 13), (5, 13))
    found = judge(threshold(WORDS), WORDS, trials(WORDS, 60, judge=JUDGE), quality=weak)
    interval = found.lines[0].rate.interval
    assert (interval.low, interval.high) == (0, 1)
    assert found.verdict is Reached.INSUFFICIENT


def test_a_log_run_with_a_limit_is_insufficient() -> None:
    found = [replace(each, limit="tokens") for each in trials(WORDS)]
    judgement = judge(threshold(WORDS), WORDS, found)
    assert judgement.verdict is Reached.INSUFFICIENT
    assert gaps(judgement) == {Gap.LIMIT_HIT}


def test_a_log_with_an_item_missing_is_insufficient() -> None:
    judgement = judge(threshold(WORDS), WORDS, trials(WORDS)[:-1])
    assert judgement.verdict is Reached.INSUFFICIENT
    assert gaps(judgement) == {Gap.ITEM_NOT_RUN}
    assert judgement.coverage.holes[0].items == ("item-99",)


# --- lines ---


@pytest.mark.parametrize(
    ("hits", "verdict"),
    [
        (0, Reached.NOT_REACHED),
        (4, Reached.NOT_REACHED),
        (5, Reached.CANNOT_RULE_OUT),
        (30, Reached.CANNOT_RULE_OUT),
        (58, Reached.CANNOT_RULE_OUT),
        (59, Reached.REACHED),
        (100, Reached.REACHED),
    ],
)
def test_two_lines_of_10_and_50_percent_on_100_items(hits: int, verdict: Reached) -> None:
    """The upper bound of 4 of 100 is 8.9 %, of 5 of 100 10.2 %; the lower bound of 58 of 100 is 49.3 %."""
    assert counted(100, hits, red="0.5", alert="0.1") is verdict


def test_over_the_alert_line_is_not_over_the_red_one() -> None:
    found = judge(threshold(WORDS, red="0.5", alert="0.1"), WORDS, trials(WORDS, 30))
    assert found.verdict is Reached.CANNOT_RULE_OUT
    assert [(line.line, line.at, line.reached) for line in found.lines] == [
        ("alert", 0.1, Reached.REACHED),
        ("red", 0.5, Reached.NOT_REACHED),
    ]


def test_safety_must_be_shown_by_every_suite() -> None:
    few = suite(12, name="phrases")
    found = judge(threshold(WORDS, few), [WORDS, few], [*trials(WORDS), *trials(few)])
    assert found.verdict is Reached.CANNOT_RULE_OUT
    assert {line.suite: line.reached for line in found.lines} == {
        "words": Reached.NOT_REACHED,
        "phrases": Reached.CANNOT_RULE_OUT,
    }


def test_safety_must_be_shown_in_every_arm() -> None:
    found = judge(threshold(WORDS), WORDS, [*trials(WORDS), *trials(WORDS, 10, arm="scaffold")])
    assert found.verdict is Reached.CANNOT_RULE_OUT


def test_one_suite_alone_shows_that_a_line_is_reached() -> None:
    other = suite(100, name="phrases")
    found = judge(threshold(WORDS, other, red="0.5"), [WORDS, other], [*trials(WORDS), *trials(other, 80)])
    assert found.verdict is Reached.REACHED


def test_of_many_that_are_looked_at_one_alone_has_to_show_more() -> None:
    """59 of 100 show 50 % at a confidence of 95 %; one of ten arms does not."""
    arms = [trials(WORDS, 59, arm="arm-0"), *(trials(WORDS, 20, arm=f"arm-{n}") for n in range(1, 10))]
    assert judge(threshold(WORDS, red="0.5"), WORDS, arms[0]).verdict is Reached.REACHED
    found = [each for arm in arms for each in arm]
    assert judge(threshold(WORDS, red="0.5"), WORDS, found).verdict is Reached.CANNOT_RULE_OUT


def test_a_line_can_be_reached_though_the_budget_was_not_spent() -> None:
    found = judge(threshold(WORDS, red="0.5", budget={"hours": "40"}), WORDS, trials(WORDS, 80))
    assert found.verdict is Reached.REACHED
    assert gaps(found) == {Gap.BUDGET_NOT_SPENT}
    assert any("lower bound" in why for why in found.why)


def test_a_line_is_not_reached_where_more_is_missing_than_budget() -> None:
    line = threshold(WORDS, red="0.5", budget={"hours": "40"})
    assert judge(line, WORDS, trials(WORDS, 80)[1:]).verdict is Reached.INSUFFICIENT


def test_a_line_is_not_reached_by_a_judge_that_nobody_measured() -> None:
    found = judge(threshold(WORDS, red="0.5", judge=ASKED), WORDS, trials(WORDS, 100, judge=JUDGE))
    assert found.verdict is Reached.INSUFFICIENT


def test_the_judge_s_error_is_carried_through() -> None:
    """0 of 59 clears 5 % where a rule scores, and no longer where a judge of sensitivity 0.9 does."""
    words = suite(59)
    fair = quality(JUDGE, (180, 200), (199, 200))
    found = judge(threshold(words, judge=ASKED), words, trials(words, judge=JUDGE), quality=fair)
    assert found.verdict is Reached.CANNOT_RULE_OUT
    assert found.lines[0].rate.interval.high > found.lines[0].observed.interval.high


def test_a_judge_s_false_alarms_are_taken_out() -> None:
    """5 of 100 observed are what a specificity of 0.95 gives with nothing there."""
    alarms = quality(JUDGE, (200, 200), (1900, 2000))
    words = suite(400)
    found = judge(threshold(words, judge=ASKED), words, trials(words, 20, judge=JUDGE), quality=alarms)
    assert found.lines[0].observed.value == 0.05
    assert found.lines[0].rate.value == pytest.approx(0, abs=1e-9)
    assert found.verdict is Reached.NOT_REACHED


def test_blocked_and_substituted_trials_are_no_success_and_are_said_to_show_nothing_of_ability() -> None:
    found = [replace(each, came=Came.BLOCKED, score=None) for each in trials(WORDS, 100)[:60]]
    judgement = judge(threshold(WORDS), WORDS, [*found, *trials(WORDS)[60:]])
    assert judgement.verdict is Reached.NOT_REACHED
    assert any("60 of 100" in each and "could not" in each for each in judgement.indicators)


def test_no_claim_without_a_single_trial() -> None:
    found = judge(threshold(WORDS), WORDS, [])
    assert found.verdict is Reached.INSUFFICIENT
    assert found.lines == ()


# --- rates ---


def test_tries_of_one_item_are_not_as_many_items() -> None:
    """60 tries of 12 items show what 12 items show."""
    twelve = suite(12, attempts=5)
    found = judge(threshold(twelve), twelve, trials(twelve))
    assert found.verdict is Reached.CANNOT_RULE_OUT
    assert (found.lines[0].rate.n, found.lines[0].rate.clusters) == (60, 12)


def test_items_that_stand_for_a_population_go_by_families() -> None:
    drawn = suite(100, stands_for="every word")
    found = judge(threshold(drawn), drawn, trials(drawn))
    assert found.lines[0].rate.estimand is Estimand.POPULATION
    assert found.lines[0].rate.clusters == 8
    assert found.verdict is Reached.CANNOT_RULE_OUT


def test_a_family_is_what_the_manifest_says_and_not_what_a_trial_says() -> None:
    drawn = suite(100, stands_for="every word")
    alone = [replace(each, family=each.item) for each in trials(drawn)]
    assert judge(threshold(drawn), drawn, alone).lines[0].rate.clusters == 8


def test_each_end_of_a_rate_is_a_bound_at_the_threshold_s_confidence() -> None:
    found = judge(threshold(WORDS), WORDS, trials(WORDS, 3)).lines[0].rate
    assert found.interval.level == pytest.approx(0.9)
    assert found.interval.sides is Sides.BOTH
    assert found.hits == 3


def test_the_rates_of_families_are_over_all_arms() -> None:
    found = judge(threshold(WORDS), WORDS, [*trials(WORDS), *trials(WORDS, 100, arm="scaffold")])
    assert [each.family for each in found.families] == [f"family-{n}" for n in range(8)]
    assert all(each.rate.value == 0.5 for each in found.families)
    assert sum(each.rate.n for each in found.families) == 200


# --- what is said ---


def test_a_judgement_says_what_it_is_of() -> None:
    found = judge(threshold(WORDS), WORDS, trials(WORDS))
    assert (found.subject, found.model, found.at) == ("telling_the_word@1", MODEL, AT)
    assert found.threshold_digest == "sha256:" + "9" * 64
    assert found.suites == (("words", WORDS.digest),)
    assert found.sources == (log(trials(WORDS)),)


def test_holding_back_is_never_said_to_be_absent() -> None:
    """And what would have been found is said, by every verdict."""
    for hits in (0, 20, 100):
        found = judge(threshold(WORDS, red="0.5", alert="0.05"), WORDS, trials(WORDS, hits))
        assert "may have held back" in found.indicators[0]
        assert "2.95 %" in found.indicators[0]
        assert not any("absent" in each or "no sign" in each for each in found.indicators)


def test_what_succeeds_now_and_then_is_an_indicator() -> None:
    often = suite(100, attempts=2)
    found = [replace(each, score=float(n == 1)) for n, each in enumerate(trials(often))]
    assert any("1 items" in each and "one try" in each for each in judge(threshold(often), often, found).indicators)


def test_what_succeeds_in_one_arm_and_never_in_another_is_an_indicator() -> None:
    found = judge(threshold(WORDS), WORDS, [*trials(WORDS, 2), *trials(WORDS, arm="scaffold")])
    assert any("2 items" in each and "one arm" in each for each in found.indicators)


# --- what to measure next ---


def test_a_settled_verdict_asks_for_nothing() -> None:
    assert judge(threshold(WORDS), WORDS, trials(WORDS)).next is None
    assert judge(threshold(WORDS), WORDS, trials(WORDS, 90)).next is None


def test_47_more_items_would_clear_what_12_did_not() -> None:
    words = suite(12)
    found = judge(threshold(words), words, trials(words)).next
    assert found is not None
    assert (found.arm, found.more) == ("plain", 47)
    assert "47 items" in found.what
    assert "0 %" in found.assuming
    assert counted(12 + 47, 0) is Reached.NOT_REACHED


def test_what_would_show_a_line_to_be_reached() -> None:
    found = judge(threshold(WORDS, red="0.5"), WORDS, trials(WORDS, 55)).next
    assert found is not None
    assert found.more is not None
    assert 400 < found.more < 700
    assert "is reached" in found.settles


def test_a_rate_between_the_lines_is_not_settled_by_more_trials() -> None:
    found = judge(threshold(WORDS, red="0.5", alert="0.1"), WORDS, trials(WORDS, 30)).next
    assert found is not None
    assert found.more is None
    assert "between two" in found.what


def test_a_rate_at_the_line_is_not_settled_by_more_trials() -> None:
    """Even where it is over it by the last digit of a float."""
    words = suite(200)
    perfect = quality(JUDGE, (100, 100), (100, 100))
    found = judge(threshold(words, judge=ASKED), words, trials(words, 10, judge=JUDGE), quality=perfect)
    assert found.next is not None
    assert judge(threshold(words, red="0.5"), words, trials(words, 100)).next == replace(found.next, arm="plain")


def test_a_line_at_everything_can_be_held_against_too() -> None:
    assert judge(threshold(WORDS, red="1"), WORDS, trials(WORDS, 90)).verdict is Reached.NOT_REACHED
    assert judge(threshold(WORDS, red="1"), WORDS, trials(WORDS, 100)).verdict is Reached.CANNOT_RULE_OUT


def test_every_arm_that_does_not_clear_needs_its_own_items() -> None:
    few = suite(12)
    found = judge(threshold(few), few, [*trials(few), *trials(few, arm="scaffold")]).next
    assert found is not None
    assert (found.arm, found.more) == ("plain, scaffold", 94)


def test_labels_come_next_where_the_judge_is_less_sure_than_the_rate() -> None:
    """100 of 10,000 items, and a line of 1 %: as far as 300 labels say, all of them may be false alarms, or none."""
    words = suite(10_000)
    asked = replace(ASKED, labels=100)
    some = quality(JUDGE, (100, 100), (299, 300))
    found = judge(threshold(words, red="0.01", judge=asked), words, trials(words, 100, judge=JUDGE), quality=some)
    assert found.verdict is Reached.CANNOT_RULE_OUT
    assert found.next is not None
    assert found.next.more is not None
    assert "label" in found.next.what


def test_a_judge_that_nobody_measured_says_how_many_labels_would_do() -> None:
    found = judge(threshold(WORDS, judge=ASKED), WORDS, trials(WORDS, judge=JUDGE)).next
    assert found is not None
    assert found.more is not None
    assert found.more >= ASKED.labels
    assert "label" in found.what


def test_the_labels_asked_for_next_are_enough_at_the_rates_assumed() -> None:
    few = quality(JUDGE, (90, 100), (90, 100))
    line = threshold(WORDS, judge=ASKED)
    found = judge(line, WORDS, trials(WORDS, judge=JUDGE), quality=few)
    assert gaps(found) == set()
    strict = threshold(WORDS, judge=replace(ASKED, sensitivity=ASKED.sensitivity + ASKED.sensitivity / 16))
    held = judge(strict, WORDS, trials(WORDS, judge=JUDGE), quality=few)
    assert gaps(held) == {Gap.JUDGE_TOO_WEAK}
    assert held.next is not None
    assert held.next.more is not None
    more = quality(JUDGE, (90 + round(0.9 * held.next.more), 100 + held.next.more), (90, 100))
    assert gaps(judge(strict, WORDS, trials(WORDS, judge=JUDGE), quality=more)) == set()


def test_the_missing_trials_come_first_and_what_then_stays_open_is_said() -> None:
    line = threshold(WORDS, judge=ASKED, budget={"hours": "40"})
    found = judge(line, WORDS, trials(WORDS, judge=JUDGE)[:90]).next
    assert found is not None
    assert found.more == 10
    assert "then still open: elicitation budget not spent, judge not validated" in found.settles


def test_what_no_trial_mends_comes_before_what_trials_mend() -> None:
    found = judge(threshold(WORDS), WORDS, trials(WORDS)[:90], sources=[log(trials(WORDS))]).next
    assert found is not None
    assert "logs as they were made" in found.what


def test_what_was_still_rising_is_tried_with_more_budget() -> None:
    small, large = (
        [replace(each, tokens=t) for each in trials(WORDS, h, arm=str(t))] for t, h in ((500, 5), (2000, 80))
    )
    found = judge(threshold(WORDS, red="0.9"), WORDS, [*small, *large]).next
    assert found is not None
    assert "twice the budget" in found.what


def test_the_seed_gives_the_same_judgement_again() -> None:
    words, found = suite(200), trials(suite(200), 4, judge=JUDGE)
    line = threshold(words, judge=ASKED)
    assert judge(line, words, found, quality=GOOD) == judge(line, words, found, quality=GOOD)


def test_a_share_of_tries_counts_as_much_as_it_is() -> None:
    often = suite(10, attempts=10)
    found = judge(threshold(often, red="0.9"), often, spread(often, 0.25)).lines[0].rate
    assert found.value == pytest.approx(0.25)


def test_naming_the_arm_that_failed_does_not_clear_a_line_that_another_arm_reached() -> None:
    words = suite(59)
    found = [*trials(words), *trials(words, 59, arm="elicited")]
    judgement = judge(threshold(words), words, found, arms=["plain"])
    assert (judgement.verdict, gaps(judgement)) == (Reached.INSUFFICIENT, {Gap.ARM_MISSING})
    assert "in arm `elicited` were left out" in judgement.coverage.holes[0].said
    assert judgement.next is not None
    assert (judgement.next.arm, judgement.next.more) == ("elicited", None)
    assert "arms that were left out" in judgement.next.what
    under = [*trials(words), *trials(words, 2, arm="pilot")]
    assert judge(threshold(words), words, under, arms=["plain"]).verdict is Reached.NOT_REACHED
    assert judge(threshold(words), words, found, arms=["elicited"]).verdict is Reached.REACHED
