"""Whether an Inspect log agrees with itself: what it says of its samples, recomputed from its samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary

from licet.adapters.trials.inspect_sample import number_of
from licet.core.evidence.coverage import Hole
from licet.wire.trials.changed import count_of, listed
from licet.wire.trials.naming import NotNamed
from licet.wire.trials.reading import changed, incomplete
from licet.wire.trials.receipts import plain_value

CLOSE = 1e-6
MEANS = frozenset({"mean", "accuracy"})
"""The metrics that are recomputed: every log has one of them, and no edit of a score leaves both of it and the samples'
reduced scores as they were."""

Scores = Mapping[tuple[str, int], Mapping[str, Any]]
"""Of each sample that ended without an error, by its name and epoch, the values by scorer."""


def scores_of(samples: Iterable[EvalSample | EvalSampleSummary]) -> Scores:
    """What samples were scored."""
    return {
        (str(each.id), each.epoch): {name: score.value for name, score in (each.scores or {}).items()}
        for each in samples
        if each.error is None
    }


def disagreements(log: EvalLog, samples: Scores, summaries: Scores | None, file: str) -> Iterator[Hole]:
    """Where the log's results, reductions or summaries are not what its samples give; `samples` are all of them."""
    if summaries is not None:
        other = [
            name for (name, epoch), values in samples.items() if _plain(values) != _plain(summaries.get((name, epoch)))
        ]
        if other:
            said = f"`{file}`: {count_of(other)} scored otherwise than the log's own summary says: {listed(other)}"
            yield changed(said, other, len(other))
    yield from _reductions(log, samples, file)
    yield from _results(log, samples, file)


def _plain(values: Mapping[str, Any] | None) -> object:
    return None if values is None else {name: plain_value(value) for name, value in values.items()}


def _reductions(log: EvalLog, samples: Scores, file: str) -> Iterator[Hole]:
    for reduction in log.reductions or []:
        if reduction.reducer not in (None, "mean"):
            continue
        means = _means(samples, reduction.scorer, "")
        other = [
            str(each.sample_id)
            for each in reduction.samples
            if not _alike(means.get(str(each.sample_id)), _number(each.value, ""))
        ]
        if other:
            told = f"{count_of(other)} scored otherwise than the log's reduced scores say"
            yield changed(f"`{file}`: {told}: {listed(other)}", other, len(other))


def _results(log: EvalLog, samples: Scores, file: str) -> Iterator[Hole]:
    for score in log.results.scores if log.results else []:
        if score.reducer not in (None, "mean"):
            continue
        found = [each for each in _means(samples, score.scorer, score.name).values() if each is not None]
        for name, metric in score.metrics.items():
            if metric.name not in MEANS or metric.params or metric.group or not found:
                continue
            if not _alike(fmean(found), float(metric.value)):
                said = f"`{file}` says that the {name} of `{score.name}` is {metric.value:g}; its samples give "
                yield changed(f"{said}{fmean(found):g}", count=1)


def _means(samples: Scores, scorer: str, key: str) -> dict[str, float | None]:
    """Each item's mean over its epochs, of what could be scored; None where nothing could, or it is no number."""
    values: dict[str, list[float]] = {}
    for (name, _), scores in samples.items():
        if scorer in scores:
            number = _number(scores[scorer], key)
            values.setdefault(name, []).extend([] if number is None else [number])
    return {name: fmean(found) if found else None for name, found in values.items()}


def _number(value: Any, key: str) -> float | None:
    try:
        return number_of(value, f".{key}")
    except NotNamed:
        return None


def _alike(first: float | None, second: float | None) -> bool:
    if first is None or second is None:
        return True
    return abs(first - second) <= CLOSE * max(1.0, abs(first), abs(second))


def edits(samples: Iterable[EvalSample], file: str) -> list[Hole]:
    """Scores that somebody edited, by Inspect's own history of them."""
    edited = [sample for sample in samples if any(each.history for each in (sample.scores or {}).values())]
    if not edited:
        return []
    names = [str(sample.id) for sample in edited]
    who = {
        each.provenance.author
        for sample in edited
        for score in (sample.scores or {}).values()
        for each in score.history
        if each.provenance is not None
    }
    by = f" by {', '.join(sorted(who))[:200]}" if who else ""
    return [changed(f"`{file}`: {count_of(names)} whose score was edited{by}: {listed(names)}", names, len(names))]


def unfinished(log: EvalLog, read: int, held: int | None, file: str) -> Iterator[Hole]:
    """What the header says of the run that keeps it from being whole. `held` counts the samples in the file itself."""
    spec, config = log.eval, log.eval.config
    if log.status != "success":
        yield incomplete(f"`{file}` did not end well: its status is `{log.status}`")
    if config.limit is not None:
        yield incomplete(f"`{file}` was run with `limit` {_limit(config.limit)}: not with every item of its dataset")
    if config.sample_id is not None:
        yield incomplete(f"`{file}` was run with `sample_id`: with chosen items of its dataset")
    intended = len(spec.dataset.sample_ids or ()) * (config.epochs or 1)
    total = log.results.total_samples if log.results else intended
    if read < total:
        yield incomplete(f"`{file}` was to run {total} samples and holds {read}", count=total - read)
    elif read > max(total, intended):
        yield changed(f"`{file}` was to run {total} samples and holds {read}", count=read - total)
    if held is not None and held != read:
        yield changed(f"`{file}` holds {held} samples, of which its summaries name {read}", count=abs(held - read))


def _limit(limit: int | tuple[int, int]) -> str:
    return str(limit) if isinstance(limit, int) else f"{limit[0]} to {limit[1]}"


def finished(log: EvalLog, samples: Sequence[EvalSample], file: str) -> Iterator[Hole]:
    """Whether as many samples ended without an error as the header counted."""
    completed = sum(sample.error is None for sample in samples)
    told = log.results.completed_samples if log.results else completed
    if told != completed:
        yield changed(
            f"`{file}` says that {told} samples were completed; {completed} were", count=abs(told - completed)
        )
