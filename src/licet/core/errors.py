"""What can be wrong with what people hand in. Messages name the place, what was found and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str | int, ...]
"""The way to a place in a document: keys and positions, from the document's root."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one document.

    `path` leads to the value (or, with `at_key`, to the key); `offset` is a place inside that text, as a line and a
    column that both count from 0.
    """

    document: int
    path: Path
    message: str
    at_key: bool = False
    offset: tuple[int, int] | None = None


class LicetError(Exception):
    """The root of every error that somebody's input or state can cause."""


class DocumentsRejectedError(LicetError):
    """Documents that cannot be accepted, with every problem that was found in them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = problems


class ConditionRejectedError(LicetError):
    """A condition outside the grammar or with a type error; `offset` as in `Problem`."""

    def __init__(self, message: str, offset: tuple[int, int]) -> None:
        super().__init__(message)
        self.offset = offset
