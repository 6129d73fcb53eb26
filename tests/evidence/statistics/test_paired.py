"""Two arms on the same items: McNemar, Tango, and clusters of items."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, multinomial

from licet.core.evidence.estimate import Estimand, Told
from licet.evidence.statistics import score
from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.paired import mcnemar, of_gains, paired_difference

PAIRS = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 200)).filter(lambda each: sum(each) > 0)


def drawn(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def gains(first_only: int, second_only: int, same: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.repeat([1.0, -1.0, 0.0], [first_only, second_only, same])


@given(st.integers(0, 60), st.integers(0, 60))
@settings(deadline=None)
def test_mcnemar_is_a_coin_among_the_discordant(first_only: int, second_only: int) -> None:
    p = mcnemar(first_only, second_only)
    assert p == mcnemar(second_only, first_only)
    if first_only + second_only:
        assert p == pytest.approx(binomtest(first_only, first_only + second_only).pvalue)
    else:
        assert p == 1.0


@given(PAIRS)
@settings(deadline=None)
def test_any_pairs_have_a_difference(pairs: tuple[int, int, int]) -> None:
    found = of_gains(gains(*pairs), rng=drawn())
    low, high = found.difference.interval.low, found.difference.interval.high
    assert -1 <= low <= found.difference.value <= high <= 1
    assert high > low
    assert found.discordant == pairs[:2]
    assert found.difference.estimand is Estimand.ITEMS


@given(PAIRS)
@settings(deadline=None)
def test_changing_places_changes_the_sign(pairs: tuple[int, int, int]) -> None:
    there, back = of_gains(gains(*pairs), rng=drawn()), of_gains(-gains(*pairs), rng=drawn())
    assert there.difference.interval.low == pytest.approx(-back.difference.interval.high, abs=1e-6)
    assert there.p == back.p
    turned = {Told.MORE: Told.LESS, Told.LESS: Told.MORE}
    assert back.told is turned.get(there.told, there.told)


@given(PAIRS)
@settings(deadline=None)
def test_more_pairs_narrow_the_interval(pairs: tuple[int, int, int]) -> None:
    one = of_gains(gains(*pairs), rng=drawn()).difference.interval
    four = of_gains(np.tile(gains(*pairs), 4), rng=drawn()).difference.interval
    assert four.width < one.width


@pytest.mark.parametrize("n", [8, 16])
def test_tangos_intervals_cover_about_what_they_claim(n: int) -> None:
    """Not simulated: over a grid of shares of discordant pairs, nearly 95 % on average, never far below."""
    tables = [(b, c) for b in range(n + 1) for c in range(n + 1 - b)]
    ends = np.array([score.pairs(b, c, n, 0.95) for b, c in tables])
    counts = np.array([(b, c, n - b - c) for b, c in tables])
    covered = []
    for one in np.linspace(0.01, 0.6, 16):
        for two in np.linspace(0.01, 0.39, 12):
            chance = multinomial.pmf(counts, n, [one, two, 1 - one - two])
            held = (ends[:, 0] <= one - two) & (one - two <= ends[:, 1])
            covered.append(float(chance[held].sum()))
    assert np.mean(covered) >= 0.95
    assert min(covered) >= 0.92


def test_rows_are_compared_item_by_item() -> None:
    first, second = np.array([True, True, False, True]), np.array([False, True, True, False])
    found = paired_difference(first, second, rng=drawn())
    assert found.discordant == (2, 1)
    assert found.difference.value == 0.25
    assert found.p == mcnemar(2, 1)
    assert found == of_gains([1, 0, -1, 1], rng=drawn())


def test_five_points_fewer_served_take_155_to_343_items() -> None:
    least = paired_difference([0] * 8 + [1] * 147, [1] * 155, rng=drawn())
    assert least.told is Told.LESS
    more = of_gains(gains(10, 27, 306), rng=drawn())
    assert more.difference.value == pytest.approx(-0.05, abs=0.001)
    assert more.told is Told.LESS
    assert of_gains(gains(3, 8, 89), rng=drawn()).told is Told.UNDECIDED


def test_no_difference_found_is_no_equivalence() -> None:
    assert of_gains(gains(5, 5, 30), rng=drawn()).told is Told.UNDECIDED
    assert of_gains(gains(5, 5, 30), margin=0.1, rng=drawn()).told is Told.UNDECIDED
    assert of_gains(gains(5, 5, 300), margin=0.1, rng=drawn()).told is Told.EQUIVALENT


def test_items_of_a_family_that_agree_tell_less() -> None:
    families = np.repeat(np.arange(20), 10)
    agreeing = np.repeat([1.0] * 8 + [-1.0] * 2 + [0.0] * 10, 10)
    scattered = np.tile([1.0] * 4 + [-1.0] + [0.0] * 5, 20)
    one = of_gains(agreeing, families, rng=drawn())
    two = of_gains(scattered, families, rng=drawn())
    assert one.difference.value == two.difference.value == pytest.approx(0.3)
    assert one.difference.interval.low < 0 < two.difference.interval.low or one.difference.interval.low < 0.02
    assert one.difference.interval.width > 2 * two.difference.interval.width
    assert (one.difference.clusters, one.difference.estimand, one.p) == (20, Estimand.POPULATION, None)


def test_clusters_never_tell_more_than_their_items() -> None:
    scattered = np.tile([1.0] * 4 + [-1.0] + [0.0] * 5, 20)
    alone = of_gains(scattered, rng=drawn()).difference.interval
    clustered = of_gains(scattered, np.repeat(np.arange(20), 10), rng=drawn()).difference.interval
    assert clustered.low <= alone.low
    assert clustered.high >= alone.high


def test_equivalence_in_a_population_takes_72_families() -> None:
    """Whatever the items: 71 families in which nothing differs leave room for 5 % in which everything would."""
    for families, told in ((71, Told.UNDECIDED), (72, Told.EQUIVALENT)):
        for differing in (0, 1, 2):
            values = np.zeros(families * 100)
            values[:differing] = -1
            found = of_gains(values, np.repeat(np.arange(families), 100), margin=0.05, rng=drawn())
            assert found.told is told


def test_one_family_tells_nothing_of_others() -> None:
    found = of_gains(gains(50, 0, 50), np.zeros(100, dtype=int), rng=drawn())
    assert found.told is Told.UNDECIDED
    assert found.difference.interval.width > 1


def test_scores_between_0_and_1_are_compared_too() -> None:
    first, second = drawn(3).beta(6, 3, 200), drawn(4).beta(3, 6, 200)
    found = paired_difference(first, second, rng=drawn())
    assert found.told is Told.MORE
    assert found.discordant is None
    assert found.difference.interval.low < float((first - second).mean()) < found.difference.interval.high
    assert found.difference.estimand is Estimand.ITEMS
    constant = of_gains([0.3] * 5, rng=drawn())
    assert constant.told is Told.UNDECIDED
    assert constant.difference.interval.width > 0.5


def test_the_same_seed_gives_the_same_interval() -> None:
    values, families = drawn(5).choice([-1.0, 0.0, 1.0], 300), drawn(6).integers(0, 30, 300)
    assert of_gains(values, families, rng=drawn(7)) == of_gains(values, families, rng=drawn(7))


def test_the_names_of_clusters_do_not_matter() -> None:
    values, families = drawn(5).choice([-1.0, 0.0, 1.0], 300), drawn(6).integers(0, 30, 300)
    named = np.array([f"family {number:02}" for number in families])
    assert of_gains(values, families, rng=drawn(7)) == of_gains(values, named, rng=drawn(7))


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), min_size=1, max_size=30), st.integers(1, 8))
@settings(max_examples=40, deadline=None)
def test_no_column_gives_nan(values: list[float], families: int) -> None:
    found = of_gains(values, np.arange(len(values)) % families, rng=drawn())
    ends = (-1.0, found.difference.interval.low, found.difference.value, found.difference.interval.high, 1.0)
    assert all(one <= two for one, two in pairwise(ends))


@pytest.mark.parametrize(
    ("first", "second", "clusters"),
    [
        ([], [], None),
        ([1, 0], [1], None),
        ([1, 0], [1, 1], [1]),
        ([1, math.nan], [1, 1], None),
        ([1, 2], [1, 1], None),
        ([1, -1], [1, 1], None),
        (["a"], ["b"], None),
        ([[1, 0]], [[1, 0]], None),
    ],
)
def test_what_is_no_column_is_refused(first: list[float], second: list[float], clusters: list[int] | None) -> None:
    with pytest.raises(NoEstimateError):
        paired_difference(first, second, clusters, rng=drawn())


def test_counts_and_levels_are_checked() -> None:
    with pytest.raises(NoEstimateError):
        mcnemar(-1, 2)
    with pytest.raises(NoEstimateError):
        of_gains([1.0], level=1.0, rng=drawn())
