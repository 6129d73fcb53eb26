"""Times against the clocks, as the public sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Spread(NamedTuple):
    """The median and the worst of times, in seconds; `at_least` where the true one can only be longer."""

    median: float
    median_at_least: bool
    worst: float
    worst_at_least: bool


@dataclass(frozen=True, slots=True)
class ClockTimes:
    """How the starts of one clock of one procedure came out.

    `open` are all that run or are tolled or are missed and not done; `tolled` and `overdue` are among them. `missed`
    counts every start that was not met in time, done by now or not. `net` leaves out what did not count, `gross` does
    not; `shares` are net times as parts of what was allowed, of at most a hundred starts, evenly chosen, ascending,
    with whether they still run. `untimed` are those whose times are withheld: they are counted, and in no time.
    """

    clock: str
    title: str
    owner: str
    limit: str
    source: str
    started: int
    met: int
    missed: int
    stopped: int
    open: int
    tolled: int
    overdue: int
    untimed: int
    gross: Spread | None
    net: Spread | None
    share: Spread | None
    shares: tuple[tuple[float, bool], ...]

    @property
    def decided(self) -> int:
        """Starts of which it is known whether they were met in time."""
        return self.met + self.missed
