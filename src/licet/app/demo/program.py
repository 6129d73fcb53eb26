"""What all demonstrations are as programs: how they end, and the bar that shows how far they are."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from licet.app.demo.play import Tell

AS_EXPECTED, OTHERWISE, NOT_PLAYED = 0, 1, 2


def options_of(prog: str, about: str | None, scenario: Path, folder: Path) -> argparse.ArgumentParser:
    """The options of a demonstration that is told act by act, with where its scenario is and where it goes."""
    options = argparse.ArgumentParser(prog=prog, description=about)
    options.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options.add_argument("--scenario", type=Path, default=scenario, help="the scenario's folder (%(default)s)")
    options.add_argument("--folder", type=Path, default=folder, help="where everything goes, made anew (%(default)s)")
    return options


def played_by(name: str, perform: Callable[[Console], int], refused: tuple[type[Exception], ...]) -> int:
    """The exit code of a performance; what it is `refused` with is said, and is `NOT_PLAYED`."""
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    # a terminal that goes away, or a `kill`, ends the processes as Ctrl-C does
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        return perform(console)
    except refused as error:
        sys.stderr.write(f"{name}: {error}\n")
        return NOT_PLAYED
    except KeyboardInterrupt:
        return 130


@contextmanager
def progress(steps: int) -> Iterator[Tell]:
    """A bar on the terminal that goes away afterwards; nothing in a pipe."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=steps)

        def tell(what: str, answers: int) -> None:
            bar.update(task, description=what or None, advance=answers)

        yield tell
