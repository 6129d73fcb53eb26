"""Times against a clock: how many starts came out how, the median and the worst, and what is still open counted as at
least its age.

Every start is counted, so nothing here is estimated and nothing has an interval (`spec/register.md`).
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from licet.cases.clocks.spent import spent
from licet.core.cases.clock import ClockRule, Deadline, Running
from licet.core.cases.limit_text import limit_text
from licet.core.cases.register.times import ClockTimes, Spread

DRAWN = 100
"""Starts of a clock that a chart gets, at most."""


def is_overdue(deadline: Deadline, *, final: bool, now: datetime) -> bool:
    """Whether what is owed is still not done although the time for it is over."""
    if final or deadline.ended is not None or deadline.due is None:
        return False
    return deadline.running is not Running.STOPPED and deadline.due < now


def is_missed(deadline: Deadline, *, now: datetime) -> bool:
    """Whether it was not met in time, done by now or not."""
    if deadline.running is Running.MISSED:
        return True
    return deadline.is_open and deadline.due is not None and deadline.due < now


@dataclass(slots=True)
class Times:
    """Of one clock: how many starts came out how, and the times of those that are not merely stopped."""

    started: int = 0
    met: int = 0
    missed: int = 0
    stopped: int = 0
    open: int = 0
    tolled: int = 0
    overdue: int = 0
    untimed: int = 0
    gross: array[float] = field(default_factory=lambda: array("d"))
    net: array[float] = field(default_factory=lambda: array("d"))
    share: array[float] = field(default_factory=lambda: array("d"))
    lasting: bytearray = field(default_factory=bytearray)
    """For each time, 1 where it can still grow."""

    def count(self, deadline: Deadline, *, final: bool, now: datetime, timed: bool = True) -> None:
        """Count one start. `final`: of a case in which nothing is pending any more; `now` is when that became so.

        Not `timed`: its times are withheld, and one would know them again among few.
        """
        self.started += 1
        missed = is_missed(deadline, now=now)
        pending = deadline.ended is None and deadline.running is not Running.STOPPED and not final
        if missed:
            self.missed += 1
        elif deadline.running is Running.MET:
            self.met += 1
        elif deadline.running is Running.STOPPED or final:
            self.stopped += 1
            return
        self.open += pending
        self.tolled += pending and deadline.running is Running.TOLLED
        self.overdue += pending and missed
        if not timed:
            self.untimed += 1
            return
        self._time(deadline, now, lasting=pending)

    def _time(self, deadline: Deadline, now: datetime, *, lasting: bool) -> None:
        took = spent(deadline, now)
        gross, net = took.gross.total_seconds(), took.net.total_seconds()
        allowed = (deadline.gross - deadline.started).total_seconds()
        self.gross.append(gross)
        self.net.append(net)
        self.share.append(net / allowed if allowed > 0 else 0.0)
        self.lasting.append(lasting)

    def add(self, other: Times) -> None:
        """Count what somebody else counted, too."""
        for name in ("started", "met", "missed", "stopped", "open", "tolled", "overdue", "untimed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.gross.extend(other.gross)
        self.net.extend(other.net)
        self.share.extend(other.share)
        self.lasting.extend(other.lasting)


def spread(times: Sequence[float], lasting: Sequence[int]) -> Spread | None:
    """The median (of an even number the lower of the two in the middle) and the worst.

    A time that can still grow counts as it is now. So the true median is never shorter, and it is exactly this one
    where none of the times up to it can grow; the worst is the worst so far.
    """
    if not times:
        return None
    ordered = sorted(zip(times, lasting, strict=True))
    middle = (len(ordered) - 1) // 2
    at_least = any(grows for _, grows in ordered[: middle + 1])
    worst, grows = ordered[-1]
    return Spread(ordered[middle][0], at_least, worst, bool(grows))


def drawn(shares: Sequence[float], lasting: Sequence[int]) -> tuple[tuple[float, bool], ...]:
    """At most a hundred of these, evenly chosen in their order, the smallest and the largest among them."""
    ordered = sorted(zip(shares, lasting, strict=True))
    if len(ordered) > DRAWN:
        step = (len(ordered) - 1) / (DRAWN - 1)
        ordered = [ordered[round(n * step)] for n in range(DRAWN)]
    return tuple((round(share, 4), bool(grows)) for share, grows in ordered)


def clock_times(rule: ClockRule, owner: str, times: Times) -> ClockTimes:
    """What is said of a clock."""
    return ClockTimes(
        clock=rule.name,
        title=rule.title,
        owner=owner,
        limit=limits(rule),
        source=rule.source,
        started=times.started,
        met=times.met,
        missed=times.missed,
        stopped=times.stopped,
        open=times.open,
        tolled=times.tolled,
        overdue=times.overdue,
        untimed=times.untimed,
        gross=spread(times.gross, times.lasting),
        net=spread(times.net, times.lasting),
        share=spread(times.share, times.lasting),
        shares=drawn(times.share, times.lasting),
    )


def limits(rule: ClockRule) -> str:
    """The limits of a clock in words: `24 h if imminent, otherwise 15 d`."""
    said = [limit_text(each.limit) + (f" if {each.text}" if each.when is not None else "") for each in rule.limits]
    return ", otherwise ".join(said)
