"""Running a task from a program: an evaluation without a display, that tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from contextvars import ContextVar
from io import StringIO
from pathlib import Path

from inspect_ai import eval as evaluate
from inspect_ai.hooks import Hooks, SampleEnd, hooks
from inspect_ai.model import Model, get_model

from licet.core.errors import LicetError
from licet.evals.receipts import folder_of

Tell = Callable[[], None]
ANSWERS_AT_ONCE = 4

_tell: ContextVar[Tell | None] = ContextVar("licet_tell", default=None)


class RunFailed(LicetError):
    """An evaluation that did not come to its end."""


@hooks(name="licet_telling", description="Tells a program that runs an evaluation of each sample that ended")
class Telling(Hooks):
    """Calls what `run` was given, after each sample."""

    async def on_sample_end(self, data: SampleEnd) -> None:  # noqa: ARG002 - Inspect's signature
        """A sample ended."""
        tell = _tell.get()
        if tell is not None:
            tell()


def run(
    task: str,
    *,
    model: str | Model,
    log_dir: Path,
    base_url: str | None = None,
    api_key: str | None = None,
    args: Mapping[str, str | int | float | bool] | None = None,
    limit: int | None = None,
    at_once: int = ANSWERS_AT_ONCE,
    tell: Tell | None = None,
) -> Path:
    """Run one of Licet's tasks (`breadth`, `counterfactual`, `patch`, `benign-cost`) and give the log's path.

    `model` is as Inspect names it, `openai-api/<name>/<model>` for any OpenAI-compatible server at `base_url` (with
    `/v1`); `args` are the task's arguments. `limit` runs so many items only, which judgements count as a hole.
    `at_once` requests are under way together; `tell` is called after each sample. Not to be called inside a running
    event loop. Raises `EvalsRejected` for files that no task runs with, and `RunFailed` with what Inspect says.
    """
    token = _tell.set(tell)
    try:
        with redirect_stdout(StringIO()):  # Inspect greets on it, whatever the display
            asked = model if isinstance(model, Model) else get_model(model, base_url=base_url, api_key=api_key)
            [log] = evaluate(
                f"licet/{task}",
                model=asked,
                task_args=dict(args or {}),
                limit=limit,
                log_dir=str(log_dir),
                log_format="eval",
                log_level="error",
                display="none",
                max_connections=at_once,
                score_display=False,
            )
    finally:
        _tell.reset(token)
    if log.status != "success":
        raise RunFailed(f"`{task}` ended with `{log.status}`: {log.error.message if log.error else 'no reason given'}")
    folder = folder_of(log.location)
    if folder is None:
        raise RunFailed(f"the log of `{task}` is not on this machine")
    return folder / Path(log.location).name
