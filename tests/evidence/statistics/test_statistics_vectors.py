"""`vectors/statistics/`: published figures, each with the sentence that it stands for."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from licet.core.evidence.estimate import Comparison, Interval, Sides
from licet.evidence.statistics.counted import NoEstimateError
from licet.evidence.statistics.judge_error import can_tell, corrected, quality
from licet.evidence.statistics.paired import mcnemar, paired_difference
from licet.evidence.statistics.power import tries_paired, tries_to_clear, tries_unpaired
from licet.evidence.statistics.rates import (
    exact,
    hits_for_share,
    rate,
    tries_for_share,
    tries_without_failure,
    wilson,
    zero_failures,
)
from licet.evidence.statistics.telling import tells
from licet.evidence.statistics.unpaired import difference

CASES = json.loads((Path(__file__).parents[3] / "vectors" / "statistics" / "published.json").read_text())["cases"]
Answer = dict[str, Any]


def _interval(interval: Interval) -> Answer:
    return {"low": interval.low, "high": interval.high}


def _comparison(found: Comparison) -> Answer:
    return {"told": found.told.value, "p": found.p, **_interval(found.difference.interval)}


def _exact(*, sides: str = "two-sided", **counts: Any) -> Answer:
    return _interval(exact(**counts, sides=Sides(sides)))


def _paired(first_only: int, second_only: int, n: int) -> Answer:
    first = [1] * first_only + [0] * second_only + [1] * (n - first_only - second_only)
    second = [0] * first_only + [1] * second_only + [1] * (n - first_only - second_only)
    return _comparison(paired_difference(first, second, rng=np.random.default_rng(1)))


def _judged(positives: list[int], negatives: list[int], hits: int, n: int) -> Answer:
    judge = quality("judge", (positives[0], positives[1]), (negatives[0], negatives[1]))
    found = corrected(rate(hits, n), judge, rng=np.random.default_rng(1))
    return {"value": found.value, "can_tell": can_tell(judge), **_interval(found.interval)}


def _tells(low: float, high: float, margin: float | None) -> Answer:
    return {"told": tells(Interval(low, high, 0.95, "given"), margin=margin).value}


def _value(function: Callable[..., Any]) -> Callable[..., Answer]:
    return lambda **given: {"value": function(**given)}


def _last(figure: float) -> float:
    """Half of the last digit that is given, and a little for binary fractions."""
    return 0.5000001 * 10.0 ** int(Decimal(repr(figure)).as_tuple().exponent)


ASKED: dict[str, Callable[..., Answer]] = {
    "exact": _exact,
    "wilson": lambda **given: _interval(wilson(**given)),
    "difference": lambda **given: _comparison(difference(**given)),
    "paired": _paired,
    "judged": _judged,
    "tells": _tells,
    "mcnemar": _value(mcnemar),
    "zero_failures": _value(zero_failures),
    "hits_for_share": _value(hits_for_share),
    "tries_for_share": _value(tries_for_share),
    "tries_without_failure": _value(tries_without_failure),
    "tries_unpaired": _value(tries_unpaired),
    "tries_paired": _value(tries_paired),
    "tries_to_clear": _value(tries_to_clear),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES if "expect" in case])
def test_published_figures(case: dict[str, Any]) -> None:
    answer = ASKED[case["ask"]](**case["with"])
    for name, expected in case["expect"].items():
        if isinstance(expected, float):
            assert answer[name] == pytest.approx(expected, abs=_last(expected)), case["why"]
        else:
            assert answer[name] == expected, case["why"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES if "refused" in case])
def test_what_nothing_is_estimated_of(case: dict[str, Any]) -> None:
    with pytest.raises(NoEstimateError) as refused:
        ASKED[case["ask"]](**case["with"])
    assert str(refused.value) == case["refused"]


def test_every_question_has_a_case() -> None:
    assert {case["ask"] for case in CASES} == set(ASKED)
    assert all(case["why"] for case in CASES)
