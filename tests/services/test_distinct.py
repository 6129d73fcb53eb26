"""Counting different callers in bounded memory."""

from __future__ import annotations

import hashlib

import pytest

from licet.services.distinct import MOST, Distinct, number


def pseudonyms(first: int, last: int) -> list[str]:
    return [hashlib.sha256(str(each).encode()).hexdigest()[:32] for each in range(first, last)]


@pytest.mark.parametrize("count", [0, 1, 700, MOST - 1])
def test_few_are_counted_exactly_however_often_they_come(count: int) -> None:
    found = Distinct()
    for each in pseudonyms(0, count) * 3:
        found.add(each)
    assert number([found.smallest]) == count


def test_processes_add_up_without_counting_anybody_twice() -> None:
    parts = []
    for names in (pseudonyms(0, 500), pseudonyms(300, 800), []):
        found = Distinct()
        for each in names:
            found.add(each)
        parts.append(found.smallest)
    assert number(parts) == 800


def test_many_take_no_more_room_and_are_counted_nearly() -> None:
    first, second = Distinct(), Distinct()
    for each in pseudonyms(0, 60_000):
        first.add(each)
    for each in pseudonyms(40_000, 100_000):
        second.add(each)
    assert len(first.smallest) == len(second.smallest) == MOST
    assert abs(number([first.smallest, second.smallest]) - 100_000) < 10_000
