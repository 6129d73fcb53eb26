"""Sheets: CSV (RFC 4180) as rows of text, streamed, with the place of every cell. What cells mean is told elsewhere."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from licet.core.errors import LicetError

MOST_PROBLEMS = 20
BOM = b"\xef\xbb\xbf"
"""Spreadsheets write it before UTF-8; it is allowed at the start of a file and nowhere else."""


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """One thing that is wrong, at a line and a character of it, both counted from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class SheetRejected(LicetError):
    """A file that is not accepted, with its first problems (up to `MOST_PROBLEMS`) in the order of their places."""

    def __init__(self, problems: Iterable[SheetProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))[:MOST_PROBLEMS]
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and its text as it stands in the file from `line` on."""

    file: str
    line: int
    text: str
    cells: tuple[str, ...]

    def problem(self, cell: int, message: str) -> SheetProblem:
        """A problem with the cell of this number, counted from 0 (the row's end, if it has fewer)."""
        before = self.text[: _start(self.text, cell)]
        return SheetProblem(self.file, self.line + before.count("\n"), len(before) - before.rfind("\n"), message)


class Sheet:
    """The rows of a file, given as its lines; `problems` fills up while they are read."""

    def __init__(self, lines: Iterable[bytes], file: str) -> None:
        self.file = file
        self.problems: list[SheetProblem] = []
        self._text: list[str] = []
        self._reader = csv.reader(self._decoded(lines), strict=True)

    def rows(self) -> Iterator[Row]:
        """The rows from here on. Text that is not CSV ends them, with a problem."""
        while True:
            self._text.clear()
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.problems.append(SheetProblem(self.file, line, 1, f"this is not CSV (RFC 4180): {error}"))
                return
            yield Row(self.file, line, "".join(self._text), tuple(cells))

    def _decoded(self, lines: Iterable[bytes]) -> Iterator[str]:
        for number, line in enumerate(lines, start=1):
            text = self._decode(line.removeprefix(BOM) if number == 1 else line, number)
            self._text.append(text)
            yield text

    def _decode(self, line: bytes, number: int) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            column = len(line[: error.start].decode()) + 1
            message = f"the byte `0x{line[error.start]:02x}` is not UTF-8; save the file as UTF-8"
            self.problems.append(SheetProblem(self.file, number, column, message))
            return line.decode(errors="replace")


def _start(text: str, cell: int) -> int:
    """Where a cell begins: past so many commas outside quotes."""
    quoted = False
    for at, letter in enumerate(text):
        if cell == 0:
            return at
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            cell -= 1
    return len(text.rstrip("\r\n"))
