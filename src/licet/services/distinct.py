"""How many different callers there were, in bounded memory, and added up over processes without counting one twice.

K minimum values (Bar-Yossef et al., 2002): pseudonyms are keyed hashes, so they lie evenly over their range, and the
`MOST` smallest of all that were seen say how many there were. Exact below `MOST`; past that within about 3 %.
"""

from __future__ import annotations

from collections.abc import Iterable

MOST = 1024
RANGE = 1 << 64
"""Pseudonyms are compared by their first 64 bits, 16 hexadecimal digits."""


class Distinct:
    """The smallest of the pseudonyms seen."""

    __slots__ = ("_kept", "_largest")

    def __init__(self) -> None:
        self._kept: set[str] = set()
        self._largest = "g"  # past every hexadecimal digit

    def add(self, pseudonym: str) -> None:
        """One more request of somebody."""
        if pseudonym in self._kept or pseudonym >= self._largest:
            return
        self._kept.add(pseudonym)
        if len(self._kept) > MOST:
            self._kept.remove(max(self._kept))
            self._largest = max(self._kept)

    @property
    def smallest(self) -> tuple[str, ...]:
        """What is kept, in order, each as 16 hexadecimal digits."""
        return tuple(sorted(each[:16] for each in self._kept))


def number(parts: Iterable[Iterable[str]]) -> int:
    """How many different ones are behind what several processes kept."""
    smallest = sorted({each for part in parts for each in part})[:MOST]
    if len(smallest) < MOST:
        return len(smallest)
    return round((MOST - 1) * RANGE / (int(smallest[-1], 16) + 1))
