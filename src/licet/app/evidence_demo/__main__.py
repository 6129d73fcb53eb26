"""`licet demo-evidence`: the dispute of June on stand-ins, measured, judged, and what the law makes of it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console

from licet.app.demo.processes import StageError
from licet.app.demo.program import AS_EXPECTED, OTHERWISE, options_of, played_by, progress
from licet.app.demo.told import ended, watched, wrong_of
from licet.app.evidence_demo.campaign import samples_of
from licet.app.evidence_demo.opening import opening
from licet.app.evidence_demo.play import COMMANDS, START, Play
from licet.app.evidence_demo.scenery import Scenery
from licet.app.evidence_demo.stage import stage
from licet.core.errors import LicetError

NAME = "licet demo-evidence"


def main(arguments: list[str]) -> int:
    """0: everything as expected; 1: something was not; 2: it could not be played."""
    defaults = (Path("scenarios/evidence"), Path(".demo-evidence"))
    options = options_of(NAME, __doc__, *defaults).parse_args(arguments)
    return played_by(NAME, lambda console: perform(console, options), (StageError, LicetError))


def perform(console: Console, options: argparse.Namespace) -> int:
    """One performance, from an empty folder to the end of every process."""
    begun = time.monotonic()
    shown = None if options.json else console
    scenery = Scenery(options.scenario)
    samples = samples_of(scenery)
    if shown is not None:
        opening(shown, samples)
    folder = options.folder.absolute()
    with stage(scenery, folder, START) as standing, progress(samples + COMMANDS) as tell:
        acts = watched(shown, Play(standing, scenery, tell).acts())
    ended(shown, acts, sorted(options.folder.glob("pages/*.html")), time.monotonic() - begun)
    return OTHERWISE if wrong_of(acts) else AS_EXPECTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
