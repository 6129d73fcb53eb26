"""The hook that writes receipts beside a log, while the run goes on. It collects and never enforces.

Inspect swallows a hook's errors: a missing receipt is noticed by whoever reads the log with its receipts, not here.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from inspect_ai.hooks import Hooks, SampleEnd, TaskEnd, TaskStart, hooks
from inspect_ai.log import EvalSample
from inspect_ai.log._samples import sample_active  # the one place that says where a log is while it is written

from licet.wire.trials.receipts import digest_of, receipt, receipts_name


@hooks(name="licet_receipts", description="A chain of receipts beside each log of Licet's tasks (spec/trials.md)")
class Receipts(Hooks):
    """One line for each sample as it ends, in the log's folder; only for tasks of Licet, and logs on this machine."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}

    async def on_task_start(self, data: TaskStart) -> None:
        """A task begins."""
        if "licet" in (data.spec.metadata or {}):
            self._last[data.eval_id] = ""

    async def on_sample_end(self, data: SampleEnd) -> None:
        """A sample ended."""
        active = sample_active()
        folder = folder_of(active.log_location) if active is not None else None
        if folder is None or data.eval_id not in self._last:
            return
        line = line_of(data.eval_id, data.sample, self._last[data.eval_id])
        with (folder / receipts_name(data.eval_id)).open("ab") as file:
            file.write(line)
        self._last[data.eval_id] = digest_of(line)

    async def on_task_end(self, data: TaskEnd) -> None:
        """A task is over."""
        self._last.pop(data.eval_id, None)


def line_of(log: str, sample: EvalSample, previous: str) -> bytes:
    """The receipt of a sample."""
    return receipt(
        log=log,
        sample=sample.id,
        epoch=sample.epoch,
        uuid=sample.uuid,
        scores={name: score.value for name, score in (sample.scores or {}).items()},
        error=sample.error is not None,
        at=str(sample.completed_at or sample.started_at or ""),
        previous=previous,
    )


def folder_of(location: str) -> Path | None:
    """The folder of a log on this machine; None for one elsewhere."""
    parts = urlsplit(location)
    match parts.scheme:
        case "":
            return Path(location).parent
        case "file":
            return Path(url2pathname(parts.path)).parent
        case _:
            return None
