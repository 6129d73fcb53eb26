"""What is missing of the judge: who it was, whether anybody measured how good it is, and whether that is enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.estimate import Estimate
from licet.core.evidence.judgement import JudgeQuality
from licet.core.evidence.threshold import Asked
from licet.evidence.statistics.judge_error import can_tell
from licet.evidence.trials.runs import Run


def holes_of_judges(runs: Sequence[Run], asked: Asked | None, quality: JudgeQuality | None) -> Iterator[Hole]:
    """What is missing of the judge of these runs.

    With nothing asked of a judge, the metric is checked by a rule and has no judge's error. A quality that was
    measured all the same is carried through, and must be one that can tell anything.
    """
    judges = judges_of(runs)
    if len(judges) > 1:
        named = ", ".join(f"`{judge or 'unnamed'}`" for judge in judges)
        yield Hole(
            Gap.JUDGES_MIXED, f"the trials were scored by {named}: they may not mean the same", count=len(judges)
        )
    if quality is None:
        if asked is not None:
            labels = f"{asked.labels} labelled trials are asked for"
            yield Hole(Gap.JUDGE_NOT_VALIDATED, f"nobody measured how often {shown(judges)} is right; {labels}")
        return
    strange = [judge for judge in judges if judge != quality.judge]
    if strange:
        said = f"what was measured is `{quality.judge}`, but trials were scored by {shown(strange)}"
        yield Hole(Gap.JUDGE_NOT_VALIDATED, said, count=len(strange))
    yield from too_weak(quality, asked)


def too_weak(quality: JudgeQuality, asked: Asked | None) -> Iterator[Hole]:
    """Where what was measured of a judge is less than what is asked, or no better than chance."""
    if not can_tell(quality):
        rates = f"sensitivity {shown_rate(quality.sensitivity)}, specificity {shown_rate(quality.specificity)}"
        yield Hole(Gap.JUDGE_TOO_WEAK, f"`{quality.judge}` cannot tell a success from a failure: {rates}")
    if asked is None:
        return
    for name, rate, least in (
        ("sensitivity", quality.sensitivity, asked.sensitivity),
        ("specificity", quality.specificity, asked.specificity),
    ):
        if Decimal(repr(float(rate.interval.low))) < least:
            said = f"the {name} of `{quality.judge}`, {shown_rate(rate)}, is not shown to be at least {least}"
            yield Hole(Gap.JUDGE_TOO_WEAK, said)
    labels = quality.positives[1] + quality.negatives[1]
    if labels < asked.labels:
        said = f"`{quality.judge}` was measured on {labels} labelled trials; {asked.labels} are asked for"
        yield Hole(Gap.JUDGE_NOT_VALIDATED, said, count=asked.labels - labels)


def judges_of(runs: Sequence[Run]) -> tuple[str, ...]:
    """Who scored the trials of these runs; empty where a trial does not say."""
    return tuple(sorted({judge for run in runs for judge in run.table.where(run.table.scored).judges.present}))


def shown(judges: Sequence[str]) -> str:
    """Judges, for a sentence."""
    return ", ".join(f"`{judge}`" if judge else "a judge without a name" for judge in judges) or "the judge"


def shown_rate(rate: Estimate) -> str:
    """A rate with its interval, for a sentence."""
    return f"{rate.value:.3f} ({rate.interval.low:.3f} to {rate.interval.high:.3f}, n = {rate.n})"
