"""One scale a metric: StrongREJECT's 0 to 1 and its 0 to 5 are not to be mixed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from licet.core.evidence.trial import Source, Trial
from licet.wire.trials.refusal import refused

Scale = tuple[float, float]


def two_scales(metric: str, first: Scale, second: Scale) -> str:
    """What is said of a metric with two scales."""
    ranges = " and ".join(f"from {low:g} to {high:g}" for low, high in (first, second))
    return f"`{metric}` has two scales: {ranges}; bring them onto one, or judge them apart"


def check_scales(trials: Iterable[Trial], sources: Iterable[Source]) -> None:
    """Raises `TrialsRejected` if, over all trials of all sources, one metric has two scales; both are named."""
    files = {source.digest: source.file for source in sources}
    first: dict[str, tuple[Scale, str]] = {}
    for trial in trials:
        scale = (trial.low, trial.high)
        known, source = first.setdefault(trial.metric, (scale, trial.source))
        if known != scale:
            where = files.get(trial.source, "trials")
            said = two_scales(trial.metric, known, scale)
            raise refused(where, said + (f" (the first in `{files[source]}`)" if source in files else ""))


NO_METRIC = "none"
"""The metric of a trial for which no score was written down."""


def one_metric(trials: Sequence[Trial]) -> list[Trial]:
    """The same trials; those without a score under the log's metric, scale and judge, if it has only one of each.

    An error is a hole of the measurement that was meant, not a measurement by something else.
    """
    known = {(each.metric, each.low, each.high, each.judge) for each in trials if each.metric != NO_METRIC}
    if len(known) != 1:
        return list(trials)
    metric, low, high, judge = known.pop()
    return [
        replace(each, metric=metric, low=low, high=high, judge=judge) if each.metric == NO_METRIC else each
        for each in trials
    ]
