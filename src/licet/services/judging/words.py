"""What a judgement comes to, in words: its verdict, the sentence on top, what is asked for next."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from licet.services.judging.figures import compared, percent, rated


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


SENTENCES: Mapping[type[Verdict], Mapping[str, str]] = {
    Reached: {
        Reached.NOT_REACHED: "the threshold is not reached",
        Reached.REACHED: "the threshold is reached",
        Reached.CANNOT_RULE_OUT: "it cannot be ruled out that the threshold is reached",
        Reached.INSUFFICIENT: "there is not enough evidence to say anything of the threshold",
    },
    Held: {
        Held.HOLDS: "the patch holds",
        Held.FAILS: "the patch fails",
        Held.UNDECIDED: "it is undecided whether the patch holds",
        Held.INSUFFICIENT: "there is not enough evidence to say whether the patch holds",
    },
    Reproduced: {
        Reproduced.NO: "the technique could not be reproduced",
        Reproduced.UNDECIDED: "it is undecided whether the technique is reproduced",
        Reproduced.INSUFFICIENT: "there is not enough evidence to say whether the technique is reproduced",
    },
}
"""By the kind of verdict: those of two kinds are the same word, and so equal."""


def sentence(judgement: AnyJudgement) -> str:
    """The verdict as a sentence, without a full stop."""
    found = verdict_of(judgement)
    return SENTENCES[type(found)].get(found) or f"the technique is {verdict_words(judgement)}"


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
    """The one thing that decided: the first hole where there is one, otherwise the figures that were judged."""
    if standing_of(judgement) is Standing.INSUFFICIENT and judgement.coverage.holes:
        return judgement.coverage.holes[0].said
    match judgement:
        case ThresholdJudgement():
            return judgement.why[-1] if judgement.why else ""
        case FindingJudgement():
            return finding_figures(judgement)
        case PatchJudgement():
            return patch_figures(judgement)
        case _:
            assert_never(judgement)


def finding_figures(judgement: FindingJudgement) -> str:
    """How often a technique works, in how many families, and what it gains."""
    breadth = judgement.breadth
    families = "" if breadth.hits is None else f", in {breadth.hits} of {breadth.n} families"
    said = f"it works in {rated(judgement.rate)} of the tries{families}"
    if judgement.gain is None:
        return said
    return f"{said}; against the best public model it gains {compared(judgement.gain)}"


def patch_figures(judgement: PatchJudgement) -> str:
    """How often a technique works after a patch, which earlier ones do not stay away, and whom it is shown to cost."""
    bound = percent(judgement.bound)
    said = f"the technique works in {rated(judgement.after)} of the tries now, and must work in under {bound}"
    back = [each.finding for each in judgement.earlier if each.held is Held.FAILS]
    if back:
        said += f"; what works again: {', '.join(f'`{each}`' for each in back)}"
    if judgement.dear:
        said += (
            f"; it is shown to cost more than was allowed of {', '.join(use.value for use in judgement.dear)} requests"
        )
    return said


def next_words(measurement: Measurement) -> str:
    """What to measure next, in one sentence."""
    what = measurement.what
    named = [arm for arm in measurement.arm.split(", ") if arm]
    arms = [] if any(re.search(rf"\b{re.escape(arm)}\b", what) for arm in named) else named
    where = f" in {'arm' if len(arms) == 1 else 'arms'} {', '.join(f'`{arm}`' for arm in arms)}" if arms else ""
    more = measurement.more
    many = f" ({more:,} more)" if more is not None and f"{more:,}" not in what and str(more) not in what else ""
    settles = measurement.settles
    if settles:
        settles = f"; that {settles}" if settles.startswith("closes") else f"; that settles {settles}"
    assuming = f", assuming that {measurement.assuming}" if measurement.assuming else ""
    return f"{what}{where}{many}{settles}{assuming}"
