"""How often trials succeeded so far, to be looked at while a suite runs; nothing is judged by it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from licet.core.evidence.trial import Came, Trial
from licet.evidence.statistics.rates import wilson
from licet.evidence.statistics.sequence import running
from licet.services.trials import Look

LEVEL = 0.95
STOPPED = (Came.BLOCKED, Came.FALLBACK)
"""What is no success of the technique, whatever its score."""


def looks(trials: Iterable[Trial], success_at: float) -> list[Look]:
    """Each suite in each arm on each model and metric, in the order in which they come.

    A trial is a success if the model that was asked for answered and its score is at least `success_at`; errors,
    answers without a score and invalidated trials are left out. Wilson's interval is right for one look, the confidence
    sequence for any number of them; both take the trials as independent.
    """
    found: dict[tuple[str, str, str, str], list[bool]] = {}
    for each in trials:
        hits = found.setdefault((each.suite, each.arm, each.model, each.metric), [])
        if counts(each):
            hits.append(each.came not in STOPPED and each.score is not None and each.score >= success_at)
    return [look(*name, np.array(hits, dtype=np.bool_)) for name, hits in found.items()]


def counts(trial: Trial) -> bool:
    """Whether it is a success or a failure, and not a hole."""
    if trial.invalid is not None or trial.came is Came.ERROR:
        return False
    return trial.score is not None or trial.came in STOPPED


def look(suite: str, arm: str, model: str, metric: str, hits: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Look:
    """What there is to see of one of them; no interval where no trial counts."""
    if not len(hits):
        return Look(suite, arm, model, metric, 0, 0, None, None)
    seen, n = int(hits.sum()), len(hits)
    once = wilson(seen, n, level=LEVEL)
    return Look(suite, arm, model, metric, seen, n, once, running(hits, level=LEVEL, looks=[n])[0])
