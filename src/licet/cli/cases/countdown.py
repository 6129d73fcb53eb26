"""How long there is until something is due, in words: `3 d 4 h`, or `2 h 5 min late`."""

from __future__ import annotations

from datetime import datetime, timedelta

from licet.cli.terminal.blocks import Line, Tone
from licet.core.cases.clock import Deadline, Running

SOON = timedelta(days=2)
"""Within which something is shown as urgent where its rule does not say when it is announced."""

SHOWN = {
    Running.RUNNING: "running",
    Running.TOLLED: "stands still",
    Running.MET: "met",
    Running.MISSED: "missed",
    Running.STOPPED: "stopped",
}


def left(due: datetime, now: datetime) -> str:
    """The time until an instant, or how late it is, in its two largest units."""
    length = duration(abs(due - now))
    return length if due > now else f"{length} late"


def duration(length: timedelta) -> str:
    """A length of time in its two largest units: `3 d 4 h`, `4 h 5 min`, `5 min`, `12 s`."""
    seconds = int(length.total_seconds())
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{rest} s"


def countdown(due: datetime, now: datetime, warned_from: datetime | None = None) -> Line:
    """The same in colour: late is bad, near is a warning, far is nothing to worry about."""
    if due <= now:
        return Line(left(due, now), Tone.BAD)
    near = warned_from <= now if warned_from is not None else due - now <= SOON
    return Line(left(due, now), Tone.WARN if near else Tone.GOOD)


def counting(deadline: Deadline, now: datetime) -> Line:
    """How a deadline stands: what is left of it, or what became of it."""
    match deadline.running:
        case Running.RUNNING if deadline.due is not None:
            return countdown(deadline.due, now, deadline.warned_from)
        case Running.TOLLED:
            return Line(SHOWN[deadline.running], Tone.WARN)
        case Running.MISSED:
            return Line(_missed(deadline), Tone.BAD)
        case Running.MET:
            return Line("met", Tone.GOOD)
        case _:
            return Line(SHOWN[deadline.running], Tone.QUIET)


def _missed(deadline: Deadline) -> str:
    if deadline.ended is None or deadline.due is None or deadline.ended <= deadline.due:
        return "missed"
    return f"missed by {duration(deadline.ended - deadline.due)}"
