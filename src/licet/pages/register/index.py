"""The front page of the register: what it is, what is overdue, how the clocks are kept, and where everything is."""

from __future__ import annotations

from collections.abc import Iterable

from licet.core.cases.procedure import Topic
from licet.core.cases.register.in_force import InForce
from licet.core.cases.register.places import (
    DATA,
    FEED,
    INDEX,
    OVERDUE,
    criteria_place,
    list_place,
    month_name,
    procedure_place,
)
from licet.core.cases.register.register import Register
from licet.pages.blocks import Block, Column, Figure, Pairs, Section, Table, Text
from licet.pages.number import count, instant, plural, share, whole
from licet.pages.register.frame import ABOUT, render, to
from licet.pages.register.lists import overdue_row
from licet.pages.register.times import HOW, times
from licet.pages.role import Role
from licet.pages.words import Amount, Code, Mark, Names, Within, Word

FIRST = 25
"""Overdue ones on the front page; the list has them all."""

WHAT = (
    "This register shows by which published procedures, criteria and clocks cases are decided, what was decided and"
    " why, and how long it took. Of each case it shows what is public; of everything else that it is withheld, and why."
)


def index_page(register: Register) -> bytes:
    """The front page."""
    sections = (
        overdue(register),
        clock_times(register),
        procedures(register),
        *appeals(register),
        *duties(register),
        *criteria(register),
        months(register),
        calendars(register),
        about(register),
    )
    lead = (WHAT, f"It is complete as of {instant(whole(register.at))}.")
    feed = FEED if register.base_url else None
    return render(INDEX, ABOUT, lead, sections, figures=figures(register), feed=feed)


def figures(register: Register) -> tuple[Figure, ...]:
    """The whole in numbers, what is overdue first."""
    late = len(register.overdue)
    started = sum(each.decided for of in register.procedures for each in of.clocks)
    missed = sum(each.missed for of in register.procedures for each in of.clocks)
    return (
        Figure(count(late), "overdue now", Role.REFUTED if late else None),
        Figure(share(missed, started), "of deadlines missed, of those met or missed"),
        Figure(count(register.open), "cases open"),
        Figure(count(register.cases), "cases in all"),
    )


def overdue(register: Register) -> Section:
    """What is overdue, the longest first."""
    if not register.overdue:
        return Section("overdue", "Overdue", (Text(("Nothing is overdue.",)),))
    shown = register.overdue[:FIRST]
    rows = tuple(overdue_row(each, INDEX) for each in shown)
    columns = tuple(Column(title) for title in ("Case", "What is overdue", "Who has to act", "Due", "Procedure"))
    caption = "What is overdue, the longest first"
    blocks: list[Block] = [Table("overdue-table", caption, columns, rows, stacks=True)]
    if len(register.overdue) > len(shown):
        more = f"all {count(len(register.overdue))}"
        blocks.append(Pairs((("These are the first", Within(list_place(OVERDUE, 1), more)),)))
    return Section("overdue", "Overdue", tuple(blocks))


def clock_times(register: Register) -> Section:
    """How the clocks of all procedures were kept."""
    blocks: list[Block] = [Text((HOW,))]
    for n, each in enumerate(register.procedures):
        started = [one for one in each.clocks if one.started]
        if started:
            blocks += times(f"times-{n}", f"{each.procedure.title} ({each.procedure.name})", started)
    if len(blocks) == 1:
        blocks = [Text(("No clock has started yet.",))]
    return Section("times", "Times against the clocks", tuple(blocks))


def procedures(register: Register) -> Section:
    """The procedures, each with its cases."""
    rows = tuple(procedure(each) for each in register.procedures)
    titles = ("Procedure", "Version", "It is", "In force since", "#Cases", "#Open", "Listed")
    columns = tuple(Column(title.removeprefix("#"), title.startswith("#")) for title in titles)
    return Section("procedures", "Procedures", (Table("procedure-table", "Procedures", columns, rows, stacks=True),))


def procedure(each: InForce) -> tuple[Word, ...]:
    """The row of a procedure."""
    name = each.procedure.name
    listed = Within(list_place(name, 1), f"cases of {name}") if each.cases else None
    return (
        Within(procedure_place(name), each.procedure.title),
        Code(name),
        Mark(Role.PROVED, "current") if each.current else Mark(Role.UNCHANGED, "earlier version"),
        "came with Licet" if each.since is None else whole(each.since),
        each.cases,
        each.open,
        listed,
    )


