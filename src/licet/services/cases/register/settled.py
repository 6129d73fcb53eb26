"""Settled cases: over, with nothing owed. Nothing but an entry changes what the public sees of one.

So they are counted once and remembered, a thousand cases at a time, while their rows and files are what they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from licet.core.cases.case import Case
from licet.core.cases.decision import Kept
from licet.core.cases.register.places import case_place
from licet.core.cases.register.shown import ShownCase
from licet.services.cases.ports import CaseRow
from licet.services.cases.register.span import Span
from licet.services.cases.register.tally import Tally

BLOCK: Final = 1_000
"""Cases that are remembered together, settled or not: one of them that changed, and all of them are gone through."""

OVER: Final = frozenset((Kept.DISCHARGED, Kept.ENDED))


class Stamp(NamedTuple):
    """What tells that a file is the one that was written: its size, and when it was changed (nanoseconds)."""

    size: int
    changed: int


class Mark(NamedTuple):
    """What a settled case and its two files were when it was counted."""

    row: CaseRow
    page: Stamp
    data: Stamp


@dataclass(slots=True)
class Block:
    """The settled cases of a block, by name, and the count of them."""

    marks: dict[str, Mark] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)


class Stamps(Protocol):
    """Where the files of a register are."""

    def stamp(self, place: str) -> Stamp | None:
        """The stamp of a file; None where it is not there."""


class Memory(Protocol):
    """What was counted before, by the same law and the same code; anything else is forgotten by itself."""

    def recall(self, first: str) -> Block | None:
        """What is remembered of the block that begins with this case; None for nothing."""

    def keep(self, first: str, found: Block) -> None:
        """Remember a block, in the place of what was remembered of it, where that can be."""


def is_settled(case: Case, shown: ShownCase) -> bool:
    """Whether time alone changes nothing any more of what the public sees of a case."""
    return (
        case.state.final
        and shown.erased is None
        and shown.next_due is None
        and not shown.is_overdue
        and not any(each.is_open for each in case.deadlines)
        and all(each.kept in OVER for each in case.obligations)
    )


def stands(block: Block, rows: Sequence[CaseRow], files: Stamps) -> bool:
    """Whether every settled case of a block is what it was, and its files, too."""
    found = {each.case: each for each in rows if each.case in block.marks}
    return len(found) == len(block.marks) and all(
        mark.row == found[name]
        and mark.page == files.stamp(case_place(name))
        and mark.data == files.stamp(case_place(name, "json"))
        for name, mark in block.marks.items()
    )


def blocks(rows: Sequence[CaseRow], span: Span) -> Iterator[tuple[str | None, Sequence[CaseRow]]]:
    """The blocks of a span, each with the case before it. `rows` are all cases in their order.

    Cases are only appended, so a block has the same cases again, but for where a span cuts it and for the last one.
    """
    names = [each.case for each in rows]
    first = 0 if span.after is None else names.index(span.after) + 1
    end = len(rows) if span.last is None else names.index(span.last) + 1
    while first < end:
        until = min((first // BLOCK + 1) * BLOCK, end)
        yield names[first - 1] if first else None, rows[first:until]
        first = until
