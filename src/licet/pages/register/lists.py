"""Lists of cases, page by page: of a procedure, of a month, and everything that is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from licet.core.cases.register.lists import CaseLine, Overdue
from licet.core.cases.register.places import case_place, list_place
from licet.pages.blocks import Block, Column, Section, Table, Text
from licet.pages.number import plural, whole
from licet.pages.register.frame import day, render, to, worded
from licet.pages.role import Role
from licet.pages.words import Mark, Within, Word

PAGE = 100
"""Cases on a page. They are in the order in which they were opened, so that a full page keeps its cases for ever."""

TITLES = ("Case", "Procedure", "State", "Opened", "Latest entry", "Due")
LATE = ("Case", "What is overdue", "Who has to act", "Due", "Procedure")


def pages_of(number: int) -> int:
    """How many pages so many rows are."""
    return max(1, -(-number // PAGE))


def case_lists(
    of: str, title: str, lines: Sequence[CaseLine], trail: Sequence[tuple[str, str]] = ()
) -> Iterator[tuple[str, bytes]]:
    """The pages of a list of cases, each with its place."""
    count = pages_of(len(lines))
    for number in range(1, count + 1):
        place = list_place(of, number)
        rows = [row(each, place) for each in lines[(number - 1) * PAGE : number * PAGE]]
        caption = f"{title}, page {number} of {count}"
        yield place, page(place, caption, TITLES, rows, len(lines), trail, turns(number, count))


def overdue_lists(of: str, title: str, late: Sequence[Overdue]) -> Iterator[tuple[str, bytes]]:
    """The pages of what is overdue, the longest overdue first."""
    count = pages_of(len(late))
    for number in range(1, count + 1):
        place = list_place(of, number)
        rows = [overdue_row(each, place) for each in late[(number - 1) * PAGE : number * PAGE]]
        caption = f"{title}, page {number} of {count}"
        yield place, page(place, caption, LATE, rows, len(late), (), turns(number, count))


def page(
    place: str,
    caption: str,
    titles: Sequence[str],
    rows: Sequence[tuple[Word, ...]],
    number: int,
    trail: Sequence[tuple[str, str]],
    turned: Sequence[Within],
) -> bytes:
    """One page of a list."""
    table: Block = Table("cases", caption, tuple(Column(title) for title in titles), tuple(rows), stacks=True)
    blocks = (table,) if rows else (Text(("There is nothing in this list.",)),)
    section = Section("list", "The list", blocks)
    return render(place, caption, (f"{plural(number, 'row')} in all.",), (section,), trail=trail, turns=turned)


def turns(number: int, count: int) -> list[Within]:
    """The first page of a list, the one before, the next one and the last."""
    others = {"first page": 1, "page before": number - 1, "next page": number + 1, "last page": count}
    return [Within(f"{each}.html", said) for said, each in others.items() if 1 <= each <= count and each != number]


def row(line: CaseLine, place: str) -> tuple[Word, ...]:
    """A case in a list."""
    if line.overdue:
        since = "" if line.since is None else f" since {day(line.since)}"
        due: Word = Mark(Role.REFUTED, f"overdue{since}")
    else:
        due = day(line.due)
    role = Role.PROVED if line.final else Role.UNCHANGED
    state = "destroyed after retention" if line.erased else line.state
    return (
        to(place, case_place(line.case), line.case),
        line.procedure_title,
        Mark(role, state),
        day(line.opened),
        day(line.updated),
        due,
    )


def overdue_row(late: Overdue, place: str) -> tuple[Word, ...]:
    """Something that is overdue."""
    return (
        to(place, case_place(late.case), late.case),
        late.what,
        worded(late.owner),
        "withheld" if late.due is None else whole(late.due),
        late.procedure_title,
    )
