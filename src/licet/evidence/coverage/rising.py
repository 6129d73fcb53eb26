"""Whether performance was still rising with budget: the slope of the score over what was spent, with its interval.

The slope is taken within items, so that hard items, which cost more, do not hide it (fixed effects); its error is
that of independent items, with Student's t by their number (the sandwich estimator by cluster; Cameron and Miller, A
Practitioner's Guide to Cluster-Robust Inference, 2015, section II). Scores are shares of their scale.

What was spent is measured in two ways, each where the trials tell: the number of the try, and the mean number of tokens
of an arm, in doublings. It is the arm's mean and not the trial's own number, because a refusal is short and scores
nothing: within an arm, few tokens go with low scores for a reason that no larger budget changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from licet.core.evidence.coverage import Gap, Hole
from licet.evidence.trials.runs import Run
from licet.evidence.trials.table import Numbers

Rise = tuple[float, float, float]
"""A slope with the ends of its 95 % interval, two-sided."""

LEVEL = 0.95
LEAST_STEP = 0.5
"""Arms that differ by less than half a doubling in tokens do not tell what budget does."""


def rise(runs: Sequence[Run], *, one_capability: bool) -> Rise | None:
    """The slope that rises most surely, of the ways in which spending was measured; None where nothing tells.

    `one_capability`: the arms try to bring out the same thing, and one is compared with another.
    """
    found = [over_tries(runs), over_tokens(runs) if one_capability else None]
    return max((slope for slope in found if slope is not None), key=lambda slope: slope[1], default=None)


def holes_of_rise(rising: Rise | None) -> Iterator[Hole]:
    """A hole, where the score rises with budget: what was measured is not the end."""
    if rising is not None and rising[1] > 0:
        slope, low, high = rising
        said = f"the score still rises by {slope:.3f} of its scale ({low:.3f} to {high:.3f}) with each step of budget"
        yield Hole(Gap.STILL_RISING, said)


def over_tries(runs: Sequence[Run]) -> Rise | None:
    """The slope over the number of the try, within an item and arm."""
    groups, scores, spent = [], [], []
    first = 0
    for run in runs:
        told = told_of(run)
        groups.append(run.place[told] + first)
        scores.append(shares(run)[told])
        spent.append(run.table.attempt[told].astype(np.float64))
        first += len(run.suite.items)
    return slope_within(groups, scores, spent)


def over_tokens(runs: Sequence[Run]) -> Rise | None:
    """The slope over doublings of the tokens that the trials of an arm used on average, within an item."""
    groups, scores, spent = [], [], []
    firsts: dict[str, int] = {}
    for run in runs:
        told = told_of(run)
        used = run.table.tokens[told]
        mean = float(used.mean()) if len(used) else 0.0
        if not mean > 0:
            continue
        first = firsts.setdefault(run.suite.name, sum(len(each.suite.items) for each in runs) * len(firsts))
        groups.append(run.place[told] + first)
        scores.append(shares(run)[told])
        spent.append(np.full(len(used), np.log2(mean)))
    steps = [float(each[0]) for each in spent]
    if len(steps) < 2 or max(steps) - min(steps) < LEAST_STEP:
        return None
    return slope_within(groups, scores, spent)


def told_of(run: Run) -> NDArray[np.bool_]:
    """Which trials tell how well the model did: it answered, was scored, and nobody invalidated it."""
    return run.counted & run.table.scored & ~run.table.stopped


def shares(run: Run) -> Numbers:
    """The scores as shares of their scale, of shape (trials,)."""
    table = run.table
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((table.score - table.low) / (table.high - table.low), dtype=np.float64)


def slope_within(groups: list[NDArray[np.int64]], scores: list[Numbers], spent: list[Numbers]) -> Rise | None:
    """The slope of the score over what was spent, within groups; None where no group was tried at two budgets.

    None too where no score differs from another: that every try failed is said by the rates, not by a slope.
    """
    if not groups:
        return None
    _, group = np.unique(np.concatenate(groups), return_inverse=True)
    x, y = within(group, np.concatenate(spent)), within(group, np.concatenate(scores))
    squares = np.bincount(group, weights=x * x)
    varying = int((squares > 1e-9).sum())
    if varying < 2 or not np.isfinite(y).all() or not (np.abs(y) > 1e-12).any():
        return None
    slope = float((x * y).sum() / squares.sum())
    each = np.bincount(group, weights=x * (y - slope * x))
    error = float(np.sqrt((each * each).sum() * varying / (varying - 1)) / squares.sum())
    reach = float(stats.t.ppf((1 + LEVEL) / 2, varying - 1)) * error
    return slope, slope - reach, slope + reach


def within(group: NDArray[np.int64], values: Numbers) -> Numbers:
    """Values less the mean of their group."""
    totals = np.bincount(group, weights=values) / np.bincount(group)
    return np.asarray(values - totals[group], dtype=np.float64)
