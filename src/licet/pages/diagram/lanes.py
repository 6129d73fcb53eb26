"""The lanes beside the column, in which arrows lead to other states: one lane for all that leads to the same state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from licet.pages.diagram.column import Block, Place


@dataclass(frozen=True, slots=True)
class Lane:
    """All arrows to one state: the heights at which they leave events, and that at which they arrive.

    `dashed`: of these, the ones that a clock causes. `left`: on which side of the column it runs; `number` counts from
    the column.
    """

    target: str
    leaves: tuple[float, ...]
    dashed: frozenset[float]
    arrives: float
    left: bool
    number: int = 0

    @property
    def span(self) -> tuple[float, float]:
        """Where it begins and ends."""
        return min(*self.leaves, self.arrives), max(*self.leaves, self.arrives)


def lanes(blocks: Sequence[Block]) -> tuple[Lane, ...]:
    """Every lane: ends of the case on the left, other states on the right; short ones nearest to the column."""
    heights: dict[str, list[tuple[float, bool]]] = {}
    for block in blocks:
        for row in block.rows:
            if row.target is not None and row.target != block.name:
                heights.setdefault(row.target, []).append((row.middle, not _by_somebody(row.event.by)))
    found = [
        Lane(
            block.name,
            tuple(sorted(height for height, _ in heights[block.name])),
            frozenset(height for height, dashed in heights[block.name] if dashed),
            block.middle,
            block.place is Place.FINAL,
        )
        for block in blocks
        if block.name in heights
    ]
    return (*_numbered(each for each in found if each.left), *_numbered(each for each in found if not each.left))


def _by_somebody(roles: Iterable[str]) -> bool:
    return any(role != "clock" for role in roles)


def _numbered(found: Iterable[Lane]) -> list[Lane]:
    """Numbers such that no two lanes with the same number touch; the short ones get the low numbers."""
    taken: list[list[tuple[float, float]]] = []
    numbered: list[Lane] = []
    for lane in sorted(found, key=lambda each: (each.span[1] - each.span[0], each.span)):
        start, end = lane.span
        free = (n for n, spans in enumerate(taken) if all(end + 8 < first or last + 8 < start for first, last in spans))
        number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append(lane.span)
        numbered.append(Lane(lane.target, lane.leaves, lane.dashed, lane.arrives, lane.left, number))
    return numbered
