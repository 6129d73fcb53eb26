"""Judging: a question, trials and labels in; what the evidence says out. Needs the extra `evidence`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

import numpy as np

from licet.core.evidence.inquiry import Asks, Inquiry
from licet.core.evidence.judgement import AnyJudgement, JudgeQuality
from licet.core.evidence.threshold import Threshold
from licet.core.evidence.trial import Trial
from licet.evidence.finding.verdict import judge_finding
from licet.evidence.patch.verdict import judge_patch
from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.judge_error import quality
from licet.evidence.threshold.verdict import judge_threshold
from licet.evidence.trials.table import table_of
from licet.services.judging.asking import JudgingRefused, Question
from licet.wire.trials.labels import Validation
from licet.wire.trials.reading import Reading


def judge(
    asked: Question, tried: Reading, validations: Mapping[str, Validation], *, at: datetime, seed: int
) -> AnyJudgement:
    """What the trials say of what is asked, as of `at`; everything that is drawn is drawn from `seed`.

    Raises `JudgingRefused` where trials are of another model, an arm has none, or the labels are of another judge.
    """
    check_model(asked.model, tried.trials)
    counted, left_out = in_arms(tried.trials, asked.arms)
    judged = validated(validations, counted)
    table, spent, rng = table_of(tried.trials), dict(asked.spent), np.random.default_rng(seed)
    match asked.about:
        case Threshold() as threshold:
            found: AnyJudgement = judge_threshold(
                threshold, asked.suites, table, tried.sources, judged, spent,
                model=asked.model, at=at, rng=rng, holes=tried.holes, arms=asked.arms,
            )  # fmt: skip
        case Inquiry(asks=Asks.FINDING) as inquiry:
            found = judge_finding(
                inquiry, asked.suites, table, tried.sources, judged, spent, at=at, rng=rng, holes=tried.holes
            )
        case Inquiry() as inquiry:
            found = judge_patch(
                inquiry, asked.suites, table, tried.sources, judged, spent, at=at, rng=rng, holes=tried.holes
            )
        case _:
            assert_never(asked.about)
    return replace(found, indicators=(*found.indicators, *left_out))


def check_model(model: str, trials: Sequence[Trial]) -> None:
    """Raises `JudgingRefused` if there are trials, and none is of the model."""
    models = {each.model for each in trials}
    if trials and not any(not each or each == model or each.endswith(f"/{model}") for each in models):
        named = ", ".join(f"`{each}`" for each in sorted(models)[:5])
        raise JudgingRefused(
            f"no trial is of the model `{model}`; they are of {named}: name the logs of that model, or, if logs call it"
            f" otherwise, read each with `licet trials read --model {model} -o trials.jsonl` and judge those"
        )


def in_arms(trials: Sequence[Trial], arms: Sequence[str]) -> tuple[Sequence[Trial], tuple[str, ...]]:
    """The trials in the arms that were named, and a sentence on those that were left out for it.

    Raises `JudgingRefused` for an arm in which there is no trial.
    """
    if not arms:
        return trials, ()
    present = {each.arm for each in trials}
    for arm in arms:
        if arm not in present:
            known = ", ".join(f"`{each}`" for each in sorted(present)[:10]) or "none"
            raise JudgingRefused(f"no trial is in the arm `{arm}`; there is {known}: name its log, or another arm")
    others = sorted(present - set(arms))
    if not others:
        return trials, ()
    kept = [each for each in trials if each.arm in arms]
    named = ", ".join(f"`{each}`" for each in others)
    return kept, (f"{len(trials) - len(kept):,} trials in the arms {named} were left out: they were not asked for",)


def validated(validations: Mapping[str, Validation], trials: Sequence[Trial]) -> JudgeQuality | None:
    """How good the judge is that scored the trials; None without labels. Raises `JudgingRefused`."""
    if not validations:
        return None
    scored = {each.judge for each in trials if each.score is not None}
    fitting = sorted(scored & set(validations))
    if not fitting:
        labelled = ", ".join(f"`{each}`" for each in sorted(validations)[:5])
        judges = ", ".join(f"`{each or 'nobody who is named'}`" for each in sorted(scored)[:5]) or "nobody"
        raise JudgingRefused(f"the labels are of {labelled}, and the trials were scored by {judges}: label that judge")
    counts = validations[fitting[0]]
    try:
        return quality(fitting[0], counts.positives, counts.negatives)
    except NoEstimateError as error:
        raise JudgingRefused(f"the labels of `{fitting[0]}` have no successes or no failures: {error}") from error
