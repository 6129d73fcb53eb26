"""What publishing the register needs of the world: where files go, and how they look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from licet.core.cases.register.lists import CaseLine
from licet.core.cases.register.register import Register
from licet.core.cases.register.shown import ShownCase
from licet.core.errors import LicetError
from licet.services.cases.register.settled import Stamp
from licet.services.cases.register.span import Span
from licet.services.cases.register.tally import Tally


class RegisterUnwritable(LicetError):
    """A folder that the register cannot be written to, or that holds something else."""


class Folder(Protocol):
    """Where the register is. Each file is whole at every instant: it is there as it was, or as it is written."""

    def write(self, place: str, content: bytes) -> bool:
        """Write a file, unless it is there with this content; whether it was written. Raises `RegisterUnwritable`."""

    def stamp(self, place: str) -> Stamp | None:
        """What tells that a file is the one that was written; None where it is not there."""

    def places(self) -> Iterator[str]:
        """Every file that a register can have written, and what a crash left of one; nothing else that is there."""

    def remove(self, place: str) -> None:
        """Remove a file. Raises `RegisterUnwritable`."""


class Drawn(Protocol):
    """How the register looks."""

    def case(self, case: ShownCase) -> bytes:
        """The page of a case."""

    def others(self, register: Register, lines: Sequence[CaseLine]) -> Iterable[tuple[str, bytes]]:
        """Every other file but the JSON and the feed, with its place."""


class Part(NamedTuple):
    """A part of the cases, counted and written: cases after one (None: from the first) up to and with another."""

    tally: Tally
    written: int


Parts = Callable[[Sequence[Span]], Iterable[Part]]
"""Counts and writes some parts, at the same time where there are processes for that; their results in this order."""
