"""What holds of every judgement of a threshold, on generated campaigns: nothing that spoils evidence makes it safer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some
from tests.campaigns import ASKED, JUDGE, judge, log, suite, threshold, trials

from licet.core.evidence.judgement import Reached, ThresholdJudgement
from licet.core.evidence.suite import Suite
from licet.core.evidence.trial import Came, Trial
from licet.evidence.statistics.judge_error import quality

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(QUICK, max_examples=12)
DRAWN = 0.003
"""How far two corrected bounds may be apart by what was drawn."""

SPOILED: tuple[dict[str, Any], ...] = (
    {"came": Came.ERROR, "score": None},
    {"limit": "tokens"},
    {"invalid": "cut off"},
    {"score": None},
    {"came": Came.BLOCKED, "score": None},
    {"high": 5.0},
)


@dataclass(frozen=True)
class Campaign:
    """A suite with its trials in one or two arms, at some line."""

    words: Suite
    found: tuple[Trial, ...]
    red: str
    alert: str | None

    def judged(self, found: list[Trial], logged: tuple[Trial, ...] | None = None) -> ThresholdJudgement:
        """What these trials say; by a log that says it gave `logged`, or them."""
        line = threshold(self.words, red=self.red, alert=self.alert)
        return judge(line, self.words, found, sources=[log(found if logged is None else logged)])


@some.composite
def campaigns(draw: some.DrawFn, *, spoil: bool = False) -> Campaign:
    """Campaigns with few successes, so that every verdict occurs; with `spoil`, some of their trials say nothing."""
    words = suite(
        draw(some.integers(1, 150)),
        attempts=draw(some.integers(1, 3)),
        families=draw(some.integers(1, 80)),
        stands_for=draw(some.sampled_from(["", "", "every word"])),
    )
    arms = draw(some.sampled_from([("plain",), ("plain", "scaffold")]))
    random = Random(draw(some.integers(0, 2**32)))
    often = draw(some.sampled_from([0.0, 0.02, 0.1, 0.5]))
    found = [replace(each, score=float(random.random() < often)) for arm in arms for each in trials(words, arm=arm)]
    if spoil:
        for _ in range(draw(some.integers(1, 3))):
            place = random.randrange(len(found))
            found[place] = replace(found[place], **random.choice(SPOILED))
        if draw(some.booleans()):
            found.pop(random.randrange(len(found)))
    return Campaign(
        words, tuple(found), draw(some.sampled_from(["0.05", "0.2", "0.6"])), draw(some.sampled_from([None, "0.04"]))
    )


@given(campaigns(), some.integers(0, 2**32), some.booleans())
@QUICK
def test_a_success_more_never_makes_not_reached_appear(campaign: Campaign, seed: int, more: bool) -> None:
    """Neither one that was a failure before, nor one in a further try."""
    before = campaign.judged(list(campaign.found)).verdict
    assume(before in (Reached.CANNOT_RULE_OUT, Reached.REACHED))
    found = list(campaign.found)
    place = Random(seed).randrange(len(found))
    success = replace(found[place], score=1.0)
    if more:
        found.append(replace(success, attempt=campaign.words.attempts + 1))
    else:
        found[place] = success
    assert campaign.judged(found).verdict is not Reached.NOT_REACHED


@given(campaigns(spoil=True), some.integers(0, 2**32), some.floats(0, 1))
@QUICK
def test_removing_trials_never_turns_insufficient_into_a_claim_of_safety(
    campaign: Campaign, seed: int, share: float
) -> None:
    """The log says how many trials it gave, whichever are taken away: those of an arm, those that are spoiled."""
    assume(campaign.judged(list(campaign.found)).verdict is Reached.INSUFFICIENT)
    random = Random(seed)
    kept = [each for each in campaign.found if random.random() < share]
    sound = [each for each in campaign.found if each.score is not None and not each.limit and not each.invalid]
    plain = [each for each in campaign.found if each.arm == "plain"]
    for found in (kept, sound, plain, []):
        if len(found) < len(campaign.found):
            assert campaign.judged(found, campaign.found).verdict is Reached.INSUFFICIENT


@given(campaigns(spoil=True), some.integers(0, 2**32))
@QUICK
def test_without_a_log_too_no_trial_of_an_arm_can_be_removed_for_safety(campaign: Campaign, seed: int) -> None:
    """The manifest says which tries there must be."""
    assume(campaign.judged(list(campaign.found)).verdict is Reached.INSUFFICIENT)
    random = Random(seed)
    kept = [each for each in campaign.found if random.random() < 0.9]
    assume({each.arm for each in kept} == {each.arm for each in campaign.found})
    assert campaign.judged(kept).verdict is not Reached.NOT_REACHED


@given(campaigns(spoil=True), some.randoms(use_true_random=False))
@QUICK
def test_the_order_of_trials_does_not_matter(campaign: Campaign, random: Random) -> None:
    shuffled = list(campaign.found)
    random.shuffle(shuffled)
    assert campaign.judged(shuffled) == campaign.judged(list(campaign.found))


@given(campaigns(spoil=True))
@QUICK
def test_what_is_not_complete_is_never_safe_and_says_what_comes_next(campaign: Campaign) -> None:
    found = campaign.judged(list(campaign.found))
    if not found.coverage.complete:
        assert found.verdict in (Reached.INSUFFICIENT, Reached.REACHED)
    assert (found.next is None) == (found.verdict in (Reached.REACHED, Reached.NOT_REACHED))


@given(campaigns())
@QUICK
def test_no_rate_is_known_to_be_nothing_or_everything(campaign: Campaign) -> None:
    for line in campaign.judged(list(campaign.found)).lines:
        for rate in (line.rate, line.observed):
            assert 0 <= rate.interval.low <= rate.value <= rate.interval.high <= 1
            assert rate.interval.width > 0


LABELS = some.integers(40, 400)


def bounds(hits: int, positives: tuple[int, int], negatives: tuple[int, int]) -> tuple[float, float]:
    """The corrected bounds of hits of 200 trials by a judge with these labels."""
    words = suite(200)
    measured = quality(JUDGE, positives, negatives)
    found = judge(threshold(words, judge=ASKED), words, trials(words, hits, judge=JUDGE), quality=measured)
    return found.lines[0].rate.interval.low, found.lines[0].rate.interval.high


@given(some.integers(0, 200), LABELS, some.integers(1, 20))
@FEW
def test_a_judge_that_misses_more_never_lowers_what_may_be(hits: int, labels: int, missed: int) -> None:
    """A worse judge never tightens: with lower sensitivity the upper bound rises."""
    better, worse = (bounds(hits, (labels - miss, labels), (labels, labels)) for miss in (0, missed))
    assert worse[1] >= better[1] - DRAWN


@given(some.integers(0, 200), LABELS, some.integers(1, 20))
@FEW
def test_a_judge_with_more_false_alarms_never_raises_what_must_be(hits: int, labels: int, alarms: int) -> None:
    """A worse judge never tightens: with lower specificity the lower bound falls."""
    better, worse = (bounds(hits, (labels, labels), (labels - alarm, labels)) for alarm in (0, alarms))
    assert worse[0] <= better[0] + DRAWN


@given(some.integers(0, 200), some.integers(50, 100), some.integers(50, 100), some.integers(2, 8))
@FEW
def test_a_judge_known_by_fewer_labels_never_tightens(hits: int, found: int, let_be: int, times: int) -> None:
    few = bounds(hits, (found, 100), (let_be, 100))
    many = bounds(hits, (found * times, 100 * times), (let_be * times, 100 * times))
    assert few[0] <= many[0] + DRAWN
    assert few[1] >= many[1] - DRAWN


@pytest.mark.parametrize("hits", [0, 3, 20, 100])
def test_a_judge_s_error_never_tightens_against_no_error_known(hits: int) -> None:
    words = suite(200)
    alone = judge(threshold(words), words, trials(words, hits)).lines[0].rate.interval
    low, high = bounds(hits, (400, 400), (400, 400))
    assert low <= alone.low + DRAWN
    assert high >= alone.high - DRAWN
