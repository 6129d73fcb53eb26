"""A CSV file of cases: one row a case. Every problem has its line and column, and nothing is half done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from licet.cli.terminal.exits import Misnamed
from licet.wire.sheet import MOST_PROBLEMS, Row, Sheet, SheetProblem, SheetRejected

MOST = 10_000
"""Rows of one file: an act about more cases than this is split by whoever makes it."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One row: the cells that are not empty, by column, and where they stand."""

    row: Row
    at: Mapping[str, int]
    values: Mapping[str, str]

    def problem(self, column: str, message: str) -> SheetProblem:
        """A problem with the cell in this column; with the row, where it has no such column."""
        return self.row.problem(self.at.get(column, 0), message)


@dataclass(frozen=True, slots=True)
class Cased:
    """A file: its header, and its rows."""

    header: Row
    rows: tuple[Cells, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names in the header."""
        return self.header.cells

    def check(self, allowed: Collection[str], required: Collection[str]) -> None:
        """Raises `SheetRejected` for columns that nobody reads, and for required ones that are not there or empty."""
        problems = [
            self.header.problem(at, f"`{name}` is not a column; there are {', '.join(allowed)}")
            for at, name in enumerate(self.columns)
            if name not in allowed
        ]
        problems += [
            self.header.problem(0, f"there is no column `{name}`") for name in required if name not in self.columns
        ]
        problems += [
            each.problem(name, f"`{name}` is empty; it must be filled in every row")
            for each in self.rows
            for name in required
            if name in self.columns and name not in each.values
        ]
        if problems:
            raise SheetRejected(problems)


def read_sheet(path: Path) -> Cased:
    """The rows of a file. Raises `SheetRejected` with every place, `Misnamed` for a file that cannot be read."""
    try:
        with path.open("rb") as lines:
            sheet = Sheet(lines, str(path))
            rows = [*sheet.rows()]
    except OSError as error:
        raise Misnamed(f"cannot read `{path}`: {error.strerror}") from error
    if not rows:
        empty = SheetProblem(str(path), 1, 1, "the file is empty; its first line names the columns")
        raise SheetRejected(sheet.problems or [empty])
    header, *rows = rows
    problems = [*sheet.problems, *_of_header(header), *_of_rows(header, rows)]
    if problems:
        raise SheetRejected(problems)
    at = {name: cell for cell, name in enumerate(header.cells)}
    return Cased(header, tuple(_cells(row, at) for row in rows))


def repeated(rows: Collection[Cells], column: str) -> Iterator[SheetProblem]:
    """A problem for each row whose cell in a column was in a row before it."""
    lines: dict[str, int] = {}
    for each in rows:
        text = each.values.get(column)
        if text in lines:
            yield each.problem(column, f"`{text}` has a row already, in line {lines[text]}")
        elif text is not None:
            lines[text] = each.row.line


def refuse(problems: Collection[SheetProblem]) -> None:
    """Raises `SheetRejected` if there are problems."""
    if problems:
        raise SheetRejected(list(problems)[:MOST_PROBLEMS])


def _of_header(header: Row) -> Iterator[SheetProblem]:
    for at, name in enumerate(header.cells):
        if not name:
            yield header.problem(at, "a column without a name")
        elif name in header.cells[:at]:
            yield header.problem(at, f"the column `{name}` is there twice")


def _of_rows(header: Row, rows: list[Row]) -> Iterator[SheetProblem]:
    width = len(header.cells)
    if not rows:
        yield header.problem(width, "there are no rows below the header")
    if len(rows) > MOST:
        yield rows[MOST].problem(0, f"a file has at most {MOST:,} rows; split it")
    for row in rows:
        if len(row.cells) != width:
            message = f"the row has {len(row.cells)} cells, the header has {width}"
            yield row.problem(min(len(row.cells), width), message)


def _cells(row: Row, at: Mapping[str, int]) -> Cells:
    return Cells(row, at, {name: text for name, cell in at.items() if (text := row.cells[cell]) != ""})
