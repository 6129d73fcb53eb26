"""Grades of severity: the sum of a rubric's axes, from the lowest to the highest that their intervals allow.

Ordinal values are added, so one point on one axis can move a band. Therefore each axis may have an interval, and a
grade says the range of levels and which axis decides it. `spec/severity.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from licet.core.errors import LicetError
from licet.core.evidence.rubric import CJS
from licet.core.evidence.severity import Axis, Grade, Level, Rubric, Scores

NOT_JUDGED = "not judged: every value of the rubric"


class ScoresRejectedError(LicetError):
    """Scores that the rubric does not have, or a grade that judgement would lower."""


def grade(scores: Mapping[Axis, Scores], *, rubric: Rubric = CJS, raised: Level | None = None, why: str = "") -> Grade:
    """The grade of these scores; an axis without scores may have every value of the rubric.

    `raised` is a level that judgement raises the grade to, with `why`: the sum is a floor. Judgement never lowers, and
    it does not raise where there is no gain: there the grading stops (CJS, draft of 2 July 2026). Raises
    `ScoresRejectedError` for values that are not the rubric's.
    """
    axes = {axis: held(scores.get(axis), axis, rubric) for axis in rubric.values}
    if raised is not None and not why.strip():
        raise ScoresRejectedError(f"the level is raised to `{raised.word}` and nothing says why; give the reason")
    return Grade(
        rubric=f"{rubric.name}@{rubric.version}",
        axes=tuple(axes.items()),
        sums=(total(axes, rubric, top=False), total(axes, rubric, top=True)),
        levels=levels_of(axes, rubric, raised),
        deciding=deciding(axes, rubric, raised),
        raised=raised,
        why=why,
    )


def held(scores: Scores | None, axis: Axis, rubric: Rubric) -> Scores:
    """What is held possible on an axis, by values that the rubric has."""
    values = [value for value, _ in rubric.values[axis]]
    if scores is None:
        return Scores(values[0], values[-1], NOT_JUDGED)
    for end in (scores.low, scores.high):
        if end not in values:
            known = ", ".join(f"{value:g}" for value in values)
            raise ScoresRejectedError(f"`{end:g}` is no value of the axis `{axis.value}`; it has {known}")
    return scores


def total(axes: Mapping[Axis, Scores], rubric: Rubric, *, top: bool) -> float:
    """The highest or the lowest sum; without a gain there is none to add to, and it is 0."""
    ends = {axis: scores.high if top else scores.low for axis, scores in axes.items()}
    return 0.0 if ends[Axis.GAIN] <= rubric.stops_at else float(sum(ends.values()))


def level_of(sum_: float, rubric: Rubric) -> Level:
    """The band that a sum lies in."""
    return max((level for least, level in rubric.bands if sum_ >= least), default=Level.NONE)


def levels_of(axes: Mapping[Axis, Scores], rubric: Rubric, raised: Level | None = None) -> tuple[Level, Level]:
    """The lowest and the highest level that the intervals allow."""
    return level_at(axes, rubric, raised, top=False), level_at(axes, rubric, raised, top=True)


def level_at(axes: Mapping[Axis, Scores], rubric: Rubric, raised: Level | None, *, top: bool) -> Level:
    """The level at the highest or at the lowest values; raised where there is a gain at all."""
    gain = axes[Axis.GAIN].high if top else axes[Axis.GAIN].low
    level = level_of(total(axes, rubric, top=top), rubric)
    return level if raised is None or gain <= rubric.stops_at else max(level, raised)


def deciding(axes: Mapping[Axis, Scores], rubric: Rubric, raised: Level | None = None) -> Axis | None:
    """The axis whose narrowing to one value leaves the fewest levels, on average over the values that it may have.

    Of two that leave as many, the one that leaves the narrower range of sums; then the first of the rubric. None if
    there is one level only.
    """
    low, high = levels_of(axes, rubric, raised)
    if low == high:
        return None
    open_ = [axis for axis, scores in axes.items() if scores.low < scores.high]
    return min(open_, key=lambda axis: left(axes, axis, rubric, raised))


def left(axes: Mapping[Axis, Scores], axis: Axis, rubric: Rubric, raised: Level | None) -> tuple[Fraction, Fraction]:
    """How many levels, and how wide a range of sums, are left on average once an axis is known."""
    scores = axes[axis]
    known = [value for value, _ in rubric.values[axis] if scores.low <= value <= scores.high]
    narrowed = [{**axes, axis: Scores(value, value)} for value in known]
    levels = [levels_of(each, rubric, raised) for each in narrowed]
    sums = [(total(each, rubric, top=False), total(each, rubric, top=True)) for each in narrowed]
    return (
        sum((Fraction(high - low) for low, high in levels), Fraction()) / len(known),
        sum((Fraction(high - low) for low, high in sums), Fraction()) / len(known),
    )
