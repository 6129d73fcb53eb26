"""Times against the clocks of a procedure: a chart, a table of its numbers, and what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from licet.core.cases.register import ClockTimes, Spread
from licet.pages.blocks import Block, Column, Table, Text
from licet.pages.charts.chart import picture
from licet.pages.charts.times import KEY, Dots, dots
from licet.pages.number import length, plural, share
from licet.pages.words import Amount, Word

HOW = (
    "Every start of every clock is counted, so none of these figures is an estimate. Net time leaves out what did not"
    " count (tolling), gross time does not. What is not done yet counts with the age that it has: leaving a case open"
    " makes no figure better. Where that matters, the figure says `at least`. What was stopped because a case ended or"
    " was withdrawn is counted as stopped, and has no time."
)

TITLES = (
    "Clock",
    "Limit",
    "#Started",
    "#Met",
    "#Missed",
    "Missed of all that ended or are overdue",
    "#Stopped",
    "#Open",
)
MORE = ("#Tolled now", "#Overdue", "#Times withheld", "#Median, net", "#Worst, net", "#Median, gross", "#Worst, gross")


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
        columns = tuple(Column(title.removeprefix("#"), title.startswith("#")) for title in (*TITLES, *MORE))
        yield Table(f"{name}-times", f"Times against the clocks: {about}", columns, rows, stacks=True)
    never = [each.title for each in clocks if not each.started]
    if never:
        yield Text((f"Never started so far: {'; '.join(never)}.",))


def row(each: ClockTimes) -> tuple[Word, ...]:
    """The numbers of a clock."""
    missed = Amount(f"{share(each.missed, each.decided)}") if each.decided else None
    counted = (
        each.started,
        each.met,
        each.missed,
        missed,
        each.stopped,
        each.open,
        each.tolled,
        each.overdue,
        each.untimed,
    )
    net, gross = each.net, each.gross
    return (each.title, each.limit, *counted, median(net), worst(net), median(gross), worst(gross))


def median(spread: Spread | None) -> Word:
    """The median in words."""
    return None if spread is None else Amount(lasted(spread.median, at_least=spread.median_at_least))


def worst(spread: Spread | None) -> Word:
    """The worst in words."""
    return None if spread is None else Amount(lasted(spread.worst, at_least=spread.worst_at_least))


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
