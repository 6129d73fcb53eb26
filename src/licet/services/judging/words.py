"""What a judgement comes to, in words: its verdict, the sentence on top, what is asked for next."""

from __future__ import annotations

from enum import Enum
from typing import assert_never

from licet.core.evidence.judgement import (
    AnyJudgement,
    FindingJudgement,
    Held,
    PatchJudgement,
    Reached,
    Reproduced,
    ThresholdJudgement,
)
from licet.core.evidence.measurement import Measurement
from licet.core.evidence.severity import Grade, Level


class Standing(Enum):
    """What a verdict means to somebody who has to act on it."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    UNSETTLED = "unsettled"
    INSUFFICIENT = "insufficient"


Verdict = Reached | Held | Reproduced

STANDINGS: dict[Verdict, Standing] = {
    Reached.NOT_REACHED: Standing.SAFE,
    Reached.REACHED: Standing.UNSAFE,
    Reached.CANNOT_RULE_OUT: Standing.UNSETTLED,
    Reached.INSUFFICIENT: Standing.INSUFFICIENT,
    Held.HOLDS: Standing.SAFE,
    Held.FAILS: Standing.UNSAFE,
    Held.UNDECIDED: Standing.UNSETTLED,
    Held.INSUFFICIENT: Standing.INSUFFICIENT,
    Reproduced.NO: Standing.SAFE,
    Reproduced.YES: Standing.UNSAFE,
    Reproduced.UNDECIDED: Standing.UNSETTLED,
    Reproduced.INSUFFICIENT: Standing.INSUFFICIENT,
}
"""The law of exit codes and colours."""


def verdict_of(judgement: AnyJudgement) -> Verdict:
    """The verdict; of a finding, whether it was reproduced."""
    match judgement:
        case ThresholdJudgement(verdict=reached):
            return reached
        case PatchJudgement(verdict=held):
            return held
        case FindingJudgement(reproduced=reproduced):
            return reproduced
        case _:
            assert_never(judgement)


def standing_of(judgement: AnyJudgement) -> Standing:
    """What the verdict means."""
    return STANDINGS[verdict_of(judgement)]


def verdict_words(judgement: AnyJudgement) -> str:
    """The verdict: `not reached`; of a finding that was reproduced also its severity and class."""
    said = verdict_of(judgement).value
    if isinstance(judgement, FindingJudgement) and judgement.reproduced is Reproduced.YES:
        reach = f", {judgement.reach.value}" if judgement.reach else ""
        return f"{said}, {severity(judgement.grade)}{reach}"
    return said


SENTENCES: dict[Verdict, str] = {
    Reached.NOT_REACHED: "the threshold is not reached",
    Reached.REACHED: "the threshold is reached",
    Reached.CANNOT_RULE_OUT: "it cannot be ruled out that the threshold is reached",
    Reached.INSUFFICIENT: "there is not enough evidence to say anything of the threshold",
    Held.HOLDS: "the patch holds",
    Held.FAILS: "the patch fails",
    Held.UNDECIDED: "it is undecided whether the patch holds",
    Held.INSUFFICIENT: "there is not enough evidence to say whether the patch holds",
    Reproduced.NO: "the technique could not be reproduced",
    Reproduced.UNDECIDED: "it is undecided whether the technique is reproduced",
    Reproduced.INSUFFICIENT: "there is not enough evidence to say whether the technique is reproduced",
}


def sentence(judgement: AnyJudgement) -> str:
    """The verdict as a sentence, without a full stop."""
    found = verdict_of(judgement)
    return SENTENCES.get(found) or f"the technique is {verdict_words(judgement)}"


def headline(judgement: AnyJudgement) -> str:
    """What was judged, of which model, and the verdict: `word-uplift@1 on fable-5: not reached`."""
    return f"{judgement.subject} on {judgement.model}: {verdict_words(judgement)}"


def levels_of(grade: Grade) -> tuple[Level, Level]:
    """The range of levels, with what judgement raised it to."""
    low, high = grade.levels
    if grade.raised is None:
        return low, high
    return max(low, grade.raised), max(high, grade.raised)


def severity(grade: Grade) -> str:
    """A grade: `CJS-3 (high)`, or a range of it: `CJS-2 to CJS-3 (medium to high)`."""
    low, high = levels_of(grade)
    if low is high:
        return f"CJS-{int(low)} ({low.word})"
    return f"CJS-{int(low)} to CJS-{int(high)} ({low.word} to {high.word})"


def sums(grade: Grade) -> str:
    """The sum of the axes, or its range: `6 to 7.5`."""
    low, high = grade.sums
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def deciding(judgement: AnyJudgement) -> str:
    """The one thing that decided: the first hole where there is one, or the last sentence that led to the verdict."""
    if standing_of(judgement) is Standing.INSUFFICIENT and judgement.coverage.holes:
        return judgement.coverage.holes[0].said
    return judgement.why[-1] if judgement.why else ""


def next_words(measurement: Measurement) -> str:
    """What to measure next, in one sentence."""
    what = measurement.what
    arm = f" in arm `{measurement.arm}`" if measurement.arm and f"`{measurement.arm}`" not in what else ""
    more = (
        f" ({measurement.more:,} more)" if measurement.more is not None and f"{measurement.more:,}" not in what else ""
    )
    settles = f"; it would settle {measurement.settles}" if measurement.settles else ""
    assuming = f", assuming that {measurement.assuming}" if measurement.assuming else ""
    return f"{what}{arm}{more}{settles}{assuming}"
