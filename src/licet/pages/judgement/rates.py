"""Rates and differences on a page: a forest plot of them, and the table with their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from licet.core.evidence.estimate import Comparison, Estimate, Sides, Told
from licet.pages.blocks import Block, Meaning, Table, Text, table
from licet.pages.charts.chart import picture
from licet.pages.charts.forest import Band, Limit, Spot, differences, forest, shares
from licet.pages.number import plural
from licet.pages.role import Role, ordered
from licet.pages.words import Amount, Mark, Word
from licet.services.judging.figures import (
    counted,
    how,
    margin_of,
    percent,
    signed,
    spanned,
    spanned_points,
    tested,
    told,
)

MOST_DRAWN = 24
"""Rows of one plot, at most; the table has them all."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A rate with its label; `role` and `says` are what it was found to be, where something was."""

    label: str
    rate: Estimate
    role: Role | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Differing:
    """A difference with its label."""

    label: str
    comparison: Comparison


TOLD_ROLES = {Told.MORE: Role.GAINS, Told.LESS: Role.LOSES, Told.INFERIOR: Role.LOSES, Told.UNDECIDED: Role.UNKNOWN}


def prose(*sentences: str) -> Text:
    """Sentences, each a paragraph."""
    return Text(sentences)


def rate_blocks(
    name: str, caption: str, of: str, rows: Sequence[Rated], limits: Sequence[Limit] = (), meanings: str = ""
) -> tuple[Block, ...]:
    """A forest plot of rates, `of` what they are, against the lines; and the table below it."""
    if not rows:
        return ()
    spots = [spot(each) for each in rows[:MOST_DRAWN]]
    drawn = forest(spots, shares(spots, limits, of), limits)
    return (
        picture(f"{name}-plot", caption, rates_in_words(rows, limits), drawn, key=key(rows), table=name),
        rate_table(name, meanings or f"{caption}: the figures", rows),
    )


def spot(row: Rated) -> Spot:
    """A rate as it is drawn."""
    interval = row.rate.interval
    return Spot(
        row.label,
        row.rate.value,
        interval.low,
        interval.high,
        f"{percent(row.rate.value)} · {spanned(interval)}",
        row.role,
        open_low=interval.sides is Sides.UPPER,
        open_high=interval.sides is Sides.LOWER,
    )


def key(rows: Sequence[Rated]) -> tuple[Meaning, ...]:
    """The colours, where a row's verdict has one."""
    said = {each.role: each.says for each in rows if each.role is not None and each.says}
    return tuple(Meaning(role, said[role]) for role in ordered(said))


def rates_in_words(rows: Sequence[Rated], limits: Sequence[Limit]) -> str:
    """The same for those who do not see the plot."""
    said = "; ".join(f"{each.label}: {percent(each.rate.value)}, {spanned(each.rate.interval)}" for each in rows[:6])
    lines = "; ".join(each.name for each in limits)
    more = f" and {plural(len(rows) - 6, 'more', 'more')}" if len(rows) > 6 else ""
    undrawn = f" Only the first {MOST_DRAWN} are drawn." if len(rows) > MOST_DRAWN else ""
    against = f" The lines are at: {lines}." if lines else ""
    return f"Squares are estimates, bars their intervals. {said}{more}.{against}{undrawn}"


def rate_table(name: str, caption: str, rows: Sequence[Rated]) -> Table:
    """Every rate with its interval, what it rests on, and of what it is a rate."""
    says = any(each.says for each in rows)
    titles = ["", "#Rate", "#Interval", "#Counted", "About", "How"]
    if says:
        titles.insert(1, "Verdict")
    return table(name, caption, titles, [cells(each, says) for each in rows])


def cells(row: Rated, says: bool) -> tuple[Word, ...]:
    """A row of the table."""
    rate = row.rate
    verdict: tuple[Word, ...] = (Mark(row.role or Role.UNCHANGED, row.says) if row.says else None,)
    figures = (Amount(percent(rate.value)), Amount(spanned(rate.interval)), Amount(counted(rate)))
    return (row.label, *(verdict if says else ()), *figures, rate.estimand.value, how(rate.interval))


def difference_blocks(name: str, caption: str, of: str, none: str, rows: Sequence[Differing]) -> tuple[Block, ...]:
    """A forest plot of differences, with the margin within which there is none, and the table below it."""
    if not rows:
        return ()
    margins = {each.comparison.margin for each in rows} - {None}
    margin = max((each for each in margins if each is not None), default=0.0)
    spots = [difference_spot(each) for each in rows[:MOST_DRAWN]]
    bands = (Band(f"within {margin_of(margin)} points", -margin, margin),) if margin else ()
    drawn = forest(spots, differences(spots, margin, of), (Limit(none, 0, Role.UNCHANGED),), bands)
    said = "; ".join(f"{each.label}: {in_points(each.comparison.difference)}" for each in rows[:6])
    words = f"Squares are differences in percentage points, bars their intervals. {said}."
    if margin:
        words += f" Shaded are differences of at most {margin_of(margin)} points, which count as none."
    return (
        picture(f"{name}-plot", caption, words, drawn, key=(), table=name),
        difference_table(name, f"{caption}: the figures", rows),
    )


def difference_spot(row: Differing) -> Spot:
    """A difference as it is drawn."""
    found = row.comparison.difference
    interval = found.interval
    return Spot(
        row.label,
        found.value,
        max(interval.low, -1.0),
        min(interval.high, 1.0),
        f"{signed(found.value)} · {spanned_points(interval)}",
        TOLD_ROLES.get(row.comparison.told),
        open_low=interval.sides is Sides.UPPER,
        open_high=interval.sides is Sides.LOWER,
    )


def in_points(estimate: Estimate) -> str:
    """A difference in words."""
    return f"{signed(estimate.value)}, {spanned_points(estimate.interval)}"


def difference_table(name: str, caption: str, rows: Sequence[Differing]) -> Table:
    """Every difference with its interval, its margin and its test."""
    titles = ["", "#Points", "#Interval", "It tells", "#Margin", "#Only first : only second", "Test", "About", "How"]
    return table(name, caption, titles, [difference_cells(each) for each in rows])


def difference_cells(row: Differing) -> tuple[Word, ...]:
    """A row of the table."""
    found = row.comparison
    pairs = None if found.discordant is None else Amount(f"{found.discordant[0]:,} : {found.discordant[1]:,}")
    return (
        row.label,
        Amount(signed(found.difference.value)),
        Amount(spanned_points(found.difference.interval)),
        Mark(TOLD_ROLES.get(found.told, Role.UNCHANGED), told(found)),
        None if found.margin is None else Amount(margin_of(found.margin)),
        pairs,
        tested(found),
        found.difference.estimand.value,
        how(found.difference.interval),
    )
