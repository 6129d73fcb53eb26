"""What mends which gap, in the order in which mending them makes sense, and how many tries are missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from licet.core.evidence.coverage import Gap
from licet.evidence.trials.runs import Run

AGAIN = (Gap.ARM_MISSING, Gap.ITEM_NOT_RUN, Gap.TOO_FEW_TRIES, Gap.LIMIT_HIT, Gap.ERRORS, Gap.INVALIDATED)
"""What running the missing trials mends."""

UNSOUND = (
    Gap.LOG_CHANGED,
    Gap.LOG_INCOMPLETE,
    Gap.ITEMS_CHANGED,
    Gap.SCALES_MIXED,
    Gap.JUDGES_MIXED,
    Gap.STRANGER,
    Gap.REPEATED,
)
"""What no further trial mends: the trials that there are do not hold what they should."""

OF_JUDGES = (Gap.JUDGE_NOT_VALIDATED, Gap.JUDGE_TOO_WEAK)
OF_BUDGET = (Gap.BUDGET_NOT_SPENT, Gap.STILL_RISING)

ORDER = (UNSOUND, AGAIN, OF_JUDGES, OF_BUDGET)
"""Labels of trials that have to be run again would be lost, and a budget is spent by trials: so in this order."""


def settled(mended: Sequence[Gap], left: Sequence[Gap]) -> str:
    """What a measurement closes, and what it leaves open."""
    closed = f"closes: {', '.join(mended)}"
    return f"{closed}; then still open: {', '.join(left)}" if left else f"{closed}; the rates then decide"


def missing_tries(run: Run) -> int:
    """How many tries of a run's items are missing, or came to nothing, or ended at a limit."""
    sound = run.counted & ~run.table.limits.given
    items = len(run.suite.items)
    pairs = np.unique(np.stack((run.place[sound], run.table.attempt[sound])), axis=1)
    tries = np.bincount(pairs[0].astype(np.int64), minlength=items)
    wanted = max(run.suite.attempts, int(tries.max(initial=0)))
    return int(np.maximum(0, wanted - tries).sum())
