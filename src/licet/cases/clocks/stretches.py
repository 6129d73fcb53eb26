"""Stretches of time, from an instant up to and without another: merged, so that none counts twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

FOREVER = datetime.max.replace(tzinfo=UTC)
"""The end of a stretch that lasts."""


class Stretch(NamedTuple):
    """From `since`, up to and without `until`, both in UTC."""

    since: datetime
    until: datetime


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same time in as few stretches as can be, in order; those without time are left out."""
    found: list[Stretch] = []
    for each in sorted(each for each in stretches if each.since < each.until):
        if found and each.since <= found[-1].until:
            found[-1] = Stretch(found[-1].since, max(found[-1].until, each.until))
        else:
            found.append(each)
    return tuple(found)


def holding(stretches: Iterable[Stretch], at: datetime) -> Stretch | None:
    """The stretch that an instant is in."""
    return next((each for each in stretches if each.since <= at < each.until), None)


def length(stretches: Sequence[Stretch]) -> timedelta:
    """How long merged stretches are together."""
    return sum((each.until - each.since for each in stretches), timedelta())
