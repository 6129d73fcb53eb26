"""`licet demo-cases`: June 2026 as it should have been, by published procedures, criteria and clocks."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console

from licet.app.cases_demo.play import COMMANDS, REGISTER, START, Play
from licet.app.cases_demo.stage import stage
from licet.app.demo.processes import StageError
from licet.app.demo.program import AS_EXPECTED, OTHERWISE, options_of, played_by, progress
from licet.app.demo.told import ended, watched, wrong_of
from licet.core.errors import LicetError

NAME = "licet demo-cases"


def main(arguments: list[str]) -> int:
    """0: everything as expected; 1: something was not; 2: it could not be played."""
    defaults = (Path("scenarios/cases"), Path(".demo-cases"))
    options = options_of(NAME, __doc__, *defaults).parse_args(arguments)
    return played_by(NAME, lambda console: perform(console, options), (StageError, LicetError))


def perform(console: Console, options: argparse.Namespace) -> int:
    """One performance, from an empty folder to the end of every process."""
    if not (options.scenario / "order.yaml").is_file():
        raise StageError(f"no scenario at `{options.scenario}`: run this in a clone of the repository")
    begun = time.monotonic()
    shown = None if options.json else console
    if shown is not None:
        opening(shown)
    with stage(options.scenario, options.folder.absolute(), START) as standing, progress(COMMANDS) as tell:
        acts = watched(shown, Play(standing, tell).acts())
    pages = [options.folder / REGISTER / "index.html", options.folder / "application.zip"]
    ended(shown, acts, [page for page in pages if page.exists()], time.monotonic() - begun)
    return OTHERWISE if wrong_of(acts) else AS_EXPECTED


def opening(console: Console) -> None:
    """What is played, what of it is real, and what is not."""
    console.print("June 2026 as it should have been: reasons, criteria, clocks, an appeal, a public register.")
    console.print("Real: the gate, every command and signature, every deadline. Not real: what is argued and decided.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
