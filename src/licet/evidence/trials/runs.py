"""One suite in one arm, as it was run: the trials that fit its manifest, in an order that is always the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from licet.core.evidence.suite import Suite
from licet.evidence.trials.table import Mask, Table

Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Run:
    """One suite in one arm.

    `table` are the trials of items that the manifest has, by item, then by try, whatever order they came in; `place`,
    of shape (trials,), is each one's item as a place in the manifest, and `strangers` the names that it does not have,
    with how many trials had one. `scored` is False where only what came of a trial matters.
    """

    suite: Suite
    arm: str
    table: Table
    place: Places
    strangers: tuple[str, ...]
    strange: int
    scored: bool = True

    @cached_property
    def failed(self) -> Mask:
        """Which trials are neither a success nor a failure, though nobody invalidated them."""
        holes = self.table.holes if self.scored else self.table.broken
        return holes & ~self.table.reasons.given

    @cached_property
    def counted(self) -> Mask:
        """Which trials are a success or a failure."""
        return ~(self.failed | self.table.reasons.given)

    @cached_property
    def cluster(self) -> Places:
        """Which independent group each trial belongs to, of shape (trials,).

        Its item; or the item's family, as the manifest has it, where the items stand for a population.
        """
        return self.family if self.suite.stands_for else self.place

    @cached_property
    def family(self) -> Places:
        """Each trial's family, as a place in the manifest's families; what the trial says of it counts for nothing."""
        places = {family: place for place, family in enumerate(self.suite.families)}
        families = np.array([places[item.family] for item in self.suite.items], dtype=np.int64)
        return families[self.place]

    @property
    def groups(self) -> int:
        """How many independent groups have a trial that counts."""
        return len(np.unique(self.cluster[self.counted]))

    def named(self, mask: NDArray[Any]) -> tuple[str, ...]:
        """The items of some of the trials, each once, in the manifest's order."""
        return tuple(self.suite.items[place].name for place in np.unique(self.place[mask]))


def runs_of(table: Table, suite: Suite, arm: str, *, scored: bool = True) -> Run:
    """The trials of one suite in one arm."""
    of_both = table.where(table.suites.equal(suite.name) & table.arms.equal(arm))
    places = {item.name: place for place, item in enumerate(suite.items)}
    by_code = np.array([places.get(name, -1) for name in of_both.names.values], dtype=np.int64)
    place = by_code[of_both.names.codes] if len(of_both) else np.empty(0, dtype=np.int64)
    stray = of_both.where(place < 0)
    order = np.lexsort((of_both.score, of_both.attempt, place))
    order = order[place[order] >= 0]
    return Run(suite, arm, of_both.where(order), place[order], stray.items, len(stray), scored)
