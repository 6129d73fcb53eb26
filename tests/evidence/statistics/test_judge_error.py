"""What a judge's errors do to a rate."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.core.evidence.estimate import Estimand, Estimate, Interval, Sides
from licet.evidence.statistics.clustered import clustered_rate
from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.judge_error import can_tell, corrected, quality
from licet.evidence.statistics.rates import exact, rate, zero_failures

COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def drawn(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_quality_is_two_exact_rates() -> None:
    judge = quality("judge@2", (46, 50), (93, 100))
    assert judge.sensitivity == rate(46, 50, estimand=Estimand.POPULATION)
    assert judge.specificity == rate(93, 100, estimand=Estimand.POPULATION)
    assert (judge.judge, judge.positives, judge.negatives) == ("judge@2", (46, 50), (93, 100))


def test_a_shipped_detector_cannot_tell() -> None:
    """Sensitivity 0.921, specificity 0.385: an observed 60 % is a corrected 0 %, on however many labels."""
    for labels in (1000, 100_000):
        detector = quality("detector", (921 * labels // 1000, labels), (385 * labels // 1000, labels))
        found = corrected(rate(60, 100), detector, rng=drawn())
        assert found.value == 0.0
        assert found.interval.high > 0.2
        assert not can_tell(detector)


@pytest.mark.parametrize(
    ("positives", "negatives", "told"),
    [
        ((46, 50), (46, 50), True),
        ((46, 50), (30, 50), False),
        ((30, 50), (46, 50), False),
        ((5, 5), (5, 5), False),
        ((6, 6), (6, 6), True),
        ((500, 1000), (999, 1000), False),
    ],
)
def test_a_judge_can_tell_if_it_is_shown_to_be_right_more_often_than_wrong(
    positives: tuple[int, int], negatives: tuple[int, int], told: bool
) -> None:
    assert can_tell(quality("judge", positives, negatives)) is told


def test_the_correction_is_rogans_and_gladens() -> None:
    judge = quality("judge", (90, 100), (80, 100))
    assert corrected(rate(40, 100), judge, rng=drawn()).value == pytest.approx((0.4 + 0.8 - 1) / (0.9 + 0.8 - 1))
    assert corrected(rate(10, 100), judge, rng=drawn()).value == 0.0
    assert corrected(rate(95, 100), judge, rng=drawn()).value == 1.0


def test_a_judge_known_to_be_perfect_changes_nothing() -> None:
    judge = quality("judge", (10**7, 10**7), (10**7, 10**7))
    for sides in Sides:
        seen = rate(30, 100, sides=sides)
        found = corrected(seen, judge, rng=drawn())
        assert found.value == pytest.approx(seen.value)
        assert found.interval.low == pytest.approx(seen.interval.low, abs=0.005)
        assert found.interval.high == pytest.approx(seen.interval.high, abs=0.005)
        assert found.interval.sides is sides


def test_fewer_labels_give_a_wider_interval() -> None:
    widths = [
        corrected(rate(300, 1000), quality("judge", (9 * k, 10 * k), (9 * k, 10 * k)), rng=drawn()).interval.width
        for k in (3, 10, 30, 1000)
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > rate(300, 1000).interval.width


def test_a_judge_never_shows_more_than_the_trials() -> None:
    """0 of 59 says "under 5 %" and no less, although a judge that errs must see something now and then."""
    judge = quality("judge", (9000, 10_000), (9000, 10_000))
    found = corrected(rate(0, 59, sides=Sides.UPPER), judge, rng=drawn())
    assert found.value == 0.0
    assert found.interval.high == pytest.approx(zero_failures(59) / 0.9, rel=0.02)
    everything = corrected(rate(59, 59, sides=Sides.LOWER), judge, rng=drawn())
    assert everything.interval.low == pytest.approx(1 - zero_failures(59) / 0.9, abs=0.002)


def test_a_judge_that_may_be_a_coin_leaves_everything_open() -> None:
    for positives, negatives in (((3, 5), (3, 5)), ((2, 5), (2, 5)), ((50, 100), (55, 100))):
        found = corrected(rate(50, 100), quality("judge", positives, negatives), rng=drawn())
        assert (found.interval.low, found.interval.high) == (0.0, 1.0)
        assert 0 <= found.value <= 1


def test_clusters_are_carried_through() -> None:
    judge = quality("judge", (950, 1000), (950, 1000))
    families = np.repeat(np.arange(10), 50)
    agreeing = clustered_rate(np.repeat([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], 50), families)
    alone = rate(150, 500)
    one, two = corrected(agreeing, judge, rng=drawn()), corrected(alone, judge, rng=drawn())
    assert one.value == two.value
    assert one.interval.low < agreeing.interval.low
    assert one.interval.width > 3 * two.interval.width
    assert (one.n, one.clusters, one.estimand, one.hits) == (500, 10, Estimand.POPULATION, None)


def test_an_end_that_is_no_count_is_as_wide_as_it_is() -> None:
    """An interval that no number of trials gives (the whole scale) stays that."""
    open_ended = Estimate(0.5, Interval(0.0, 1.0, 0.95, "given"), 100, clusters=1)
    found = corrected(open_ended, quality("judge", (990, 1000), (990, 1000)), rng=drawn())
    assert found.interval.width > 0.9


@given(COUNTS, COUNTS, COUNTS, st.sampled_from(Sides))
@settings(max_examples=40, deadline=None)
def test_any_counts_give_a_rate(
    seen: tuple[int, int], positives: tuple[int, int], negatives: tuple[int, int], sides: Sides
) -> None:
    found = corrected(rate(*seen, sides=sides), quality("judge", positives, negatives), rng=drawn())
    ends = (0.0, found.interval.low, found.value, found.interval.high, 1.0)
    assert all(one <= two for one, two in pairwise(ends))
    assert found.interval.width > 0


def test_more_seen_is_never_less_true() -> None:
    judge = quality("judge", (45, 50), (40, 50))
    found = [corrected(rate(hits, 60), judge, rng=drawn()) for hits in range(0, 61, 10)]
    for less, more in pairwise(found):
        assert less.value <= more.value
        assert less.interval.low <= more.interval.low + 0.005
        assert less.interval.high <= more.interval.high + 0.005


def test_the_same_seed_gives_the_same_interval() -> None:
    judge = quality("judge", (45, 50), (40, 50))
    assert corrected(rate(6, 60), judge, rng=drawn(3)) == corrected(rate(6, 60), judge, rng=drawn(3))


def test_no_label_and_no_level_are_refused() -> None:
    for positives, negatives in (((0, 0), (1, 1)), ((1, 1), (0, 0)), ((2, 1), (1, 1))):
        with pytest.raises(NoEstimateError):
            quality("judge", positives, negatives)
    for level in (0.0, 1.0, math.nan):
        with pytest.raises(NoEstimateError):
            corrected(rate(1, 2), quality("judge", (9, 10), (9, 10)), level=level, rng=drawn())
    assert exact(9, 10).low < 0.6
