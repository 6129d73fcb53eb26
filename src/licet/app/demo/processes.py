"""The processes of the demonstration: started, waited for, and ended in order."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from licet.adapters.workers import LocalWorkers

WORKERS = 2
READY_SECONDS = 30.0
STOP_SECONDS = 30.0
"""Longer than the gate leaves open answers to finish."""


class StageError(Exception):
    """A process that did not start, a worker that did not answer; the message says where to look."""


def licet_command() -> Path:
    """The command that was installed beside this interpreter."""
    return Path(sys.executable).with_name("licet")


@contextmanager
def process(
    what: str, command: Sequence[str], log: Path, *, talks: bool = False, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended with this block, gently if it lets itself be. What it says goes to `log`.

    One that `talks` is listened to on its standard output instead.
    """
    with log.open("wb") as said:
        out = subprocess.PIPE if talks else said
        # in a group of its own: Ctrl-C reaches this program alone, which then ends its processes in order
        running = subprocess.Popen(  # noqa: S603 - our own programs, without a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=said,
            process_group=0,
            env={**os.environ, **(environ or {})},
        )
        try:
            yield running
            if running.poll() is not None:
                raise StageError(f"the {what} ended by itself with status {running.returncode}; see {log}")
        finally:
            running.terminate()
            try:
                running.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
            if running.stdout is not None:
                running.stdout.close()


def listening(model: subprocess.Popen[bytes], log: Path) -> str:
    """The address in the first line that the model server says."""
    line = model.stdout.readline() if model.stdout is not None else b""
    try:
        return str(msgspec.json.decode(line, type=dict[str, str])["listening"])
    except (msgspec.DecodeError, KeyError) as error:
        raise StageError(f"the model server did not start; {log} ends so:\n{tail(log)}") from error


def wait_ready(url: str, office: str, gate: subprocess.Popen[bytes], folder: Path) -> None:
    """Return once every worker is there, and the gate and its office say that they are ready."""
    give_up = time.monotonic() + READY_SECONDS
    workers = LocalWorkers(folder / ".licet" / "workers")
    while gate.poll() is None and time.monotonic() < give_up:
        if (
            sum(isinstance(answer, dict) for answer in workers.status(timeout=1.0)) == WORKERS
            and is_ready(url)
            and is_ready(office)
        ):
            return
        time.sleep(0.05)
    what = "ended by itself" if gate.poll() is not None else f"was not ready after {READY_SECONDS:.0f} s"
    raise StageError(f"the gate {what}; {folder / 'gate.log'} ends so:\n{tail(folder / 'gate.log')}")


def tail(log: Path) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:])


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port(wish: int) -> int:
    """The port that is wished for if nobody listens there, else any free one."""
    for port in (wish, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StageError("no free port on 127.0.0.1")
