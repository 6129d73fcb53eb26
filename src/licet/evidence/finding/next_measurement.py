"""The cheapest next measurement that would settle a finding: whether it is reproduced, and which level it has."""

from __future__ import annotations

import math
from typing import assert_never

from licet.core.evidence.estimate import Comparison, Estimate
from licet.core.evidence.inquiry import Inquiry, Role
from licet.core.evidence.judgement import Baseline, Reproduced
from licet.core.evidence.measurement import Measurement
from licet.core.evidence.severity import Axis, Grade
from licet.evidence.finding.reach import Reached
from licet.evidence.sayings import counted, percent
from licet.evidence.sizing import MOST, POWER, tries_at
from licet.evidence.statistics.power import tries_to_clear


def next_for_finding(
    inquiry: Inquiry,
    reproduced: Reproduced,
    rate: Estimate,
    baselines: tuple[Baseline, ...],
    gain: Comparison | None,
    reach: Reached,
    grade: Grade,
) -> Measurement | None:
    """What to measure next, if the evidence is complete; None where nothing is open.

    First whether it is reproduced, for an unreliable technique has no gain; then the axis that decides the level.
    """
    if reproduced is Reproduced.UNDECIDED:
        return reproducing(inquiry, rate)
    if grade.deciding is None:
        return None
    match grade.deciding:
        case Axis.GAIN:
            return gaining(inquiry, baselines, gain, grade)
        case Axis.BREADTH:
            return broadening(inquiry, reach, grade)
        case Axis.EASE | Axis.DISCOVERABILITY:
            return judging(grade.deciding, grade)
        case _:
            assert_never(grade.deciding)


def reproducing(inquiry: Inquiry, rate: Estimate) -> Measurement:
    """More tries of the technique, until the bound of its rate leaves the share that is asked for."""
    share, level = float(inquiry.reproduced_at), float(inquiry.confidence)
    arm = inquiry.arm(Role.TECHNIQUE) or ""
    have = rate.clusters or rate.n
    needed = tries_at(share, rate.value, level)
    settles = f"whether it works in at least {percent(share)} of tries"
    if needed is None:
        what = (
            f"it works as often as is asked for, {percent(share)}, within what trials can tell: more make it exact only"
        )
        return Measurement(arm, None, what, settles=settles)
    more = max(1, needed - have)
    assuming = f"the true rate is as measured, {percent(rate.value)}; a power of {percent(POWER)}"
    return Measurement(arm, more, f"run {counted(more, 'more item')} in arm `{arm}`", assuming, settles)


def gaining(inquiry: Inquiry, baselines: tuple[Baseline, ...], gain: Comparison | None, grade: Grade) -> Measurement:
    """More items in the technique's arm and the best baseline's; experts, where there is a gain."""
    scores = dict(grade.axes)[Axis.GAIN]
    margin = float(inquiry.margin or 0)
    if gain is not None and (scores.low > inquiry.rubric.stops_at or gain.difference.interval.low >= margin):
        return judging(Axis.GAIN, grade)
    if gain is None:
        what = (
            "try the same items on a public model without any bypass: without a baseline there is no gain to speak of"
        )
        return Measurement("", None, what, settles=settling(grade))
    best = min(baselines, key=lambda each: each.gain.difference.value)
    arms = f"{inquiry.arm(Role.TECHNIQUE)}, {best.arm}"
    interval, value = gain.difference.interval, gain.difference.value
    over = value >= margin
    half, room = (value - interval.low, value - margin) if over else (interval.high - value, margin - value)
    have = gain.difference.clusters or gain.difference.n
    needed = math.ceil(have * (half / room) ** 2) if room > 0 else MOST + 1
    if needed > MOST:
        what = f"the gain is as large as the margin, {percent(margin)}: trials do not tell on which side it lies"
        return Measurement(arms, None, what, settles=settling(grade))
    more = max(1, needed - have)
    what = f"run {counted(more, 'more item')} in each of the arms `{inquiry.arm(Role.TECHNIQUE)}` and `{best.arm}`"
    assuming = f"the gain is as measured, {percent(value)}, and varies as much"
    settles = f"whether there is a gain of more than {percent(margin)}: {settling(grade)}"
    return Measurement(arms, more, what, assuming, settles)


def broadening(inquiry: Inquiry, reach: Reached, grade: Grade) -> Measurement:
    """Tries in families in which it did not work and may; else somebody says what belongs together."""
    arm = inquiry.arm(Role.TECHNIQUE) or ""
    open_ = [family for family in reach.possible if not reach.items[family]]
    if not open_:
        what = "say which families belong to unrelated categories (`categories`), or have people judge `breadth`"
        return Measurement("", None, what, settles=settling(grade))
    needed = tries_to_clear(float(inquiry.universal.share), level=float(inquiry.confidence))
    more = sum(max(1, needed - reach.tried[family]) for family in open_)
    named = ", ".join(f"`{family}`" for family in open_)
    what = f"run {counted(more, 'more item')} in arm `{arm}`, of {named}"
    return Measurement(arm, more, what, "it works in none of them", settling(grade))


def judging(axis: Axis, grade: Grade) -> Measurement:
    """No trial says it: people do, with reasons."""
    scores = dict(grade.axes)[axis]
    what = (
        f"have people judge `{axis.name.lower()}` more closely than {scores.low:g} to {scores.high:g}: no trial says it"
    )
    return Measurement("", None, what, settles=settling(grade))


def settling(grade: Grade) -> str:
    """What is open of a grade."""
    low, high = grade.levels
    return f"the level, {low.word} to {high.word} now"
