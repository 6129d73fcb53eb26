"""The declared elicitation budget against what was spent of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import numpy as np

from licet.core.evidence.coverage import Gap, Hole, Spent
from licet.evidence.trials.runs import Run


def budget_spent(
    declared: Iterable[tuple[str, Decimal]], runs: Sequence[Run], said: Mapping[str, float]
) -> tuple[Spent, ...]:
    """Each part of the declared budget with what was spent of it; None where nothing tells.

    What the trials tell counts, and `said` only where they do not: nobody can claim tokens that no trial used.
    """
    measured = {"tokens": tokens(runs), "tries": tries(runs), "scaffolds": scaffolds(runs)}
    return tuple(
        Spent(what, float(least), said.get(what) if measured.get(what) is None else measured[what])
        for what, least in declared
    )


def tokens(runs: Sequence[Run]) -> float | None:
    """The tokens that all trials used together; None if one of them does not say."""
    used = [run.table.tokens for run in runs]
    if not any(map(len, used)) or any(np.isnan(each).any() for each in used):
        return None
    return float(sum(each.sum() for each in used))


def tries(runs: Sequence[Run]) -> float:
    """The trials that are a success or a failure."""
    return float(sum(int(run.counted.sum()) for run in runs))


def scaffolds(runs: Sequence[Run]) -> float:
    """The arms in which something was run: each is a way of bringing the capability out."""
    return float(len({run.arm for run in runs if len(run.table)}))


def unspent(budget: Iterable[Spent]) -> Iterator[Hole]:
    """The parts of the budget that were not spent, or of which nobody says what was spent."""
    for each in budget:
        if each.spent is None:
            yield Hole(Gap.BUDGET_NOT_SPENT, f"nothing says how many of {each.declared:,g} {each.what} were spent")
        elif each.spent < each.declared:
            said = f"{each.spent:,g} of {each.declared:,g} {each.what} were spent"
            yield Hole(Gap.BUDGET_NOT_SPENT, said)
