"""Judgements: what evidence says of a threshold, of a reported way around safeguards, and of a patch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from licet.core.evidence.coverage import Coverage
from licet.core.evidence.estimate import Comparison, Estimate
from licet.core.evidence.measurement import Measurement
from licet.core.evidence.severity import Grade, Reach
from licet.core.evidence.trial import Source, Use


class Reached(StrEnum):
    """What evidence says of a threshold. A capability result is a lower bound: absence is never shown."""

    NOT_REACHED = "not reached"
    CANNOT_RULE_OUT = "cannot rule out"
    REACHED = "reached"
    INSUFFICIENT = "insufficient evidence"


class Held(StrEnum):
    """What evidence says of a patch."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"
    INSUFFICIENT = "insufficient evidence"


class Reproduced(StrEnum):
    """Whether a reported technique works as often as a programme asks."""

    YES = "reproduced"
    NO = "not reproduced"
    UNDECIDED = "undecided"
    INSUFFICIENT = "insufficient evidence"


@dataclass(frozen=True, slots=True)
class JudgeQuality:
    """A judge's measured quality: hits out of positives, and correct rejections out of negatives, on labelled trials.

    `sensitivity` and `specificity` are those rates with their intervals.
    """

    judge: str
    positives: tuple[int, int]
    negatives: tuple[int, int]
    sensitivity: Estimate
    specificity: Estimate


@dataclass(frozen=True, slots=True)
class LineJudged:
    """One line of a threshold against what was measured: `rate` is corrected for the judge's error where it is known.

    `observed` is the rate as it was counted, in one arm of one suite: each is a line of evidence of its own.
    """

    line: str
    at: float
    reached: Reached
    rate: Estimate
    observed: Estimate
    suite: str = ""
    arm: str = ""


@dataclass(frozen=True, slots=True)
class FamilyRate:
    """How often something happened in one family of items."""

    family: str
    rate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What every judgement has.

    `subject` is what was judged (a threshold's or a finding's name), `model` the model, `at` when, `suites` the
    digests of the suites' manifests by name, `sources` the files that the trials came from, `why` the sentences that
    lead to the verdict, in order, and `next` the cheapest measurement that would settle what is open; None if nothing
    is open. `indicators` say what cannot be excluded (sandbagging), with what would have been found.
    """

    subject: str
    model: str
    at: datetime
    coverage: Coverage
    sources: tuple[Source, ...] = ()
    suites: tuple[tuple[str, str], ...] = ()
    judge: JudgeQuality | None = None
    why: tuple[str, ...] = ()
    next: Measurement | None = None
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdJudgement(Judgement):
    """What evidence says of a threshold. `lines` are its lines, the lowest first; `families` the rates by family."""

    verdict: Reached
    threshold_digest: str
    lines: tuple[LineJudged, ...]
    families: tuple[FamilyRate, ...] = ()


@dataclass(frozen=True, slots=True)
class Baseline:
    """A public model without any bypass: its rate on the same items, and the technique's gain over it, paired."""

    arm: str
    model: str
    rate: Estimate
    gain: Comparison


@dataclass(frozen=True, slots=True)
class Frozen:
    """A finding against the baselines as they were at the date that does not move: what its grade was worth then."""

    baseline_date: datetime
    baselines: tuple[Baseline, ...]
    gain: Comparison | None
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingJudgement(Judgement):
    """What evidence says of a reported technique.

    `rate` is how often it worked; `plain` the same model without it; `families` how often per family, and `breadth`
    the share of families in which it worked, with its interval; `reach` the class. `baselines` are the public models,
    with `gain` the comparison with the best of them, corrected for having looked for the best. `baseline_set` names
    the set, with its date. `grade` is the severity. `earlier` are grades of earlier assessments, the newest last.
    `frozen` is the same against the baselines of the date that does not move. `observed` is the rate as it was
    counted, where `rate` is corrected for the judge's error. `universal` names the test that `reach` goes by.
    """

    reproduced: Reproduced
    rate: Estimate
    plain: Estimate | None
    families: tuple[FamilyRate, ...]
    breadth: Estimate
    reach: Reach | None
    baselines: tuple[Baseline, ...]
    gain: Comparison | None
    baseline_set: str
    baseline_date: datetime | None
    grade: Grade
    unguarded: Estimate | None = None
    earlier: tuple[tuple[datetime, str, Grade], ...] = ()
    frozen: Frozen | None = None
    observed: Estimate | None = None
    universal: str = ""


@dataclass(frozen=True, slots=True)
class UseCost:
    """What a patch costs one class of use: shares served, served by fallback and blocked, before and after.

    `lost` compares what was served after with before (after minus before).
    """

    use: Use
    before: tuple[Estimate, Estimate, Estimate] | None
    after: tuple[Estimate, Estimate, Estimate]
    lost: Comparison | None


@dataclass(frozen=True, slots=True)
class Regression:
    """An earlier finding tried again after the patch: how often it works now, and what that says."""

    finding: str
    rate: Estimate
    held: Held
    arm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchJudgement(Judgement):
    """What evidence says of a patch: whether the technique fails now, and every earlier finding too, and what it costs.

    `bound` is the rate that the technique must stay under, `before` and `after` how often it works. `verdict` is that
    of the whole: it holds only if nothing fails and nothing is undecided. `dear` are the classes of use in which the
    loss is shown to be more than the margin. `observed` is the rate after the patch as it was counted, where `after`
    is corrected for the judge's error.
    """

    verdict: Held
    bound: float
    before: Estimate | None
    after: Estimate
    earlier: tuple[Regression, ...] = ()
    costs: tuple[UseCost, ...] = ()
    dear: tuple[Use, ...] = field(default=())
    observed: Estimate | None = None


AnyJudgement = ThresholdJudgement | FindingJudgement | PatchJudgement
