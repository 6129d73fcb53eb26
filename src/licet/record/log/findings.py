"""What is wrong, or missing: each with its place."""

from __future__ import annotations

from typing import NamedTuple

FINDINGS_LIMIT = 100
"""Findings of one kind that a verdict holds; the count goes on."""


class Finding(NamedTuple):
    """Something that is not as it must be: where, and why."""

    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"


class Findings:
    """Findings of one kind: how many, and the first of them."""

    __slots__ = ("count", "first")

    def __init__(self) -> None:
        self.first: list[Finding] = []
        self.count = 0

    def add(self, place: str, why: str) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < FINDINGS_LIMIT:
            self.first.append(Finding(place, why))

    def back_to(self, count: int) -> None:
        """Forget what was found since there were so many."""
        self.count = count
        del self.first[count:]
