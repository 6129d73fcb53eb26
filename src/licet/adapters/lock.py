"""One gate at a time on a state directory: two would take each other's sockets, and pushes would miss one of them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from licet.services.ports import StoreUnavailable

FILE = "gate.lock"


class GateRuns(StoreUnavailable):
    """Another gate serves from this state directory."""


@contextmanager
def only_gate(state: Path) -> Iterator[None]:
    """Hold the state directory for one gate. The system lets go of it when the process ends, however it ends.

    Raises `GateRuns` that names the other process, or `StoreUnavailable`.
    """
    path = state / FILE
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailable(f"cannot lock `{path}`: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            other = os.read(descriptor, 20).decode("ascii", "replace").strip()
            raise GateRuns(f"another gate (process {other}) serves from `{state}`: end it first") from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
