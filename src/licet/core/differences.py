"""The difference between two rulebooks: who gains and who loses, when, and one of them as an example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from licet.core.change import NARROWING, WIDENING, Change
from licet.core.proof import Witness


@dataclass(frozen=True, slots=True)
class Difference:
    """One class of subjects that all meet the same change, over `[start, end)` (None: for ever).

    `witness` is one of the class at `start`.
    `count`: how many of a population are in it at `start`; None if there was no population to count.
    """

    change: Change
    operation: str
    start: datetime
    end: datetime | None
    witness: Witness
    count: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether something is lost."""
        return self.change.effect in NARROWING

    @property
    def widens(self) -> bool:
        """Whether something is gained."""
        return self.change.effect in WIDENING


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that differs between two rulebooks from `since` on.

    `complete`: no class is missing; otherwise `because` says why (a limit, with its figure).
    """

    before: str
    after: str
    since: datetime
    differences: tuple[Difference, ...]
    complete: bool
    because: str = ""
    assumptions: tuple[str, ...] = ()
    seconds: float = 0.0
