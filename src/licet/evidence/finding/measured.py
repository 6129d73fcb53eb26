"""A reported technique as it was measured, and its grade against the public models of a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from licet.core.evidence.estimate import Comparison, Estimate
from licet.core.evidence.inquiry import Inquiry, Role
from licet.core.evidence.judgement import Baseline, Reproduced
from licet.core.evidence.severity import Axis, Grade, Scores
from licet.evidence.finding.gain import Asked, baseline, gain_over, gain_scores
from licet.evidence.finding.reach import UNRELATED, Reached, breadth_scores, reached
from licet.evidence.finding.severity import grade
from licet.evidence.inquiry.inquired import Inquired
from licet.evidence.inquiry.pairing import shared, telling_nothing
from licet.evidence.inquiry.tried import Tried, bounds_of, rate_of, tried, true_rate

NOT_COMPLETE = "the evidence is not complete"


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The arms of a finding: how often the technique works, with its one-sided bounds, and where it reaches.

    `observed` is the rate as it was counted, None where `rate` is that.
    """

    technique: Tried
    plain: Tried | None
    unguarded: Tried | None
    rate: Estimate
    observed: Estimate | None
    bounds: tuple[float, float]
    reproduced: Reproduced
    reached: Reached


@dataclass(frozen=True, slots=True, eq=False)
class Against:
    """A finding against the public models of a date: None where the inquiry names no set of them."""

    date: datetime | None
    baselines: tuple[Baseline, ...]
    gain: Comparison | None
    grade: Grade


def measure(known: Inquired, asked: Asked) -> Measured:
    """The technique's rate and reach, by the arms of the inquiry."""
    inquiry = known.inquiry
    technique = arm_in(known, Role.TECHNIQUE) or tried(known.table, (), "", 0.0)
    unguarded = arm_in(known, Role.UNGUARDED)
    counted = rate_of(technique, level=asked.level)
    bounds = bounds_of(technique, asked.quality, asked.level, asked.seed)
    rate = true_rate(counted, asked.quality, asked.seed)
    return Measured(
        technique=technique,
        plain=arm_in(known, Role.PLAIN),
        unguarded=unguarded,
        rate=rate,
        observed=None if rate is counted else counted,
        bounds=bounds,
        reproduced=reproduced(inquiry, bounds, complete=known.coverage.complete),
        reached=reached(technique, unguarded, inquiry.universal, asked.level),
    )


def arm_in(known: Inquired, role: Role) -> Tried | None:
    """The trials of the arm in a role, over the suites with which the technique is tried; None without such an arm."""
    arm = known.inquiry.arm(role)
    return None if arm is None else arm_of(known, arm)


def arm_of(known: Inquired, arm: str) -> Tried:
    """The trials of an arm, over the suites with which the technique is tried."""
    return tried(known.table, known.of(known.inquiry.suites), arm, float(known.inquiry.success_at))


def reproduced(inquiry: Inquiry, bounds: tuple[float, float], *, complete: bool) -> Reproduced:
    """Whether the technique works in at least the share of tries that is asked for: each way by a one-sided bound."""
    share = float(inquiry.reproduced_at)
    low, high = bounds
    if not complete:
        return Reproduced.INSUFFICIENT
    if low >= share:
        return Reproduced.YES
    return Reproduced.NO if high < share else Reproduced.UNDECIDED


def against(known: Inquired, found: Measured, asked: Asked, date: datetime | None) -> Against:
    """The gain over the best of the models that were public by a date, and the grade that comes of it.

    Evidence that is not complete says nothing of gain and breadth: they may then be anything.
    """
    inquiry = known.inquiry
    public = inquiry.baselines.as_of(date) if inquiry.baselines and date else ()
    arms = [(model, arm_of(known, model.arm)) for model in public]
    arms = [(model, arm) for model, arm in arms if shared(found.technique, arm)]
    baselines = tuple(baseline(model, found.technique, arm, asked) for model, arm in arms)
    gain = gain_over(found.technique, [arm for _, arm in arms], asked) if arms else None
    if not known.coverage.complete:
        baselines = tuple(replace(each, gain=telling_nothing(each.gain)) for each in baselines)
        gain = None if gain is None else telling_nothing(gain)
    people = dict(inquiry.axes)
    scores: dict[Axis, Scores] = {axis: people[axis] for axis in (Axis.EASE, Axis.DISCOVERABILITY) if axis in people}
    if known.coverage.complete:
        sure = found.reproduced is Reproduced.YES
        scores[Axis.GAIN] = gain_scores(gain, people.get(Axis.GAIN), inquiry.rubric, asked.margin, reliable=sure)
        scores[Axis.BREADTH] = breadth_scores(found.reached, dict(inquiry.categories), people.get(Axis.BREADTH))
    else:
        values = [value for value, _ in inquiry.rubric.values[Axis.GAIN]]
        scores[Axis.GAIN] = Scores(values[0], values[-1], NOT_COMPLETE)
        scores[Axis.BREADTH] = Scores(0.0, UNRELATED, NOT_COMPLETE)
    graded = grade(scores, rubric=inquiry.rubric, raised=inquiry.raised, why=inquiry.raised_why)
    return Against(date, baselines, gain, graded)
