"""Licet as it is installed: `licet init`, `licet serve`, one worker, everything on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.servers import Server


@contextmanager
def serving(name: str, folder: Path) -> Iterator[Server]:
    """A gate in front of the upstream, in a state directory under `folder`."""
    raise NotImplementedError
    yield
