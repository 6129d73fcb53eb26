"""What is wrong with a file of trials, by its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from licet.core.errors import LicetError

MOST_PROBLEMS = 20
"""So many problems are listed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class TrialProblem:
    """One thing that is wrong: the file, the line (from 1; 0 for the file as a whole), and what is wrong there."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class TrialsRejected(LicetError):
    """A file that is not accepted: its first `MOST_PROBLEMS` problems, and how many there are."""

    def __init__(self, problems: Iterable[TrialProblem], more: int = 0) -> None:
        found = sorted(problems, key=lambda problem: (problem.file, problem.line))
        self.problems = tuple(found[:MOST_PROBLEMS])
        self.more = more + len(found) - len(self.problems)
        lines = [*map(str, self.problems)]
        if self.more:
            lines.append(f"and {self.more} more")
        super().__init__("\n".join(lines))


class Problems:
    """Problems of one file, gathered up to a bound and counted past it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[TrialProblem] = []
        self.more = 0

    def add(self, line: int, message: str) -> None:
        """One more."""
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(TrialProblem(self.file, line, message))
        else:
            self.more += 1

    def check(self) -> None:
        """Raises `TrialsRejected` if there is one."""
        if self.found:
            raise TrialsRejected(self.found, self.more)


def refused(file: str, message: str, line: int = 0) -> TrialsRejected:
    """A file that is not accepted for one reason."""
    return TrialsRejected([TrialProblem(file, line, message)])