def appeals(register: Register) -> Iterable[Section]:
    """What became of appeals."""
    found = [each for each in register.procedures if each.procedure.topic is Topic.APPEAL and each.cases]
    if not found:
        return
    rows: list[tuple[Word, ...]] = []
    for each in found:
        rows += [(outcome, number) for outcome, number in each.outcomes.items()]
        rows.append(("not decided yet", each.open))
    table = Table(
        "appeal-table", "Appeals by outcome", (Column("Outcome"), Column("Appeals", figures=True)), tuple(rows)
    )
    yield Section("appeals", "Appeals", (table,))


def duties(register: Register) -> Iterable[Section]:
    """Incident reports, by the duty under which they were made."""
    found = [each for each in register.procedures if each.procedure.duty is not None]
    if not found:
        return
    rows = tuple(duty(each) for each in found)
    titles = ("Duty", "How this law stands", "Reported to", "#Cases", "#Reports made", "#Deadlines missed")
    columns = tuple(Column(title.removeprefix("#"), title.startswith("#")) for title in titles)
    table = Table("duty-table", "Duties to report incidents", columns, rows, stacks=True)
    yield Section("duties", "Incident reports", (table,))


def duty(each: InForce) -> tuple[Word, ...]:
    """The row of a duty."""
    found = each.procedure.duty
    assert found is not None, "only duties are rows of this table"
    made = sum(each.events.get(name, 0) for name in found.reports)
    missed = sum(one.missed for one in each.clocks)
    page = Within(procedure_place(each.procedure.name), each.procedure.title)
    return page, found.standing.value, found.to, each.cases, made, missed


def criteria(register: Register) -> Iterable[Section]:
    """The catalogues of criteria."""
    if not register.criteria:
        return
    rows = tuple(
        (
            Within(criteria_place(each.criteria.name), each.criteria.title),
            Code(each.criteria.name),
            "came with Licet" if each.since is None else whole(each.since),
            Names(tuple(Within(criteria_place(each.criteria.name, one), one) for one in each.criteria.criteria)),
        )
        for each in register.criteria
    )
    columns = tuple(Column(title) for title in ("Catalogue", "Version", "In force since", "Criteria"))
    table = Table("criteria-table", "Published criteria", columns, rows, stacks=True)
    yield Section("criteria", "Criteria", (table,))


def months(register: Register) -> Section:
    """Cases by the month in which they were opened."""
    if not register.months:
        return Section("months", "Cases by month", (Text(("There is no case yet.",)),))
    rows = tuple(
        (Within(list_place(month_name(each.first), 1), month_name(each.first)), each.cases, each.open)
        for each in reversed(register.months)
    )
    columns = (Column("Month"), Column("Cases opened", figures=True), Column("Still open", figures=True))
    return Section("months", "Cases by month", (Table("month-table", "Cases by month (UTC)", columns, rows),))


def calendars(register: Register) -> Section:
    """The calendars by which days were counted."""
    rows = tuple(
        (
            each.calendar.title,
            Code(each.calendar.name),
            "came with Licet" if each.since is None else whole(each.since),
            Names(tuple(Code(table) for table in each.tables)) if each.tables else None,
        )
        for each in register.calendars
    )
    columns = tuple(Column(title) for title in ("Calendar", "Version", "In force since", "Tables used, by digest"))
    table = Table("calendar-table", "Calendars of working days", columns, rows, stacks=True)
    return Section("calendars", "Calendars", (table,))


def about(register: Register) -> Section:
    """How to read it by machine, and what it leaves out."""
    kept = f"{plural(register.erased, 'case')} of which the content was destroyed after retention"
    rows: tuple[tuple[str, Word], ...] = (
        ("As JSON", to(INDEX, DATA, "register.json, and one file a case beside its page")),
        ("As a feed", to(INDEX, FEED, "decisions and procedures (Atom)") if register.base_url else None),
        ("Destroyed", kept if register.erased else None),
        ("Deadlines overdue", Amount(count(len(register.overdue)))),
    )
    return Section("about", "About this register", (Pairs(rows),))
