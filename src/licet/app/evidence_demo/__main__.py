"""`licet demo-evidence`: the dispute of June on stand-ins, measured, judged, and what the law makes of it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from rich.console import Console

from licet.app.demo.processes import StageError
from licet.app.demo.program import AS_EXPECTED, OTHERWISE, played_by, progress
from licet.app.demo.told import Act, as_json, closing, show, wrong_of
from licet.app.evidence_demo.campaign import samples_of
from licet.app.evidence_demo.opening import opening
from licet.app.evidence_demo.play import COMMANDS, START, Play
from licet.app.evidence_demo.scenery import Scenery
from licet.app.evidence_demo.stage import stage
from licet.core.errors import LicetError


def main(arguments: list[str]) -> int:
    """0: everything as expected; 1: something was not; 2: it could not be played."""
    options = parser().parse_args(arguments)
    return played_by("licet demo-evidence", lambda console: perform(console, options), (StageError, LicetError))


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="licet demo-evidence", description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options.add_argument(
        "--scenario", type=Path, default=Path("scenarios/evidence"), help="the scenario's folder (%(default)s)"
    )
    options.add_argument(
        "--folder", type=Path, default=Path(".demo-evidence"), help="where everything goes, made anew (%(default)s)"
    )
    return options


def perform(console: Console, options: argparse.Namespace) -> int:
    """One performance, from an empty folder to the end of every process."""
    begun = time.monotonic()
    scenery = Scenery(options.scenario)
    acts: list[Act] = []
    steps = samples_of(scenery) + COMMANDS
    if not options.json:
        opening(console, samples_of(scenery))
    with stage(scenery, options.folder.absolute(), START) as standing, progress(steps) as tell:
        for act in Play(standing, scenery, tell).acts():
            acts.append(act)
            if not options.json:
                show(console, act)
    seconds, pages = time.monotonic() - begun, sorted(options.folder.glob("pages/*.html"))
    if options.json:
        sys.stdout.write(json.dumps(as_json(acts, pages, seconds), indent=2) + "\n")
    else:
        closing(console, acts, pages, seconds)
    return OTHERWISE if wrong_of(acts) else AS_EXPECTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
