"""How often one run's trials succeeded, with one-sided bounds at both ends, and corrected for the judge's error.

Tries of an item are not independent, and neither are items of a family that stand for a population: a group counts as
one trial whose outcome is its mean. That is never narrower than what is true of any agreement within groups, and it
has what an estimated design effect has not: one more success never lowers the upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from licet.core.evidence.estimate import Estimand, Estimate, Sides
from licet.core.evidence.judgement import FamilyRate
from licet.evidence.statistics.rates import EXACT, exact_of
from licet.evidence.trials.correction import Correction
from licet.evidence.trials.runs import Places, Run
from licet.evidence.trials.table import Mask


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One run as it was measured: `observed` as counted, `rate` corrected for the judge's error where it is known.

    Either end of their intervals is a one-sided bound at the threshold's confidence. `surely` is the rate at the
    confidence that is left for each of several runs when one of them alone decides.
    """

    run: Run
    observed: Estimate
    rate: Estimate
    surely: Estimate


def measured(run: Run, at: float, confidence: float, correction: Correction, looks: int) -> Measured | None:
    """One run's rate of success, a score of at least `at`; None if no trial of it counts.

    `looks` is how many runs are looked at for one that decides alone (Bonferroni).
    """
    if not run.counted.any():
        return None
    hits = run.table.success(at)[run.counted]
    groups = run.cluster[run.counted]
    estimand = Estimand.POPULATION if run.suite.stands_for else Estimand.ITEMS
    method = f"{EXACT} by {'family' if run.suite.stands_for else 'item'}"
    observed = rate_by_group(hits, groups, confidence, estimand, method)
    sure = rate_by_group(hits, groups, 1 - (1 - confidence) / looks, estimand, method) if looks > 1 else observed
    rate = correction.of(observed)
    return Measured(run, observed, rate, correction.of(sure) if looks > 1 else rate)


def rate_by_group(hits: Mask, groups: Places, confidence: float, estimand: Estimand, method: str) -> Estimate:
    """The rate of hits over groups, both of shape (trials,), each group counting as one trial with its mean.

    Each end of the interval is a one-sided bound at `confidence`, so that the interval's own level is lower.
    """
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group)
    total = float((np.bincount(group, weights=hits) / sizes).sum())
    count = len(sizes)
    alone = count == len(hits)
    interval = exact_of(total, float(count), 2 * confidence - 1, Sides.BOTH, EXACT if alone else method)
    return Estimate(total / count, interval, len(hits), estimand, int(hits.sum()), count)


def family_rates(runs: list[Run], at: float) -> tuple[FamilyRate, ...]:
    """How often the trials of each family succeeded, over all runs, as counted; the families in their order."""
    families: dict[str, list[tuple[Mask, Places]]] = {}
    for first, run in enumerate(runs):
        hits, family, item = (each[run.counted] for each in (run.table.success(at), run.family, run.place))
        order = np.argsort(family, kind="stable")
        starts = np.flatnonzero(np.diff(family[order], prepend=-1))
        parts = (np.split(column[order], starts[1:]) for column in (hits, item + first * 2**32))
        for place, hit, of in zip(family[order][starts], *parts, strict=True):
            families.setdefault(run.suite.families[place], []).append((hit, of))
    return tuple(FamilyRate(family, family_rate(families[family])) for family in sorted(families))


def family_rate(parts: list[tuple[Mask, Places]]) -> Estimate:
    """The rate of one family over its runs; each part has the hits and the items of one run."""
    hits, items = (np.concatenate(column) for column in zip(*parts, strict=True))
    return rate_by_group(hits, items, *AS_SHOWN)


AS_SHOWN = (0.975, Estimand.ITEMS, f"{EXACT} by item")
"""A family's rate is about its items, with a two-sided interval of 95 %."""
