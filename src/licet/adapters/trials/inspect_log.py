"""Inspect's logs, `.eval` and JSON, through Inspect's own API: the header first, then the samples some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from inspect_ai.log import (
    EvalLog,
    EvalSample,
    read_eval_log,
    read_eval_log_sample_summaries,
    read_eval_log_samples_by_id,
)

from licet.adapters.trials.inspect_agreement import Scores, disagreements, edits, finished, scores_of, unfinished
from licet.adapters.trials.inspect_sample import trial_of
from licet.adapters.trials.weighing import weigh_eval, weigh_json
from licet.core.evidence.coverage import Hole
from licet.core.evidence.trial import Source, Trial
from licet.wire.trials.changed import Ended, against_receipts
from licet.wire.trials.naming import Naming, NotNamed
from licet.wire.trials.reading import Reading
from licet.wire.trials.receipts import plain_value, read_receipts, receipts_name
from licet.wire.trials.refusal import Problems, TrialsRejected, refused
from licet.wire.trials.scales import one_metric

NOT_NEEDED = {"messages", "events", "store", "attachments", "timelines", "events_data"}
"""The fields of a sample that hold what was asked and answered; they are not even read."""

AT_ONCE = 64
"""Samples that are read together."""

BUDGET = ("message_limit", "token_limit", "time_limit", "working_limit", "cost_limit", "turn_limit")

Report = Callable[[str, float], None]


def read_inspect(path: Path, digest: str, naming: Naming, report: Report) -> Reading:
    """The trials of a log whose bytes have this digest: one a sample and epoch. Raises `TrialsRejected`.

    If there are receipts of its run beside it (`receipts_name`), it is held against them.
    """
    file, place = str(path), str(path.resolve())
    if "::" in place:
        raise refused(file, "a path with `::` cannot be read; copy the log elsewhere")
    packed = path.open("rb").read(2) == b"PK"
    held = weigh_eval(path, file) if packed else None
    if not packed:
        weigh_json(path, file)
    try:
        header, samples, summaries = _read(place, packed, file, report)
    except TrialsRejected:
        raise
    except Exception as error:  # Inspect's errors are of every kind: pydantic's, zipfile's, its own
        raise refused(file, f"Inspect cannot read this log: {_first_line(error)}") from error
    trials = _trials(samples, header, naming, digest, Problems(file))
    scores = scores_of(samples)
    holes = [
        *unfinished(header, len(samples), held, file),
        *finished(header, samples, file),
        *disagreements(header, scores, summaries, file),
        *edits(samples, file),
        *_receipts(path, header, samples),
    ]
    return Reading((_source(header, samples, file, digest),), trials, tuple(holes))


def _read(place: str, packed: bool, file: str, report: Report) -> tuple[EvalLog, list[EvalSample], Scores | None]:
    if not packed:
        report(f"reading {Path(file).name}", 0.0)
        log = read_eval_log(place, format="json", exclude_fields=NOT_NEEDED)
        return log, log.samples or [], None
    header = read_eval_log(place, header_only=True, format="eval")
    summaries = read_eval_log_sample_summaries(place, format="eval")
    names = [(each.id, each.epoch) for each in summaries]
    samples: list[EvalSample] = []
    for some in _batches(names):
        report(f"reading {Path(file).name}", len(samples) / len(names))
        samples += read_eval_log_samples_by_id(place, some, concurrency=4, format="eval", exclude_fields=NOT_NEEDED)
    return header, samples, scores_of(summaries)


def _batches(names: Sequence[tuple[str | int, int]]) -> Iterator[Sequence[tuple[str | int, int]]]:
    return (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE))


def _trials(
    samples: Sequence[EvalSample], header: EvalLog, naming: Naming, digest: str, problems: Problems
) -> list[Trial]:
    trials = []
    for sample in samples:
        try:
            trials.append(trial_of(sample, header.eval, naming, digest))
        except NotNamed as error:
            problems.add(0, f"sample `{str(sample.id)[:60]}`, epoch {sample.epoch}: {error}")
    problems.check()
    return one_metric(trials)


def _source(header: EvalLog, samples: Sequence[EvalSample], file: str, digest: str) -> Source:
    spec = header.eval
    limits = ((name, getattr(spec.config, name)) for name in BUDGET)
    ids = spec.dataset.sample_ids
    return Source(
        file,
        digest,
        "inspect",
        len(samples),
        intended=None if ids is None else frozenset(map(str, ids)),
        budget=(("epochs", float(spec.config.epochs or 1)), *((name, float(value)) for name, value in limits if value)),
        retries=sum(len(sample.error_retries or ()) for sample in samples),
        made=", ".join(f"{name} {version}" for name, version in sorted(spec.packages.items()))[:300],
        status=header.status,
    )


def _receipts(path: Path, header: EvalLog, samples: Sequence[EvalSample]) -> tuple[Hole, ...]:
    beside = path.parent / receipts_name(header.eval.eval_id)
    if not beside.exists():
        return ()
    with beside.open("rb") as lines:
        receipts = read_receipts(lines, file=str(beside))
    ended = [_ended(sample) for sample in samples]
    return against_receipts(str(path), header.eval.eval_id, ended, receipts)


def _ended(sample: EvalSample) -> Ended:
    scores = {name: plain_value(score.value) for name, score in (sample.scores or {}).items()}
    return Ended(str(sample.id), sample.epoch, sample.uuid or "", scores)


def _first_line(error: Exception) -> str:
    text = (str(error) or type(error).__name__).splitlines()[0][:200]
    return "".join(letter if letter.isprintable() else "?" for letter in text)
