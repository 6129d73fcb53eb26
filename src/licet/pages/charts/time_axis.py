"""Time across a chart: in UTC, with room at its end for what goes on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import altair as alt

from licet.core.rulebook import BEGINNING
from licet.pages.number import utc

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ROOM = 0.12
"""How much of the time that is drawn comes after the last instant."""


class Extent(NamedTuple):
    """The time that a chart shows, in milliseconds since 1970."""

    start: int
    end: int

    def clamp(self, at: datetime | None) -> int:
        """Where an instant is drawn; None and what lies outside: at the rim."""
        return self.end if at is None else min(max(milliseconds(at), self.start), self.end)

    def axis(self, across: int, *, labelled: bool = True) -> alt.X:
        """The axis; its labels, if it has any, have as much of the date as tells them apart."""
        days = (self.end - self.start) / 86_400_000
        form = "%-d %b %Y" if days > 300 else "%-d %b" if days > 6 else "%-d %b %H:%M"
        return alt.X(
            "start:T",
            title="UTC" if labelled else None,
            scale=alt.Scale(type="utc", domain=[self.start, self.end], nice=False),
            axis=alt.Axis(
                format=form, tickCount=max(2, across // 130), labelFlush=True, labelOverlap="greedy", labels=labelled
            ),
        )


def extent(instants: Iterable[datetime]) -> Extent:
    """The time from the first of these to past the last. The beginning of all time is left out."""
    known = sorted(milliseconds(at) for at in instants if at != BEGINNING)
    if not known:
        return Extent(0, 86_400_000)
    span = max(known[-1] - known[0], 3_600_000)
    return Extent(known[0], known[0] + round(span * (1 + ROOM)))


def milliseconds(at: datetime) -> int:
    """An instant as Vega counts time."""
    return (utc(at) - EPOCH) // timedelta(milliseconds=1)
