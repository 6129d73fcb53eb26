"""Severity: the worked examples of the draft, and what a range of levels promises."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.core.evidence.rubric import CJS, RUBRICS
from licet.core.evidence.severity import LEVEL_NAMED, Axis, Grade, Level, Scores
from licet.evidence.finding.severity import ScoresRejectedError, grade

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "severity" / "cjs.json").read_text())
AXES = {axis.name.lower(): axis for axis in Axis}
VALUES = {axis: [value for value, _ in values] for axis, values in CJS.values.items()}


def exactly(*values: float) -> dict[Axis, Scores]:
    return {axis: Scores(value, value) for axis, value in zip(Axis, values, strict=True)}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in VECTORS["cases"]])
def test_scores_have_the_grade_of_the_vector(case: dict[str, Any]) -> None:
    scores = {AXES[name]: Scores(low, high) for name, (low, high) in case["axes"].items()}
    raised = LEVEL_NAMED[case["raised"]] if "raised" in case else None
    found = grade(scores, rubric=RUBRICS[VECTORS["rubric"]], raised=raised, why="why" if raised else "")
    assert {
        "sums": list(found.sums),
        "levels": [level.word for level in found.levels],
        "deciding": found.deciding.name.lower() if found.deciding else None,
    } == case["expect"]
    assert found.rubric == VECTORS["rubric"]


@pytest.mark.parametrize(
    ("values", "sum_", "level"),
    [
        ((4, 2, 2, 2), 10, Level.CRITICAL),
        ((3, 1.5, 1, 2), 7.5, Level.HIGH),
        ((4, 0, 2, 1), 7, Level.HIGH),
        ((4, 2, 0, 0), 6, Level.MEDIUM),
        ((3, 2, 1, 0), 6, Level.MEDIUM),
        ((0, 2, 2, 2), 0, Level.NONE),
        ((1, 2, 2, 2), 7, Level.HIGH),
        ((3, 2, 2, 2), 9, Level.CRITICAL),
        ((2, 0, 1, 1), 4, Level.MEDIUM),
    ],
)
def test_the_worked_examples_of_the_draft(values: tuple[float, ...], sum_: float, level: Level) -> None:
    found = grade(exactly(*values))
    assert (found.sums, found.levels, found.deciding) == ((sum_, sum_), (level, level), None)


def test_every_sum_is_in_the_band_of_the_draft() -> None:
    bands = {Level.LOW: (1, 3.5), Level.MEDIUM: (4, 6.5), Level.HIGH: (7, 8.5), Level.CRITICAL: (9, 10)}
    for values in itertools.product(*VALUES.values()):
        level = grade(exactly(*values)).levels[0]
        if values[0] == 0:
            assert level is Level.NONE
        else:
            low, high = bands[level]
            assert low <= sum(values) <= high


@st.composite
def scores(draw: st.DrawFn) -> dict[Axis, Scores]:
    found = {}
    for axis, values in VALUES.items():
        low, high = sorted(draw(st.tuples(st.sampled_from(values), st.sampled_from(values))))
        found[axis] = Scores(low, high)
    return found


def inside(found: dict[Axis, Scores]) -> list[dict[Axis, Scores]]:
    each = [[value for value in VALUES[axis] if held.low <= value <= held.high] for axis, held in found.items()]
    return [exactly(*values) for values in itertools.product(*each)]


@given(scores(), st.none() | st.sampled_from(Level))
@settings(max_examples=150, deadline=None)
def test_the_range_of_levels_is_exactly_what_the_intervals_allow(
    found: dict[Axis, Scores], raised: Level | None
) -> None:
    why = "why" if raised else ""
    points = [grade(point, raised=raised, why="why" if raised is not None else "") for point in inside(found)]
    whole = grade(found, raised=raised, why="why" if raised is not None else why)
    assert whole.levels == (min(each.levels[0] for each in points), max(each.levels[1] for each in points))
    assert whole.sums == (min(each.sums[0] for each in points), max(each.sums[1] for each in points))


@given(scores(), st.sampled_from(Axis), st.data())
@settings(max_examples=150, deadline=None)
def test_widening_an_interval_never_narrows_the_levels(
    found: dict[Axis, Scores], axis: Axis, data: st.DataObject
) -> None:
    held = found[axis]
    low = data.draw(st.sampled_from([value for value in VALUES[axis] if value <= held.low]))
    high = data.draw(st.sampled_from([value for value in VALUES[axis] if value >= held.high]))
    narrow, wide = grade(found), grade({**found, axis: Scores(low, high)})
    assert wide.levels[0] <= narrow.levels[0]
    assert wide.levels[1] >= narrow.levels[1]


@given(scores(), st.sampled_from(Level))
@settings(max_examples=150, deadline=None)
def test_judgement_may_raise_and_never_lowers(found: dict[Axis, Scores], raised: Level) -> None:
    before, after = grade(found), grade(found, raised=raised, why="why")
    assert after.levels[0] >= before.levels[0]
    assert after.levels[1] >= before.levels[1]
    assert after.sums == before.sums
    if found[Axis.GAIN].high == 0:
        assert after.levels == (Level.NONE, Level.NONE)
    if found[Axis.GAIN].low > 0:
        assert after.levels[0] >= raised


def levels_left(found: dict[Axis, Scores], axis: Axis) -> float:
    held = found[axis]
    values = [value for value in VALUES[axis] if held.low <= value <= held.high]
    ranges = [grade({**found, axis: Scores(value, value)}).levels for value in values]
    return sum(high - low for low, high in ranges) / len(values)


@given(scores())
@settings(max_examples=100, deadline=None)
def test_the_axis_that_decides_leaves_the_fewest_levels_once_it_is_known(found: dict[Axis, Scores]) -> None:
    whole = grade(found)
    if whole.levels[0] == whole.levels[1]:
        assert whole.deciding is None
        return
    assert whole.deciding is not None
    least = levels_left(found, whole.deciding)
    assert least <= min(levels_left(found, axis) for axis in Axis) + 1e-9
    assert found[whole.deciding].low < found[whole.deciding].high


def test_an_axis_that_nobody_judged_may_have_every_value() -> None:
    found = grade({})
    assert found.levels == (Level.NONE, Level.CRITICAL)
    assert dict(found.axes)[Axis.EASE] == Scores(0, 2, "not judged: every value of the rubric")


def test_a_value_that_the_rubric_has_not_is_refused() -> None:
    with pytest.raises(ScoresRejectedError, match=r"`1\.7` is no value of the axis `breadth`; it has 0, 1, 1\.5, 2"):
        grade({Axis.BREADTH: Scores(1, 1.7)})


def test_a_level_is_raised_with_a_reason_only() -> None:
    with pytest.raises(ScoresRejectedError, match="nothing says why"):
        grade({}, raised=Level.HIGH)


def test_a_grade_names_the_version_of_its_rubric() -> None:
    found: Grade = grade(exactly(3, 2, 1, 0))
    assert found.rubric == "cjs@2026-07-02"
    assert "2 July 2026" in CJS.source
