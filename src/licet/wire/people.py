"""People from CSV: one row a subject, one column a fact. `spec/subjects.md` describes the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from licet.core.facts import LARGEST_INTEGER, About, Fact, Kind, Members, Value
from licet.core.form import Shape
from licet.core.shape import CHOICES, INSTANT, NAMES
from licet.wire.sheet import MOST_PROBLEMS, Row, Sheet, SheetProblem, SheetRejected

KINDS = CHOICES[Shape.SUBJECT_KIND]
REQUIRED = ("subject", "kind")
PROVENANCE = ("attested_by", "how", "level", "at", "until")
COMPLETE = "_complete"
"""What the name of a set's companion column ends with."""

SUBJECT = NAMES[Shape.SUBJECT_NAME]
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,15}", re.ASCII)
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Person:
    """One row: a subject, the facts whose cells are filled, and the provenance that the row gives (None: not given)."""

    subject: str
    kind: str
    facts: dict[str, Value]
    attested_by: str | None
    how: str | None
    level: str | None
    at: datetime | None
    until: datetime | None
    row: Row
    header: Mapping[str, int]

    def problem(self, column: str, message: str) -> SheetProblem:
        """A problem with this person's cell in a column (or with the row, if there is no such column)."""
        return self.row.problem(self.header.get(column, 0), message)


def read_people(lines: Iterable[bytes], declared: Mapping[str, Fact], *, file: str) -> Iterator[Person]:
    """The rows of a CSV file, given as its lines (an open binary file will do).

    People are yielded until the first problem; reading goes on to find more, and ends with `SheetRejected`.
    """
    sheet = Sheet(lines, file)
    rows = sheet.rows()
    header = next(rows, None)
    if header is None:
        raise SheetRejected(
            sheet.problems or [SheetProblem(file, 1, 1, "the file is empty; its first line names the columns")]
        )
    sheet.problems.extend(_header_problems(header, declared))
    if sheet.problems:
        raise SheetRejected(sheet.problems)
    table = _Table(header, declared, sheet.problems)
    for row in rows:
        person = table.person(row)
        if person is not None and not sheet.problems:
            yield person
        if len(sheet.problems) >= MOST_PROBLEMS:
            break
    if sheet.problems:
        raise SheetRejected(sheet.problems)


def _header_problems(header: Row, declared: Mapping[str, Fact]) -> Iterator[SheetProblem]:
    names = header.cells
    facts = [fact for fact in declared.values() if fact.about is About.SUBJECT]
    companions = [fact.name + COMPLETE for fact in facts if fact.kind.is_set]
    allowed = [*REQUIRED, *sorted([fact.name for fact in facts] + companions), *PROVENANCE]
    for cell, name in enumerate(names):
        if allowed.count(name) > 1:
            yield header.problem(cell, f"`{name}` could mean two things; attest that fact in YAML instead")
        elif name not in allowed:
            yield header.problem(cell, f"`{name}` is not a column; there are {', '.join(allowed)}")
        elif name in names[:cell]:
            yield header.problem(cell, f"the column `{name}` is there twice")
        elif name in companions and name.removesuffix(COMPLETE) not in names:
            yield header.problem(
                cell, f"`{name}` goes with a column `{name.removesuffix(COMPLETE)}`, which is not there"
            )
    for name in REQUIRED:
        if name not in names:
            yield header.problem(0, f"there is no column `{name}`")


class _WrongCell(Exception):
    """The text of a cell is not allowed."""


Parsed = TypeVar("Parsed")


