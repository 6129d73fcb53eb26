"""The gate of a demonstration, as real processes in a folder: made anew, started, and set to an instant."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from licet.adapters.workers import LocalWorkers
from licet.app.demo.processes import WORKERS, StageError, licet_command, listening, process, wait_ready
from licet.services.ports import Ack, Gone

PUSH_SECONDS = 10.0
CONFIGURED = "licet.yaml"


def state_of(folder: Path) -> Path:
    """Where the state of a demonstration's gate is."""
    return folder / ".licet"


def clear(folder: Path) -> None:
    """A folder with nothing but what marks it as a demonstration's: a configuration that says nothing yet.

    Raises `StageError` for one that is not a demonstration's, or whose gate still runs.
    """
    if folder.exists():
        if any(folder.iterdir()) and not (folder / CONFIGURED).is_file():
            raise StageError(f"`{folder}` is there and is not a demonstration's; move it away or name another folder")
        answers = LocalWorkers(state_of(folder) / "workers").status(timeout=1.0)
        if any(not isinstance(answer, Gone) for answer in answers):
            raise StageError(f"a gate still runs in `{folder}`; end that demonstration first")
        shutil.rmtree(folder)
    (folder / "rulebook").mkdir(parents=True)
    (folder / CONFIGURED).touch()


def server(around: ExitStack, what: str, log: Path, module: str, *arguments: str) -> str:
    """A server of ours in a process of its own, ended with `around`; its address. Raises `StageError`."""
    command = [sys.executable, "-m", module, *arguments]
    return listening(around.enter_context(process(what, command, log, talks=True)), log)


def model_server(around: ExitStack, folder: Path) -> str:
    """The small model that is behind every name, on a free port; its address."""
    return server(around, "model server", folder / "model.log", "licet.adapters.smollm", "0")


def start_gate(
    running: ExitStack, folder: Path, ready: str, office: str, environ: Mapping[str, str] | None = None
) -> None:
    """Start the gate, ended with `running`, and return once both addresses say that it is ready.

    Raises `StageError` if it does not come to that.
    """
    command = [str(licet_command()), "--config", str(folder / CONFIGURED), "serve"]
    gate = running.enter_context(process("gate", command, folder / "gate.log", environ=environ))
    wait_ready(ready, office, gate, folder)


def set_clock(folder: Path, at: datetime) -> None:
    """Set the gate's clock, in every worker. Raises `StageError` if one does not have it."""
    answers = LocalWorkers(state_of(folder) / "workers").set_clock(at, timeout=PUSH_SECONDS)
    if len(answers) != WORKERS or not all(isinstance(answer, Ack) for answer in answers):
        raise StageError(f"the clock was not set in {WORKERS} workers, but: {answers}")
