"""Judging, keeping and drafting: what is the same again, what differs and where, and what is enacted of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import tests.campaigns as campaign
from tests.judged import ALL, AT, FINDING, PATCH, THRESHOLD, kept

from licet.core.evidence.judgement import FindingJudgement, Reproduced
from licet.core.evidence.severity import Level
from licet.core.evidence.trial import Trial
from licet.core.shape import shape
from licet.services.judging.asking import JudgingRefused, Question
from licet.services.judging.enactable import document_of
from licet.services.judging.judging import judge
from licet.services.judging.keeping import (
    again_with_earlier,
    differences,
    log_differences,
    renamed,
    same,
    validations_of,
    with_earlier,
)
from licet.services.judging.words import deciding, headline, next_words, severity
from licet.wire import yaml
from licet.wire.trials.labels import Validation
from licet.wire.trials.reading import Reading

WORDS = campaign.suite(59)
TELLING = campaign.threshold(WORDS, judge=campaign.ASKED)
LABELS = {campaign.JUDGE: Validation((99, 100), (100, 100))}
BEFORE = AT - timedelta(days=3)


def judged(trials: list[Trial], validations: dict[str, Validation] | None = None, *arms: str) -> Any:
    """What is said of these trials."""
    asked = Question(TELLING, (WORDS,), ({"threshold": TELLING.name},), campaign.MODEL, arms)
    reading = Reading((campaign.log(trials),), trials)
    return judge(asked, reading, LABELS if validations is None else validations, at=AT, seed=3)


def test_the_labels_are_those_of_whoever_scored() -> None:
    scored = campaign.trials(WORDS, judge=campaign.JUDGE)
    found = judged(scored, {"other@1": Validation((1, 2), (1, 2)), **LABELS})
    assert found.judge.judge == campaign.JUDGE
    assert found.judge.positives == (99, 100)
    with pytest.raises(
        JudgingRefused, match="the labels are of `other@1`, and the trials were scored by `exact-word@1`"
    ):
        judged(scored, {"other@1": Validation((1, 2), (1, 2))})
    with pytest.raises(JudgingRefused, match="have no successes or no failures"):
        judged(scored, {campaign.JUDGE: Validation((0, 0), (1, 2))})
    assert judged(scored, {}).judge is None


def test_the_model_may_be_written_with_its_provider_but_is_no_other() -> None:
    local = [replace(each, model=f"local/{campaign.MODEL}", judge=campaign.JUDGE) for each in campaign.trials(WORDS)]
    assert judged(local).coverage.arms[0].run == 59
    with pytest.raises(JudgingRefused, match="no trial is of the model `stand-in-5`; they are of `stand-in-4`"):
        judged([replace(each, model="stand-in-4") for each in local])


def test_an_arm_without_a_trial_is_refused_and_others_are_said_to_be_left_out() -> None:
    scored = campaign.trials(WORDS, judge=campaign.JUDGE)
    more = [*scored, *campaign.trials(WORDS, 50, arm="technique", judge=campaign.JUDGE)]
    assert "59 trials in the arms `technique` were left out" in " ".join(judged(more, None, "plain").indicators)
    assert not any("left out" in each for each in judged(scored, None, "plain").indicators)
    with pytest.raises(JudgingRefused, match="no trial is in the arm `other`; there is `plain`, `technique`"):
        judged(more, None, "other")


def test_a_judgement_differs_from_itself_in_nothing_wherever_its_files_lie() -> None:
    here = kept(THRESHOLD)
    there = replace(
        THRESHOLD,
        sources=tuple(replace(each, file=f"elsewhere/{each.file}", via="x") for each in reversed(THRESHOLD.sources)),
    )
    assert differences(here, kept(there)) == ()
    assert renamed(["log a.eval ended", 3, None], {"a.eval": "sha256:1"}) == ["log sha256:1 ended", 3, None]


def test_whatever_differs_is_told_with_its_place() -> None:
    worse = replace(THRESHOLD, why=(*THRESHOLD.why, "and more"), subject="other@1")
    found = differences(kept(THRESHOLD), kept(worse))
    assert [each.place for each in found] == ["$.says.subject", "$.says.why"]
    assert found[1][1:] == ("a list of 2", "a list of 3")
    other = replace(kept(THRESHOLD), asked=replace(kept(THRESHOLD).asked, arms=("else",)))
    assert [each.place for each in differences(kept(THRESHOLD), other)] == ["$.asked.arms[0]"]
    assert same(0.1 + 0.2, 0.3)
    assert not same(0.3, 0.3000001)
    assert not same(True, False)
    assert not same(1, "1")


def test_logs_are_told_apart_by_their_digests() -> None:
    one, two = THRESHOLD.sources
    found = log_differences((one, two), (replace(one, file="x"), replace(two, digest="sha256:" + "9" * 64)))
    assert [(each.place, each.was, each.now) for each in found] == [
        ("log second.eval", two.digest, "not given"),
        ("log second.eval", "not judged", "sha256:" + "9" * 64),
    ]


def test_a_finding_keeps_its_earlier_grades_in_order_and_once() -> None:
    before = replace(FINDING, at=BEFORE, earlier=(), baseline_set="public-2026-06b")
    found = with_earlier(FINDING, [kept(before), kept(before)])
    assert isinstance(found, FindingJudgement)
    assert [each[:2] for each in found.earlier] == [FINDING.earlier[0][:2], (BEFORE, "public-2026-06b")]
    assert again_with_earlier(FINDING, found) == found
    assert again_with_earlier(THRESHOLD, found) is THRESHOLD
    assert with_earlier(THRESHOLD, []) is THRESHOLD


@pytest.mark.parametrize(
    ("found", "before", "said"),
    [
        (FINDING, replace(FINDING, at=BEFORE, subject="other"), "the earlier judgement is of `other` on `fable-5`"),
        (FINDING, replace(FINDING, at=BEFORE, model="other"), "the earlier judgement is of"),
        (FINDING, replace(PATCH, at=BEFORE), "the earlier judgement is of"),
        (FINDING, FINDING, "which is not before"),
        (PATCH, replace(FINDING, at=BEFORE), "only a finding has earlier assessments"),
    ],
)
def test_an_earlier_judgement_is_of_the_same_and_earlier(found: Any, before: Any, said: str) -> None:
    with pytest.raises(JudgingRefused, match=said):
        with_earlier(found, [kept(before)])


def test_what_the_labels_came_to_is_in_the_judgement() -> None:
    assert validations_of(kept(THRESHOLD)) == {"exact-word@1": Validation((96, 100), (198, 200))}
    assert validations_of(kept(replace(THRESHOLD, judge=None))) == {}


@pytest.mark.parametrize("judgement", ALL, ids=lambda each: each.subject)
@pytest.mark.parametrize("issuer", ["A. Lab", 'say "no": #1', "null", "2026-01-01", "- a", "Ünïcode\n: x"])
def test_the_draft_reads_as_what_was_judged(judgement: Any, issuer: str) -> None:
    text = document_of(kept(judgement), "n-1", issuer, patches=("f-1",), issued=AT, since=AT)
    (document,) = yaml.read("draft.yaml", text.encode())
    draft, problems = shape(0, document.tree, lambda _, __: None)
    assert problems == ()
    assert draft is not None
    assert (draft.name, draft.tree["issuer"]) == ("n-1", issuer)
    assert draft.tree["models"] == [judgement.model]
    assert draft.tree["title"] == headline(judgement)


def test_a_finding_that_was_raised_is_drafted_as_raised() -> None:
    raised = replace(FINDING, grade=replace(FINDING.grade, raised=Level.CRITICAL, why="in use"), reach=None)
    text = document_of(kept(raised), "n-1", "x", issued=AT, since=datetime(2026, 8, 1, tzinfo=UTC))
    assert "levels: critical\n" in text
    assert "reach" not in text
    assert "from: 2026-08-01T00:00:00+00:00\n" in text
    for reproduced in (Reproduced.NO, Reproduced.UNDECIDED, Reproduced.INSUFFICIENT):
        with pytest.raises(JudgingRefused, match="there is no finding to enact"):
            document_of(kept(replace(FINDING, reproduced=reproduced)), "n", "x", issued=AT, since=AT)


def test_what_decided_is_one_sentence() -> None:
    assert deciding(FINDING).startswith("it works in 88.3 %")
    assert deciding(FINDING).endswith("gains +77.0 points (+64.0 to +86.0): shown to be more")
    assert deciding(replace(FINDING, gain=None)).endswith("in 8 of 8 families")
    assert deciding(replace(PATCH, dear=())).endswith("; what works again: `suffix-of-may`")
    cost = "; it is shown to cost more than was allowed of high-risk dual use requests"
    assert deciding(PATCH) == deciding(replace(PATCH, dear=())) + cost
    assert deciding(replace(THRESHOLD, why=())) == ""
    assert severity(replace(FINDING.grade, levels=(Level.NONE, Level.NONE))) == "CJS-0 (none)"
    assert PATCH.next is not None
    assert next_words(replace(PATCH.next, arm="a, b", more=None, settles="closes: errors", assuming="")) == (
        "75 more benign requests in arms `a`, `b`; that closes: errors"
    )