class _Table:
    """A header that is in order: how to read each column, and which subjects were there already."""

    def __init__(self, header: Row, declared: Mapping[str, Fact], problems: list[SheetProblem]) -> None:
        self._problems = problems
        self._header = {name: cell for cell, name in enumerate(header.cells)}
        self._facts = [
            (cell, self._header.get(name + COMPLETE), declared[name], _reader(declared[name]))
            for name, cell in self._header.items()
            if name in declared and declared[name].about is About.SUBJECT
        ]
        self._lines: dict[str, int] = {}

    def person(self, row: Row) -> Person | None:
        """The person of one row; None, and problems, if it is not in order."""
        if len(row.cells) != len(self._header):
            message = f"the row has {len(row.cells)} cells, the header has {len(self._header)}"
            self._problems.append(row.problem(min(len(row.cells), len(self._header)), message))
            return None
        before = len(self._problems)
        person = Person(
            self._required(row, "subject", self._subject),
            self._required(row, "kind", _kind),
            self._attested(row),
            self._optional(row, "attested_by", _text),
            self._optional(row, "how", _text),
            self._optional(row, "level", _text),
            self._optional(row, "at", _instant),
            self._optional(row, "until", _instant),
            row,
            self._header,
        )
        self._lines.setdefault(person.subject, row.line)
        return person if len(self._problems) == before else None

    def _attested(self, row: Row) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for cell, companion, fact, read in self._facts:
            text = row.cells[cell]
            whole = companion is not None and self._cell(row, companion, _boolean) is True
            if text != "":
                value = self._cell(row, cell, read)
                if value is not None:
                    values[fact.name] = Members(value.known, whole) if isinstance(value, Members) else value
            elif whole and companion is not None:
                message = f"`{fact.name}` is empty, so it cannot be complete; attest an empty set in YAML instead"
                self._problems.append(row.problem(companion, message))
        return values

    def _required(self, row: Row, name: str, read: Callable[[str], str]) -> str:
        cell = self._header[name]
        if row.cells[cell] == "":
            self._problems.append(row.problem(cell, f"`{name}` is empty; it must be filled in every row"))
        return self._cell(row, cell, read) or ""

    def _optional(self, row: Row, name: str, read: Callable[[str], Parsed]) -> Parsed | None:
        cell = self._header.get(name)
        return None if cell is None else self._cell(row, cell, read)

    def _cell(self, row: Row, cell: int, read: Callable[[str], Parsed]) -> Parsed | None:
        text = row.cells[cell]
        if text == "":
            return None
        try:
            return read(text)
        except _WrongCell as wrong:
            self._problems.append(row.problem(cell, str(wrong)))
            return None

    def _subject(self, text: str) -> str:
        if SUBJECT.fullmatch(text) is None:
            raise _WrongCell(f"{_quoted(text)} is not {Shape.SUBJECT_NAME.value}")
        if text in self._lines:
            raise _WrongCell(f"`{text}` has a row already, in line {self._lines[text]}")
        return text


def _reader(fact: Fact) -> Callable[[str], Value]:
    """How to read a cell that is not empty as a value of this fact."""

    def member(text: str) -> str:
        if not fact.admits_member(_text(text)):
            raise _WrongCell(f"{_quoted(text)} is not a value of `{fact.name}`; allowed is {fact.allowed}")
        return text

    def members(text: str) -> Members:
        parts = [member(part) if part else _empty(text) for part in text.split(";")]
        if len(set(parts)) < len(parts):
            raise _WrongCell(f"{_quoted(text)} names a member twice")
        return Members(frozenset(parts), complete=False)

    if fact.kind.is_set:
        return members
    return {Kind.BOOLEAN: _boolean, Kind.INTEGER: _integer}.get(fact.kind, member)


def _empty(text: str) -> str:
    raise _WrongCell(f"{_quoted(text)} has an empty member; members are separated by one `;` each")


def _kind(text: str) -> str:
    if text not in KINDS:
        raise _WrongCell(f"{_quoted(text)} is not a kind; allowed is `person` or `workload`")
    return text


def _text(text: str) -> str:
    if text != text.strip() or not text.isprintable():
        raise _WrongCell(f"{_quoted(text)} begins or ends with space, or has a character that does not print")
    return text


def _boolean(text: str) -> bool:
    if text not in BOOLEANS:
        raise _WrongCell(f"{_quoted(text)} is neither `true` nor `false` (in small letters), nor an empty cell")
    return BOOLEANS[text]


def _integer(text: str) -> int:
    if INTEGER.fullmatch(text) is None or abs(int(text)) > LARGEST_INTEGER:
        raise _WrongCell(f"{_quoted(text)} is not a whole number between -{LARGEST_INTEGER} and {LARGEST_INTEGER}")
    return int(text)


def _instant(text: str) -> datetime:
    """An instant in UTC; the offset is required, for without it the text names no instant (RFC 3339, section 4.4)."""
    try:
        if INSTANT.fullmatch(text) is not None:
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _WrongCell(f"{_quoted(text)} is not an instant with an offset, such as `2026-06-12T17:21:00-04:00`")


def _quoted(text: str) -> str:
    shown = text if text.isprintable() else ascii(text)[1:-1]
    return f"`{shown if len(shown) <= 80 else shown[:79] + '…'}`"
