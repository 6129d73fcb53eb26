"""Figures, instants and durations in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.pages.june import LIFTED, ORDERED

from licet.core.rulebook import BEGINNING
from licet.pages import number
from licet.pages.charts.time_axis import extent
from licet.pages.look import instant as marked


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "0 %"),
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (1, 10_000, "< 0.1 %"),
        (9_999, 10_000, "> 99.9 %"),
        (1, 3, "33.3 %"),
    ],
)
def test_a_part_is_never_rounded_to_none_or_all(part: int, whole: int, said: str) -> None:
    assert number.share(part, whole) == said


@pytest.mark.parametrize(
    ("duration", "said"),
    [(0.0004, "0.4 ms"), (0.412, "412 ms"), (1.37, "1.37 s"), (125.2, "2 min 5 s"), (0.0, "0 ms"), (59.999, "60.00 s")],
)
def test_durations(duration: float, said: str) -> None:
    assert number.seconds(duration) == said


def test_lengths() -> None:
    assert number.length(LIFTED - ORDERED) == "18 d 1 h"
    assert number.length(timedelta(0)) == "0 s"


def test_an_instant_is_shown_as_written_and_in_utc() -> None:
    assert number.instant(ORDERED) == "2026-06-12 18:51:00-04:00 (22:51:00 UTC)"
    assert number.instant(LIFTED) == "2026-06-30 20:00:00-04:00 (2026-07-01 00:00:00 UTC)"
    assert number.instant(datetime(2026, 6, 12, 22, 51, tzinfo=UTC)) == "2026-06-12 22:51:00+00:00"
    exact = ORDERED + timedelta(microseconds=1)
    assert number.instant(exact) == "2026-06-12 18:51:00.000001-04:00 (22:51:00.000001 UTC)"
    assert number.instant(None) == "no end"
    assert '<time datetime="2026-06-12T18:51:00-04:00">' in marked(ORDERED)


def test_instants_at_the_rims_of_the_calendar() -> None:
    first = datetime.min.replace(tzinfo=timezone(timedelta(hours=2)))
    last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-2)))
    assert number.instant(BEGINNING) == "the beginning"
    assert number.utc(first) == BEGINNING
    assert number.utc(last) == datetime.max.replace(tzinfo=UTC)
    assert extent([BEGINNING, ORDERED]).start == extent([ORDERED]).start
    assert extent([]).end > extent([]).start
