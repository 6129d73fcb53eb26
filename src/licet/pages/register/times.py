"""Times against the clocks of a procedure: a chart, a table of its numbers, and what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal

from licet.core.cases.register.times import ClockTimes, Spread
from licet.pages.blocks import Block, Column, Table, Text
from licet.pages.charts.chart import picture
from licet.pages.charts.times import KEY, Dots, dots
from licet.pages.number import count, length, plural, share
from licet.pages.words import Amount, Word

HOW = (
    "Every start of every clock is counted, so none of these figures is an estimate. Net time leaves out what did not"
    " count (tolling), gross time does not. What is not done yet counts with the age that it has: leaving a case open"
    " makes no figure better. Where that matters, the figure says `at least`. What was stopped, because a case ended"
    " or was withdrawn, is counted as stopped and has no time. The median of an even number is the lower of the two."
)

TITLES = ("Clock", "Limit", "#Started", "#Met", "Missed", "#Stopped", "Open", "Median time", "Worst time")


def times(name: str, about: str, clocks: Sequence[ClockTimes]) -> Iterable[Block]:
    """The blocks of some clocks; those that never started are only counted."""
    started = [each for each in clocks if each.started]
    drawn = [Dots(each.title, each.shares) for each in started if each.shares]
    if drawn:
        anchor = f"{name}-times"
        words = " ".join(worded(each) for each in started)
        caption = f"Times against the clocks: {about}"
        yield picture(f"{name}-chart", caption, words, dots(drawn), key=KEY, table=anchor)
    if started:
        rows = tuple(row(each) for each in started)
        columns = tuple(Column(title.removeprefix("#"), title.startswith("#")) for title in TITLES)
        yield Table(f"{name}-times", f"Times against the clocks: {about}", columns, rows, stacks=True)
    untimed = sum(each.untimed for each in started)
    if untimed:
        yield Text((f"Of {plural(untimed, 'start')} the times are withheld: they are counted, and in no time.",))
    never = [each.title for each in clocks if not each.started]
    if never:
        yield Text((f"Never started so far: {'; '.join(never)}.",))


def row(each: ClockTimes) -> tuple[Word, ...]:
    """The numbers of a clock."""
    missed = f"{count(each.missed)} ({share(each.missed, each.decided)})" if each.decided else "0"
    return (
        each.title,
        each.limit,
        each.started,
        each.met,
        Amount(missed),
        each.stopped,
        Amount(pending(each)),
        both(each, "median"),
        both(each, "worst"),
    )


def pending(each: ClockTimes) -> str:
    """What is open, and what of it is overdue or tolled."""
    parts = [f"{count(n)} {what}" for n, what in ((each.overdue, "overdue"), (each.tolled, "tolled")) if n]
    return f"{count(each.open)} ({', '.join(parts)})" if parts else count(each.open)


def both(each: ClockTimes, which: Literal["median", "worst"]) -> Word:
    """A net time, and the gross time where that is another."""
    if each.net is None or each.gross is None:
        return None
    net, gross = timed(each.net, which), timed(each.gross, which)
    return Amount(net if net == gross else f"{net} (gross: {gross})")


def timed(spread: Spread, which: Literal["median", "worst"]) -> str:
    """The median or the worst in words."""
    if which == "median":
        return lasted(spread.median, at_least=spread.median_at_least)
    return lasted(spread.worst, at_least=spread.worst_at_least)


def lasted(seconds: float, *, at_least: bool) -> str:
    """A time, or the least that it can be."""
    return f"{'at least ' if at_least else ''}{length(timedelta(seconds=round(seconds)))}"


def worded(each: ClockTimes) -> str:
    """A clock in a sentence, for who does not see the chart."""
    said = f"{each.title} ({each.limit}): {plural(each.started, 'start')}, {each.missed} missed"
    if each.net is None:
        return f"{said}."
    middle = lasted(each.net.median, at_least=each.net.median_at_least)
    return f"{said}; median {middle}, worst {lasted(each.net.worst, at_least=each.net.worst_at_least)}."
