"""How much time a clock took, or took so far: gross, what did not count, and net."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from licet.cases.clocks.stretches import FOREVER, Stretch, length, merged
from licet.core.cases.clock import Deadline, Tolled

NOTHING = timedelta()


class Spent(NamedTuple):
    """Time on the line of time: `net` is `gross` without what was tolled, and what two reasons share is tolled once."""

    gross: timedelta
    tolled: timedelta
    net: timedelta


def spent(deadline: Deadline, now: datetime) -> Spent:
    """How much time there was from a clock's start to its end, or, while it runs, to now."""
    start = deadline.started.astimezone(UTC)
    end = max((deadline.ended or now).astimezone(UTC), start)
    tolled = length(merged(uncounted(each, end) for each in deadline.tolled)) if deadline.tolled else NOTHING
    return Spent(end - start, tolled, end - start - tolled)


def uncounted(toll: Tolled, end: datetime) -> Stretch:
    """What one toll left out up to an end: until it stopped, or its cap was reached, whichever came first."""
    ends = (FOREVER if each is None else each.astimezone(UTC) for each in (toll.until, toll.capped))
    since = toll.since.astimezone(UTC)
    return Stretch(since, max(min(end.astimezone(UTC), *ends), since))
