"""A severity on a page: its axes, its bands, and how it moved."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.evidence.judgement import FindingJudgement
from licet.core.evidence.rubric import RUBRICS
from licet.core.evidence.severity import Grade, Rubric, Scores
from licet.pages.blocks import Block, Section, Text, table
from licet.pages.charts.chart import picture
from licet.pages.charts.forest import PLAIN, Band, Scale, Spot, forest
from licet.pages.number import written
from licet.pages.role import Role
from licet.pages.words import Amount, Word
from licet.services.judging.words import severity, sums


def grade_section(judgement: FindingJudgement) -> Section:
    """The grade of a finding."""
    return Section("severity", "How severe is it?", tuple(grade_blocks(judgement)))


def grade_blocks(judgement: FindingJudgement) -> Iterable[Block]:
    """In sentences, axis by axis, and against the bands."""
    grade = judgement.grade
    rubric = RUBRICS.get(grade.rubric)
    yield Text(tuple(sentences(grade)))
    spots = [axis_spot(axis.value, scores, rubric) for axis, scores in grade.axes]
    scale = Scale(0, top(rubric, grade), PLAIN, "score")
    said = "; ".join(f"{axis.value}: {ranged(scores)}" for axis, scores in grade.axes)
    yield picture(
        "axes-plot",
        "What is held possible on each axis",
        f"Dots are the values that the rubric has, bars what is held possible. {said}.",
        forest(spots, scale),
        key=(),
        table="axes",
    )
    rows: list[tuple[Word, ...]] = [
        (axis.value, Amount(ranged(scores)), meaning(rubric, grade, at), scores.why or None)
        for at, (axis, scores) in enumerate(grade.axes)
    ]
    yield table("axes", f"The axes of `{grade.rubric}`".replace("`", ""), ["Axis", "#Score", "That is", "Why"], rows)
    yield from moved(judgement, rubric)


def sentences(grade: Grade) -> Iterable[str]:
    """What the grade comes to."""
    yield f"By the rubric `{grade.rubric}` the axes sum to {sums(grade)}: {severity(grade)}."
    if grade.raised is not None:
        why = f": {grade.why}" if grade.why else ""
        yield f"Judgement raised it to at least {grade.raised.word}{why}. It can be raised, never lowered."
    if grade.deciding is not None:
        yield f"The axis that decides within this range is `{grade.deciding.value}`, whose narrowing narrows it most."
    yield "The rubric adds ordinal values, so a single point on one axis can move the level."


def axis_spot(name: str, scores: Scores, rubric: Rubric | None) -> Spot:
    """An axis with what is held possible on it."""
    steps = tuple(
        value for axis, found in (rubric.values if rubric else {}).items() if axis.value == name for value, _ in found
    )
    point = scores.low if scores.low == scores.high else None
    return Spot(name, point, scores.low, scores.high, ranged(scores), Role.GAINS, steps=steps)


def ranged(scores: Scores) -> str:
    """A score, or a range of scores."""
    return f"{scores.low:g}" if scores.low == scores.high else f"{scores.low:g} to {scores.high:g}"


def top(rubric: Rubric | None, grade: Grade) -> float:
    """The highest score on any axis."""
    known = [value for found in (rubric.values.values() if rubric else ()) for value, _ in found]
    return max([*known, *(scores.high for _, scores in grade.axes), 1.0])


def meaning(rubric: Rubric | None, grade: Grade, at: int) -> str | None:
    """What the rubric says of the scores on an axis."""
    axis, scores = grade.axes[at]
    known = rubric.values.get(axis, ()) if rubric else ()
    return "; or ".join(words for value, words in known if scores.low <= value <= scores.high) or None


def moved(judgement: FindingJudgement, rubric: Rubric | None) -> Iterable[Block]:
    """The sum against the bands: now, against the frozen baselines, and at earlier assessments."""
    grades = [("this assessment", judgement.baseline_set, judgement.grade)]
    if judgement.frozen is not None:
        grades.append(("frozen baselines", f"as of {written(judgement.frozen.baseline_date)}", judgement.frozen.grade))
    grades += [(f"{at.date()}", baselines, grade) for at, baselines, grade in reversed(judgement.earlier)]
    spots = [grade_spot(label, grade) for label, _, grade in grades]
    bands = banded(rubric)
    end = max([10.0, *(spot.high for spot in spots)])
    said = "; ".join(f"{label}: {sums(grade)}, {severity(grade)}" for label, _, grade in grades)
    yield picture(
        "grades-plot",
        "The sum of the axes, against the bands",
        f"Shaded and unshaded stretches are the levels. {said}.",
        forest(spots, Scale(0, end, PLAIN, "sum of the axes"), (), bands),
        key=(),
        table="grades",
    )
    rows: list[tuple[Word, ...]] = [
        (label, baselines, Amount(sums(grade)), severity(grade), grade.raised.word if grade.raised else None)
        for label, baselines, grade in grades
    ]
    yield table("grades", "The grade, and how it moved", ["Assessed", "Baselines", "#Sum", "Level", "Raised to"], rows)


def grade_spot(label: str, grade: Grade) -> Spot:
    """A grade's sum as it is drawn."""
    low, high = grade.sums
    return Spot(label, low if low == high else None, low, high, sums(grade), Role.GAINS)


def banded(rubric: Rubric | None) -> tuple[Band, ...]:
    """The levels as parts of the axis."""
    if rubric is None:
        return ()
    ends = [*(low for low, _ in rubric.bands[1:]), sum(found[-1][0] for found in rubric.values.values())]
    return tuple(
        Band(level.word, low, end, at % 2 == 0)
        for at, ((low, level), end) in enumerate(zip(rubric.bands, ends, strict=True))
    )
