"""A bar for what takes long: only on a terminal, and only once two seconds have passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

PATIENCE = 2.0
"""Seconds after which people begin to wonder."""


def tracked(
    lines: Iterable[bytes], size: int, label: str, *, stream: TextIO, stopwatch: Callable[[], float]
) -> Iterator[bytes]:
    """The same lines; how many of `size` bytes have passed is shown on `stream`."""
    if not stream.isatty():
        yield from lines
        return
    start, passed, shown = stopwatch(), 0, False
    columns = (TextColumn(label, markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(file=stream), transient=True, refresh_per_second=5)
    task = progress.add_task(label, total=size)
    try:
        for line in lines:
            yield line
            passed += len(line)
            if not shown and stopwatch() - start > PATIENCE:
                progress.start()
                shown = True
            if shown:
                progress.update(task, completed=passed)
    finally:
        if shown:
            progress.stop()


@contextmanager
def reported(*, stream: TextIO, stopwatch: Callable[[], float]) -> Iterator[Callable[[str, float], None]]:
    """What to tell how far something is: what is being done, and which part of it is (0 to 1). Any thread may."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    progress = Progress(*columns, console=Console(file=stream), transient=True, refresh_per_second=5)
    task, start, visible = progress.add_task("", total=1.0), stopwatch(), stream.isatty()

    def report(what: str, part: float) -> None:
        if visible and stopwatch() - start > PATIENCE:
            progress.start()
            progress.update(task, description=what, completed=part)

    try:
        yield report
    finally:
        if progress.live.is_started:
            progress.stop()
