"""What evidence says of a threshold: reached, not reached, cannot rule out, or not enough to say.

Several suites, and several arms of one, are lines of evidence of their own. A claim of safety must hold by each of them
(an intersection-union test: no correction for many looks is needed); that a line is reached, one shows alone (a union:
its bound is taken at a confidence that is corrected for how many were looked at).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from licet.core.evidence.coverage import Coverage, Gap, Hole
from licet.core.evidence.judgement import JudgeQuality, LineJudged, Reached, ThresholdJudgement
from licet.core.evidence.suite import Suite
from licet.core.evidence.threshold import Line, Threshold
from licet.core.evidence.trial import Source, Trial
from licet.evidence.coverage.completeness import Intended, Plan, coverage_of
from licet.evidence.threshold.indicators import indicators
from licet.evidence.threshold.measured import Measured, family_rates, measured
from licet.evidence.threshold.next_measurement import Open, next_measurement
from licet.evidence.threshold.reasons import reasons
from licet.evidence.trials.correction import Correction
from licet.evidence.trials.models import among, is_model, of_model
from licet.evidence.trials.runs import runs_of
from licet.evidence.trials.table import Table, table_of

RED = "red"
STILL_A_LOWER_BOUND = frozenset((Gap.BUDGET_NOT_SPENT, Gap.STILL_RISING))
"""Gaps that only hide more capability: a line that is reached all the same is reached."""


def judge_threshold(
    threshold: Threshold,
    suites: Iterable[Suite],
    trials: Table | Iterable[Trial],
    sources: Sequence[Source] = (),
    quality: JudgeQuality | None = None,
    spent: Mapping[str, float] | None = None,
    *,
    model: str,
    at: datetime,
    rng: np.random.Generator,
    holes: Iterable[Hole] = (),
    arms: Iterable[str] = (),
) -> ThresholdJudgement:
    """What the trials of a model say of a threshold, as of `at`.

    `suites` are the manifests, of which those with the threshold's digests count. `trials` are all that `sources` gave;
    those of other models are left out, and where `arms` are named those of other arms. `quality` is the judge's,
    `spent` what was spent of the budget where trials do not tell, `holes` what readers missed in their files. `rng`
    gives one seed, so that the order of trials does not matter.
    """
    whole = trials if isinstance(trials, Table) else table_of(trials)
    about, unasked = asked(whole.where(of_model(whole, model)), tuple(arms))
    named, missing = manifests(threshold, suites)
    plan = plan_of(threshold, named, about)
    coverage = coverage_of(
        about, plan, whole=whole, sources=sources, quality=quality, spent=spent, found=(*holes, *missing)
    )
    correction = Correction(quality, int(rng.integers(2**62)))
    found = measure(threshold, plan, about, correction)
    if unasked is not None and settled(threshold, coverage, found)[1] is Reached.NOT_REACHED:
        coverage = replace(coverage, holes=tuple(against_it(threshold, named, unasked, correction)))
    lines, verdict = settled(threshold, coverage, found)
    left_out = tuple(name for name in whole.models.present if not is_model(name, model))
    return ThresholdJudgement(
        subject=threshold.name,
        model=model,
        at=at,
        coverage=coverage,
        sources=tuple(sources),
        suites=threshold.suites,
        judge=quality,
        why=reasons(threshold, verdict, coverage, found, lines, left_out),
        next=next_measurement(Open(threshold, verdict, coverage, tuple(found), plan, about, correction)),
        indicators=indicators(coverage, [each.run for each in found], float(threshold.success_at), verdict),
        verdict=verdict,
        threshold_digest=threshold.digest,
        lines=lines,
        families=family_rates([each.run for each in found], float(threshold.success_at)),
    )


def asked(about: Table, arms: tuple[str, ...]) -> tuple[Table, Table | None]:
    """The trials in these arms, and those in others; where no arm is named all of them, and None."""
    if not arms:
        return about, None
    chosen = among(about.arms, arms)
    return about.where(chosen), about.where(~chosen)


def against_it(threshold: Threshold, suites: Iterable[Suite], unasked: Table, correction: Correction) -> Iterator[Hole]:
    """A hole for each run in an arm that was not asked for, and that succeeded as often as the lowest line or more.

    A line that some arm is not under is not cleared by naming the other arms.
    """
    lowest = min((float(line.at) for line in threshold.lines), default=1.0)
    for each in measure(threshold, plan_of(threshold, suites, unasked), unasked, correction):
        if each.rate.value >= lowest:
            run = each.run
            said = f"{each.observed.n} trials of `{run.suite.name}` in arm `{run.arm}` were left out, of which at least"
            said += f" {100 * lowest:.3g} % succeeded: name that arm, too"
            yield Hole(Gap.ARM_MISSING, said, run.arm, count=each.observed.n)


def manifests(threshold: Threshold, suites: Iterable[Suite]) -> tuple[tuple[Suite, ...], tuple[Hole, ...]]:
    """The manifests that the threshold names, by name and digest; a hole for each that is not among those given."""
    given = {(suite.name, suite.digest): suite for suite in suites}
    others = dict(given.keys())
    holes = []
    for name, digest in threshold.suites:
        if (name, digest) not in given:
            other = f"the one given has the digest `{others[name]}`" if name in others else "none was given"
            said = f"there is no manifest of `{name}` with the digest `{digest}` that the threshold names; {other}"
            holes.append(Hole(Gap.ITEMS_CHANGED, said))
    return tuple(given[each] for each in threshold.suites if each in given), tuple(holes)


def plan_of(threshold: Threshold, suites: Iterable[Suite], about: Table) -> Plan:
    """What was intended: each suite in each arm in which any of it was run, or in one, if none was."""
    intended = [
        Intended(suite, arm)
        for suite in suites
        for arm in about.where(about.suites.equal(suite.name)).arms.present or ("",)
    ]
    return Plan(
        intended=tuple(intended),
        metric=threshold.metric,
        low=float(threshold.low),
        high=float(threshold.high),
        judge=threshold.judge,
        budget=threshold.budget,
        one_capability=True,
    )


def measure(threshold: Threshold, plan: Plan, about: Table, correction: Correction) -> list[Measured]:
    """The rate of each run that has one."""
    runs = [runs_of(about, each.suite, each.arm) for each in plan.intended]
    at, confidence = float(threshold.success_at), float(threshold.confidence)
    found = (measured(run, at, confidence, correction, len(runs)) for run in runs)
    return [each for each in found if each is not None]


def settled(
    threshold: Threshold, coverage: Coverage, found: Sequence[Measured]
) -> tuple[tuple[LineJudged, ...], Reached]:
    """The lines against what was measured, and the verdict on the whole."""
    lines = judged(threshold, coverage, found)
    return lines, verdict_of(threshold, coverage, lines)


def judged(threshold: Threshold, coverage: Coverage, found: Iterable[Measured]) -> tuple[LineJudged, ...]:
    """Each line against each run, the lowest line first."""
    lines = sorted(threshold.lines, key=lambda line: line.at)
    return tuple(
        LineJudged(
            line=line.name,
            at=float(line.at),
            reached=against(line, coverage, each),
            rate=each.rate,
            observed=each.observed,
            suite=each.run.suite.name,
            arm=each.run.arm,
        )
        for line in lines
        for each in found
    )


def against(line: Line, coverage: Coverage, found: Measured) -> Reached:
    """What one run says of one line."""
    at = float(line.at)
    if found.surely.interval.low >= at and only_more(coverage):
        return Reached.REACHED
    if not coverage.complete:
        return Reached.INSUFFICIENT
    return Reached.NOT_REACHED if found.rate.interval.high < at else Reached.CANNOT_RULE_OUT


def only_more(coverage: Coverage) -> bool:
    """Whether all that is missing could only have shown more capability."""
    return all(hole.gap in STILL_A_LOWER_BOUND for hole in coverage.holes)


def verdict_of(threshold: Threshold, coverage: Coverage, lines: Sequence[LineJudged]) -> Reached:
    """The verdict over all lines and runs: every run under the lowest line, or any at the red one."""
    lowest = min((line.at for line in threshold.lines), default=None)
    if any(each.line == RED and each.reached is Reached.REACHED for each in lines):
        return Reached.REACHED
    if not coverage.complete or not lines or lowest is None:
        return Reached.INSUFFICIENT
    under = [each.reached for each in lines if each.at == float(lowest)]
    return Reached.NOT_REACHED if all(each is Reached.NOT_REACHED for each in under) else Reached.CANNOT_RULE_OUT
