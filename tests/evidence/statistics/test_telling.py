"""What an interval tells: a difference, equivalence within a margin, or nothing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportions_ztost

from licet.core.evidence.estimate import Interval, Told
from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.telling import both_tell, not_inferior, tells

ENDS = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(sorted)


def interval(low: float, high: float) -> Interval:
    return Interval(low, high, 0.95, "given")


@given(ENDS, st.one_of(st.none(), st.floats(0.001, 1)))
@settings(deadline=None)
def test_every_interval_tells_one_thing(ends: list[float], margin: float | None) -> None:
    told, turned = tells(interval(*ends), margin=margin), tells(interval(-ends[1], -ends[0]), margin=margin)
    mirrored = {Told.MORE: Told.LESS, Told.LESS: Told.MORE}
    assert turned is mirrored.get(told, told)
    assert told is not Told.EQUIVALENT or (margin is not None and max(map(abs, ends)) < margin)
    assert told is not Told.MORE or ends[0] > 0


@given(ENDS, st.floats(0.001, 1))
@settings(deadline=None)
def test_not_inferior_is_one_half_of_equivalent(ends: list[float], margin: float) -> None:
    within = interval(*ends)
    both = {not_inferior(within, margin=margin), not_inferior(within, margin=margin, more_is_better=False)}
    assert (tells(within, margin=margin) is Told.EQUIVALENT) == (both == {Told.NOT_INFERIOR})


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ((-0.04, 0.2), Told.NOT_INFERIOR),
        ((-0.2, -0.06), Told.INFERIOR),
        ((-0.2, -0.04), Told.UNDECIDED),
        ((-0.05, 0.2), Told.UNDECIDED),
    ],
)
def test_no_worse_than_the_margin(ends: tuple[float, float], told: Told) -> None:
    assert not_inferior(interval(*ends), margin=0.05) is told
    assert not_inferior(interval(-ends[1], -ends[0]), margin=0.05, more_is_better=False) is told


def test_equivalence_is_two_one_sided_tests() -> None:
    """By statsmodels' own test of one rate against limits, at half of what the interval leaves."""
    p = float(proportions_ztost(500, 1000, 0.45, 0.55)[0])
    apart = 1.959963984540054 * (0.25 / 1000) ** 0.5
    assert (p < 0.025) == (tells(interval(-apart, apart), margin=0.05) is Told.EQUIVALENT)
    assert tells(interval(-apart, apart), margin=0.03) is Told.UNDECIDED
    assert float(proportions_ztost(500, 1000, 0.47, 0.53)[0]) > 0.025


def test_interval_and_test_have_to_agree_on_a_difference() -> None:
    assert both_tell(interval(0.01, 0.2), 0.04, None) is Told.MORE
    assert both_tell(interval(0.01, 0.2), 0.06, None) is Told.UNDECIDED
    assert both_tell(interval(-0.01, 0.01), 0.9, 0.05) is Told.EQUIVALENT


@pytest.mark.parametrize("margin", [0.0, -0.1, math.nan, math.inf])
def test_a_margin_is_more_than_0(margin: float) -> None:
    with pytest.raises(NoEstimateError, match="a margin must be greater than 0"):
        tells(interval(0, 1), margin=margin)
    with pytest.raises(NoEstimateError):
        not_inferior(interval(0, 1), margin=margin)
