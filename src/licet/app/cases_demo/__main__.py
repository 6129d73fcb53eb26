"""`licet demo-cases`: June 2026 as it should have been, by published procedures, criteria and clocks."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from rich.console import Console

from licet.app.cases_demo.play import COMMANDS, REGISTER, START, Play
from licet.app.cases_demo.stage import stage
from licet.app.demo.processes import StageError
from licet.app.demo.program import AS_EXPECTED, OTHERWISE, played_by, progress
from licet.app.demo.told import Act, as_json, closing, show, wrong_of
from licet.core.errors import LicetError


def main(arguments: list[str]) -> int:
    """0: everything as expected; 1: something was not; 2: it could not be played."""
    options = parser().parse_args(arguments)
    return played_by("licet demo-cases", lambda console: perform(console, options), (StageError, LicetError))


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="licet demo-cases", description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options.add_argument(
        "--scenario", type=Path, default=Path("scenarios/cases"), help="the scenario's folder (%(default)s)"
    )
    options.add_argument(
        "--folder", type=Path, default=Path(".demo-cases"), help="where everything goes, made anew (%(default)s)"
    )
    return options


def perform(console: Console, options: argparse.Namespace) -> int:
    """One performance, from an empty folder to the end of every process."""
    if not (options.scenario / "order.yaml").is_file():
        raise StageError(f"no scenario at `{options.scenario}`: run this in a clone of the repository")
    begun = time.monotonic()
    acts: list[Act] = []
    if not options.json:
        opening(console)
    with stage(options.scenario, options.folder.absolute(), START) as standing, progress(COMMANDS) as tell:
        for act in Play(standing, tell).acts():
            acts.append(act)
            if not options.json:
                show(console, act)
    pages = [options.folder / REGISTER / "index.html", options.folder / "application.zip"]
    seconds, pages = time.monotonic() - begun, [page for page in pages if page.exists()]
    if options.json:
        sys.stdout.write(json.dumps(as_json(acts, pages, seconds), indent=2) + "\n")
    else:
        closing(console, acts, pages, seconds)
    return OTHERWISE if wrong_of(acts) else AS_EXPECTED


def opening(console: Console) -> None:
    """What is played, what of it is real, and what is not."""
    console.print("June 2026 as it should have been: reasons, criteria, clocks, an appeal, a public register.")
    console.print("Real: the gate, every command and signature, every deadline. Not real: what is argued and decided.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
