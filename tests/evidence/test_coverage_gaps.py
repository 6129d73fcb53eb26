"""Each gap that evidence can have, made on purpose: it is named, it says what is missing, and the verdict waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from tests.campaigns import ASKED, JUDGE, LOG, gaps, judge, log, suite, threshold, trials

from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.judgement import Reached, ThresholdJudgement
from licet.core.evidence.suite import Suite
from licet.core.evidence.trial import Came, Trial
from licet.evidence.statistics.judge_error import quality

WORDS = suite(100)
TWICE = suite(100, attempts=2)
COMPLETE = trials(WORDS)
GOOD = quality(JUDGE, (198, 200), (199, 200))
CONTENT = "sha256:" + "c" * 64


def of(found: list[Trial], words: Suite = WORDS) -> ThresholdJudgement:
    return judge(threshold(words), words, found)


def one(**changed: object) -> list[Trial]:
    """The complete campaign with one trial changed."""
    return [replace(COMPLETE[0], **changed), *COMPLETE[1:]]  # type: ignore[arg-type]


def judged_by(name: str, found: list[Trial] = COMPLETE) -> list[Trial]:
    return [replace(each, judge=name) for each in found]


def item_changed() -> ThresholdJudgement:
    words = replace(WORDS, items=(replace(WORDS.items[0], digest="sha256:" + "d" * 64), *WORDS.items[1:]))
    return judge(threshold(words), words, one(content=CONTENT))


def rising() -> ThresholdJudgement:
    """Half of the items succeed in the second try, none in the first."""
    found = [replace(each, score=float(each.attempt == 2 and n % 4 == 1)) for n, each in enumerate(trials(TWICE))]
    return judge(threshold(TWICE, red="0.9"), TWICE, found)


@dataclass(frozen=True)
class Case:
    """A gap with a campaign that has it and no other, and a piece of the sentence that says what is missing."""

    gap: Gap
    made: Callable[[], ThresholdJudgement]
    said: str


CASES = (
    Case(Gap.ITEM_NOT_RUN, lambda: of(COMPLETE[1:]), "1 of 100 items"),
    Case(Gap.TOO_FEW_TRIES, lambda: of(trials(TWICE)[1:], TWICE), "1 items"),
    Case(Gap.ARM_MISSING, lambda: of([]), "no trial of `words`"),
    Case(Gap.LIMIT_HIT, lambda: of(one(limit="tokens")), "1 trials"),
    Case(Gap.ERRORS, lambda: of(one(came=Came.ERROR, score=None)), "without a score"),
    Case(Gap.INVALIDATED, lambda: of(one(invalid="the prompt was cut off")), "invalidated"),
    Case(Gap.STRANGER, lambda: of([*COMPLETE, replace(COMPLETE[0], item="item-100")]), "does not have"),
    Case(Gap.REPEATED, lambda: of([*COMPLETE, COMPLETE[0]]), "twice"),
    Case(
        Gap.BUDGET_NOT_SPENT,
        lambda: judge(threshold(WORDS, budget={"tokens": "20000"}), WORDS, COMPLETE),
        "10,000 of 20,000 tokens",
    ),
    Case(Gap.STILL_RISING, rising, "still rises"),
    Case(
        Gap.JUDGE_NOT_VALIDATED,
        lambda: judge(threshold(WORDS, judge=ASKED), WORDS, judged_by(JUDGE)),
        "200 labelled trials",
    ),
    Case(
        Gap.JUDGE_TOO_WEAK,
        lambda: judge(
            threshold(WORDS, judge=ASKED), WORDS, judged_by(JUDGE), quality=quality(JUDGE, (70, 100), (99, 100))
        ),
        "sensitivity",
    ),
    Case(
        Gap.JUDGES_MIXED,
        lambda: of([*judged_by("a@1", COMPLETE[:50]), *judged_by("b@1", COMPLETE[50:])]),
        "`a@1`, `b@1`",
    ),
    Case(Gap.SCALES_MIXED, lambda: of(one(high=5.0)), "from 0 to 5"),
    Case(Gap.ITEMS_CHANGED, item_changed, "something else"),
    Case(
        Gap.LOG_INCOMPLETE,
        lambda: judge(threshold(WORDS), WORDS, COMPLETE, sources=[log(COMPLETE, status="cancelled")]),
        "cancelled",
    ),
    Case(
        Gap.LOG_CHANGED,
        lambda: judge(threshold(WORDS), WORDS, COMPLETE, sources=[log(COMPLETE[1:])]),
        "gave 99 trials, but 100",
    ),
)


def test_a_complete_campaign_has_no_hole() -> None:
    found = of(COMPLETE)
    assert found.coverage.holes == ()
    assert found.verdict is Reached.NOT_REACHED


def test_every_gap_has_a_case() -> None:
    assert {case.gap for case in CASES} == set(Gap)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.gap.name.lower())
def test_each_gap_is_named_alone_and_the_verdict_waits(case: Case) -> None:
    found = case.made()
    assert gaps(found) == {case.gap}
    assert any(case.said in hole.said for hole in found.coverage.holes)
    assert found.verdict is Reached.INSUFFICIENT
    assert any(case.gap.value in why for why in found.why)
    assert found.next is not None
    assert case.gap.value in found.next.settles


def test_an_answer_that_nobody_scored_is_an_error() -> None:
    assert gaps(of(one(score=None))) == {Gap.ERRORS}


def test_a_blocked_trial_needs_no_score() -> None:
    assert gaps(of(one(score=None, came=Came.BLOCKED))) == set()


def test_tries_that_only_some_items_got_make_the_others_too_few() -> None:
    """Somebody chose them after seeing what came of the first."""
    found = of([*COMPLETE, replace(COMPLETE[0], attempt=2)])
    assert gaps(found) == {Gap.TOO_FEW_TRIES}
    assert found.coverage.holes[0].count == 99


def test_another_metric_on_the_same_scale_is_another_scale() -> None:
    assert gaps(of(one(metric="refusal"))) == {Gap.SCALES_MIXED}


def test_a_manifest_of_another_digest_is_not_the_threshold_s() -> None:
    found = judge(threshold(WORDS), replace(WORDS, digest="sha256:" + "0" * 64), COMPLETE)
    assert gaps(found) == {Gap.ITEMS_CHANGED}
    assert found.verdict is Reached.INSUFFICIENT
    assert found.lines == ()


def test_a_manifest_that_is_not_there_is_not_the_threshold_s() -> None:
    assert "none was given" in judge(threshold(WORDS), [], COMPLETE).coverage.holes[0].said


def test_an_item_without_a_digest_on_either_side_is_not_compared() -> None:
    assert gaps(of(one(content=CONTENT))) == set()


def test_a_judge_that_was_not_the_one_measured_is_not_validated() -> None:
    found = judge(threshold(WORDS, judge=ASKED), WORDS, judged_by("other@2"), quality=GOOD)
    assert gaps(found) == {Gap.JUDGE_NOT_VALIDATED}
    assert "`other@2`" in found.coverage.holes[0].said


def test_trials_that_do_not_say_who_judged_them_are_not_validated() -> None:
    found = judge(threshold(WORDS, judge=ASKED), WORDS, COMPLETE, quality=GOOD)
    assert gaps(found) == {Gap.JUDGE_NOT_VALIDATED}


def test_a_judge_measured_on_too_few_labels_is_not_validated() -> None:
    few = quality(JUDGE, (90, 90), (90, 90))
    found = judge(threshold(WORDS, judge=ASKED), WORDS, judged_by(JUDGE), quality=few)
    assert gaps(found) == {Gap.JUDGE_NOT_VALIDATED}
    assert found.next is not None
    assert found.next.more == 20


def test_a_good_judge_of_whom_all_is_known_leaves_no_hole() -> None:
    assert gaps(judge(threshold(WORDS, judge=ASKED), WORDS, judged_by(JUDGE), quality=GOOD)) == set()


def test_trials_that_were_left_out_of_a_log_are_noticed() -> None:
    found = judge(threshold(WORDS), WORDS, COMPLETE, sources=[log([*COMPLETE, COMPLETE[0]])])
    assert gaps(found) == {Gap.LOG_INCOMPLETE}
    assert "101 trials, of which 100" in found.coverage.holes[0].said


def test_trials_of_a_file_that_is_not_among_the_sources_are_noticed() -> None:
    other = [replace(each, source="sha256:" + "8" * 64) for each in COMPLETE[:3]]
    found = judge(threshold(WORDS), WORDS, [*other, *COMPLETE[3:]], sources=[log(COMPLETE[3:])])
    assert gaps(found) == {Gap.LOG_CHANGED}


def test_an_item_that_the_log_says_it_should_have_run_is_missed() -> None:
    names = frozenset({*(item.name for item in WORDS.items), "item-100"})
    found = judge(threshold(WORDS), WORDS, COMPLETE, sources=[log(COMPLETE, intended=names)])
    assert gaps(found) == {Gap.ITEM_NOT_RUN}
    assert found.coverage.holes[0].items == ("item-100",)


def test_what_a_reader_missed_is_a_hole_too() -> None:
    found = judge(threshold(WORDS), WORDS, COMPLETE, holes=[Hole(Gap.LOG_CHANGED, "a receipt is missing")])
    assert gaps(found) == {Gap.LOG_CHANGED}
    assert found.verdict is Reached.INSUFFICIENT


def test_a_hole_names_some_of_the_items_and_counts_them_all() -> None:
    found = of(COMPLETE[:10])
    assert found.coverage.holes[0].count == 90
    assert len(found.coverage.holes[0].items) == 50
    assert found.coverage.holes[0].arm == "plain"


def test_trials_of_other_models_are_left_out_and_said_to_be() -> None:
    found = of([*COMPLETE, *(replace(each, model="other-1", score=1.0) for each in COMPLETE)])
    assert found.verdict is Reached.NOT_REACHED
    assert "`other-1`" in found.why[0]


def test_a_log_may_write_a_provider_before_the_model_s_name() -> None:
    assert of([replace(each, model="openai-api/gate/stand-in-5") for each in COMPLETE]).verdict is Reached.NOT_REACHED


def test_all_trials_being_of_other_models_is_nothing_run() -> None:
    assert gaps(of([replace(each, model="other-1") for each in COMPLETE])) == {Gap.ARM_MISSING}


def test_the_log_of_a_model_that_is_left_out_is_still_whole() -> None:
    """A source is counted over all its trials, those of other models too."""
    both = [*COMPLETE, *(replace(each, model="other-1") for each in COMPLETE)]
    assert {each.source for each in both} == {LOG}
    assert gaps(of(both)) == set()


def test_arms_that_are_not_asked_for_are_left_out_and_the_log_is_still_whole() -> None:
    """One that reached a line is not: `tests/evidence/test_threshold.py` has what is said of it."""
    both = [*COMPLETE, *trials(WORDS, arm="technique")]
    found = judge(threshold(WORDS), WORDS, both, arms=["plain"])
    assert gaps(found) == set()
    assert [line.arm for line in found.lines] == ["plain"]
    assert gaps(judge(threshold(WORDS), WORDS, both, arms=["other"])) == {Gap.ARM_MISSING}


def test_an_item_that_was_asked_as_the_manifest_has_it_is_not_changed() -> None:
    words = replace(WORDS, items=(replace(WORDS.items[0], digest=CONTENT), *WORDS.items[1:]))
    assert gaps(judge(threshold(words), words, one(content=CONTENT))) == set()
