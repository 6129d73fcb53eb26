"""Who is to be screened, as the operator has them: a CSV of names, which is read and never kept or quoted.

`spec/screening.md`. Messages name places, never what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from licet.core.facts import COUNTRY
from licet.wire.people import SUBJECT
from licet.wire.screening_list import LONGEST_NAME, SEPARATOR, PartyType
from licet.wire.sheet import Row, Sheet, SheetProblem, SheetRejected

COLUMNS = ("subject", "name", "alt_names", "type", "country", "date_of_birth")
REQUIRED = ("subject", "name")
BORN = re.compile(r"(1[89]|20)\d\d(-\d\d-\d\d)?")


@dataclass(frozen=True, slots=True)
class Presented:
    """Somebody who is screened: one of our subjects, and what the operator knows of them. Nothing of it is kept."""

    subject: str
    names: tuple[str, ...] = field(repr=False)
    type: PartyType | None = field(default=None, repr=False)
    country: str | None = field(default=None, repr=False)
    born: str | None = field(default=None, repr=False)


def read_names(content: bytes, file: str) -> tuple[Presented, ...]:
    """A file of names. Raises `SheetRejected` with every problem and its place."""
    sheet = Sheet(content.splitlines(keepends=True), file)
    rows = sheet.rows()
    header = next(rows, None)
    problems = [SheetProblem(file, 1, 1, "the file is empty")] if header is None else list(_header_problems(header))
    found: dict[str, Presented] = {}
    if header is not None and not problems:
        for row in rows:
            each = _presented(row, header.cells, found, sheet.problems)
            if each is not None:
                found[each.subject] = each
    if problems or sheet.problems:
        raise SheetRejected([*problems, *sheet.problems])
    return tuple(found.values())


def what_is_wrong(column: str, text: str) -> str | None:
    """What is wrong with the text of one cell, which the message does not repeat."""
    match column:
        case "subject" if not SUBJECT.fullmatch(text):
            return "this is not a subject's name, or there is none"
        case "name" if not 0 < len(text) <= LONGEST_NAME:
            return f"a name has 1 to {LONGEST_NAME} letters"
        case "type" if text and text.lower() not in set(PartyType):
            return "a type is " + " or ".join(f"`{each.value}`" for each in PartyType)
        case "country" if text and not COUNTRY.fullmatch(text):
            return "a country is two capital letters (ISO 3166-1 alpha-2)"
        case "date_of_birth" if text and not BORN.fullmatch(text):
            return "a date of birth is `YYYY-MM-DD` or `YYYY`"
    return None


def presented(cells: dict[str, str]) -> Presented:
    """What cells that are in order say."""
    others = tuple(each for each in SEPARATOR.split(cells.get("alt_names", "")) if each)
    kind = cells.get("type", "").lower()
    return Presented(
        cells["subject"],
        (cells["name"], *others),
        PartyType(kind) if kind else None,
        cells.get("country") or None,
        cells.get("date_of_birth") or None,
    )


def _presented(
    row: Row, header: tuple[str, ...], there: dict[str, Presented], problems: list[SheetProblem]
) -> Presented | None:
    if len(row.cells) != len(header):
        message = f"the row has {len(row.cells)} cells, the header has {len(header)}"
        problems.append(row.problem(min(len(row.cells), len(header)), message))
        return None
    cells = {name: text.strip() for name, text in zip(header, row.cells, strict=True)}
    wrong = [
        row.problem(cell, found)
        for cell, name in enumerate(header)
        if (found := what_is_wrong(name, cells[name])) is not None
    ]
    if not wrong and cells["subject"] in there:
        wrong = [row.problem(header.index("subject"), "this subject has a row already; more names go into `alt_names`")]
    problems += wrong
    return None if wrong else presented(cells)


def _header_problems(header: Row) -> Iterator[SheetProblem]:
    for cell, name in enumerate(header.cells):
        if name not in COLUMNS:
            yield header.problem(cell, f"column {cell + 1} is none of {', '.join(COLUMNS)}")
        elif name in header.cells[:cell]:
            yield header.problem(cell, f"the column `{name}` is there twice")
    for name in REQUIRED:
        if name not in header.cells:
            yield header.problem(0, f"there is no column `{name}`")
