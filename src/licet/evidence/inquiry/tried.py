"""One arm over its suites: which tries were successes, of which items and families, and at what rate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from licet.core.evidence.estimate import Estimand, Estimate, Interval, Sides
from licet.core.evidence.judgement import FamilyRate, JudgeQuality
from licet.core.evidence.suite import Item, Suite
from licet.evidence.coverage.rising import shares
from licet.evidence.statistics.rates import EXACT, exact_of, rate
from licet.evidence.trials.correction import Correction
from licet.evidence.trials.runs import Run, runs_of
from licet.evidence.trials.table import Mask, Numbers, Table, joined

Places = NDArray[np.int64]
NO_TRIAL = "no trial"


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """The trials of one arm that count, in an order that is always the same.

    `items` are those of all suites and `families` their families, each once; `item` and `family`, of shape (trials,),
    say by place which a trial is of. `hits` are the successes of what the safeguard should prevent, and `scores` the
    scores as shares of their scale, 0 where the model did not answer. `estimand` is the population only if each suite
    stands for one.
    """

    arm: str
    items: tuple[Item, ...]
    families: tuple[str, ...]
    item: Places
    family: Places
    hits: Mask
    scores: Numbers
    outcomes: NDArray[np.int64]
    estimand: Estimand

    def __len__(self) -> int:
        return len(self.item)

    def where(self, mask: Mask) -> Tried:
        """These trials only."""
        return replace(
            self,
            item=self.item[mask],
            family=self.family[mask],
            hits=self.hits[mask],
            scores=self.scores[mask],
            outcomes=self.outcomes[mask],
        )

    def counting(self, values: Mask) -> Tried:
        """The same trials, with something else as what is counted."""
        return replace(self, hits=values)

    @property
    def clusters(self) -> Places:
        """The independent group of each trial: its family where items stand for a population, else its item."""
        return self.family if self.estimand is Estimand.POPULATION else self.item

    def by_item(self, values: NDArray[np.generic]) -> Numbers:
        """The mean of a value of each trial, by item: shape (items,), NaN where an item has no trial."""
        sums = np.bincount(self.item, weights=values.astype(np.float64), minlength=len(self.items))
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / np.bincount(self.item, minlength=len(self.items)), dtype=np.float64)


def tried(table: Table, suites: Iterable[Suite], arm: str, success_at: float, *, scored: bool = True) -> Tried:
    """The trials of one arm in these suites. Items' names tell items apart within a suite only."""
    runs = [runs_of(table, suite, arm, scored=scored) for suite in suites]
    items = tuple(item for run in runs for item in run.suite.items)
    families = tuple(sorted({item.family for item in items}))
    places = {family: place for place, family in enumerate(families)}
    family_of = np.array([places[item.family] for item in items], dtype=np.int64)
    firsts = np.cumsum([0, *(len(run.suite.items) for run in runs)])
    item = joined([run.place[run.counted] + first for run, first in zip(runs, firsts, strict=False)], np.int64)
    stands = bool(runs) and all(run.suite.stands_for for run in runs)
    return Tried(
        arm,
        items,
        families,
        item,
        family_of[item] if items else item,
        joined([run.table.success(success_at)[run.counted] for run in runs], np.bool_),
        joined([scores_of(run) for run in runs], np.float64),
        joined([run.table.outcomes.codes[run.counted].astype(np.int64) for run in runs], np.int64),
        Estimand.POPULATION if stands else Estimand.ITEMS,
    )


def scores_of(run: Run) -> Numbers:
    """The scores of what counts, as shares of their scale; 0 where the model that was asked for did not answer."""
    scores = np.where(run.table.stopped, 0.0, np.nan_to_num(shares(run), nan=0.0))
    return np.asarray(scores[run.counted], dtype=np.float64)


def rate_of(
    arm: Tried, values: NDArray[np.generic] | None = None, *, level: float, sides: Sides = Sides.BOTH
) -> Estimate:
    """How often something happened in an arm: its successes, or what `values` says of each trial.

    Tries of one item are not independent: each item counts as one trial with its mean, each family where items stand
    for a population. That is never narrower than what is true of any agreement within groups, and one more success
    never lowers a bound (`threshold/measured.py` does the same). Of one item alone, its tries are the trials.
    """
    counted = arm.hits if values is None else values
    if not len(arm):
        return Estimate(0.0, Interval(0.0, 1.0, level, NO_TRIAL, sides), 0, arm.estimand, 0, 0)
    _, group = np.unique(arm.clusters, return_inverse=True)
    sizes = np.bincount(group)
    if arm.estimand is Estimand.ITEMS and len(sizes) in (1, len(arm)):
        return rate(int(counted.sum()), len(arm), level=level, sides=sides)
    total, count = float((np.bincount(group, weights=counted) / sizes).sum()), len(sizes)
    method = f"{EXACT} by {'family' if arm.estimand is Estimand.POPULATION else 'item'}"
    interval = exact_of(total, float(count), level, sides, method)
    return Estimate(total / count, interval, len(arm), arm.estimand, int(counted.sum()), count)


def true_rate(observed: Estimate, quality: JudgeQuality | None, seed: int) -> Estimate:
    """The rate behind an observed one, where it is known how often the judge errs; else the observed."""
    return Correction(quality, seed).of(observed)


def bounds_of(arm: Tried, quality: JudgeQuality | None, level: float, seed: int) -> tuple[float, float]:
    """The one-sided bounds of an arm's rate, lower and upper, each at the whole level, with the judge's error."""
    low = true_rate(rate_of(arm, level=level, sides=Sides.LOWER), quality, seed).interval.low
    high = true_rate(rate_of(arm, level=level, sides=Sides.UPPER), quality, seed).interval.high
    return low, high


def family_rates(arm: Tried, level: float) -> tuple[FamilyRate, ...]:
    """How often it worked in each family; within a family, its items are what there is."""
    return tuple(
        FamilyRate(family, rate_of(of_items(arm.where(arm.family == place)), level=level))
        for place, family in enumerate(arm.families)
    )


def of_items(arm: Tried) -> Tried:
    """The same trials, for an estimate about these items."""
    return replace(arm, estimand=Estimand.ITEMS)
