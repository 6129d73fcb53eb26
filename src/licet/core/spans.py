"""Spans of time, and sets of them: what lies in one or the other, in both, or in one but not in the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """The time `[start, end)` over which an instrument is in force; empty if it ends before it begins."""

    start: datetime
    end: datetime | None

    def holds_at(self, at: datetime) -> bool:
        """Whether `at` lies in it."""
        return self.start <= at and (self.end is None or at < self.end)

    @property
    def is_empty(self) -> bool:
        """Whether no instant lies in it."""
        return self.end is not None and self.end <= self.start


Spans = tuple[Span, ...]
"""A set of instants: spans in order, none empty, with time between any two."""

ALWAYS: Spans = (Span(BEGINNING, None),)
NEVER: Spans = ()


def hold_at(spans: Spans, at: datetime) -> bool:
    """Whether an instant lies in one of them."""
    return any(span.holds_at(at) for span in spans)


def union(spans: Iterable[Span]) -> Spans:
    """The instants that lie in any of some spans, in whatever order they come."""
    found: list[Span] = []
    for span in sorted((each for each in spans if not each.is_empty), key=lambda each: each.start):
        last = found[-1] if found else None
        if last is None or (last.end is not None and last.end < span.start):
            found.append(span)
        elif last.end is not None and (span.end is None or span.end > last.end):
            found[-1] = Span(last.start, span.end)
    return tuple(found)


def outside(spans: Spans) -> Spans:
    """The instants that lie in none of them."""
    found: list[Span] = []
    start: datetime | None = BEGINNING
    for span in spans:
        if start is not None:
            found.append(Span(start, span.start))
        start = span.end
    if start is not None:
        found.append(Span(start, None))
    return tuple(each for each in found if not each.is_empty)


def common(one: Spans, other: Spans) -> Spans:
    """The instants that lie in both."""
    found: list[Span] = []
    here, there = 0, 0
    while here < len(one) and there < len(other):
        first, second = one[here], other[there]
        end = earlier(first.end, second.end)
        found.append(Span(max(first.start, second.start), end))
        if end is None:
            break
        here, there = (here + 1, there) if first.end == end else (here, there + 1)
    return tuple(each for each in found if not each.is_empty)


def without(spans: Spans, others: Spans) -> Spans:
    """The instants that lie in the first and not in the second."""
    return common(spans, outside(others))


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two ends; None is without end."""
    return min((each for each in (one, other) if each is not None), default=None)


def later_by(at: datetime, lasts: timedelta) -> datetime | None:
    """An instant so much later; None if the calendar has no such instant."""
    try:
        return at.astimezone(UTC) + lasts
    except OverflowError:
        return None


def reached(spans: Spans, lasts: timedelta) -> datetime | None:
    """The instant by which so much time lies in some spans, all in all; None if it never does."""
    left = lasts
    for span in spans:
        if span.end is None or span.end - span.start >= left:
            return later_by(span.start, left)
        left -= span.end - span.start
    return None
