"""`licet demo`: sets the stage, plays the scenario, shows what was seen, and says whether it is what was expected."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import time
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from licet.app.demo import picture
from licet.app.demo.afterwards import STEPS, Afterwards, afterwards, read_audit
from licet.app.demo.afterwards_table import afterwards_json, afterwards_report
from licet.app.demo.asking import Asked, Scene, searched, taken_back
from licet.app.demo.asking_table import asking_json, asking_report
from licet.app.demo.callers import connect
from licet.app.demo.carriers import Asking, read_asking
from licet.app.demo.compare import Played, differences
from licet.app.demo.desk import read_plan
from licet.app.demo.foreseen import Foreseen, foresee
from licet.app.demo.foreseen_table import foreseen_json, foreseen_report
from licet.app.demo.pages import as_json, next_reviews, next_steps, opening, report, telling
from licet.app.demo.play import Between, play, steps_of
from licet.app.demo.processes import StageError
from licet.app.demo.program import AS_EXPECTED, OTHERWISE, played_by, progress
from licet.app.demo.scenario import Scenario, ScenarioRejectedError, read_scenario
from licet.app.demo.stage import Stage, stage
from licet.app.world import HostWorld
from licet.cli.world import ExtraMissing


def main(arguments: list[str]) -> int:
    """0: every answer as expected; 1: some cell differs; 2: it could not be played."""
    options = parser().parse_args(arguments)

    def perform_on(console: Console) -> int:
        return perform(console, read_scenario(options.scenario), options)

    return played_by("licet demo", perform_on, (ScenarioRejectedError, StageError))


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="licet demo", description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    options.add_argument(
        "--scenario", type=Path, default=Path("scenarios/june-2026"), help="the scenario's folder (%(default)s)"
    )
    options.add_argument(
        "--folder", type=Path, default=Path(".demo"), help="where state and logs go, made anew (%(default)s)"
    )
    options.add_argument("--svg", type=Path, help="also save the result as a picture")
    return options


def perform(console: Console, scenario: Scenario, options: argparse.Namespace) -> int:
    """One performance, from an empty folder to the end of every process."""
    start = time.monotonic()
    if not options.json:
        for line in opening(scenario):
            console.print(line)
    with stage(options.scenario, options.folder, scenario.start, scenario.callers) as standing:
        played, scenes = watch(scenario, standing, read_asking(options.scenario))
        seconds = time.monotonic() - start
        if not options.json:
            report(console, scenario, standing, played, seconds)
        asked = Asked(scenes, searched(options.folder, standing.carriers)) if scenes else None
        if asked is not None and not options.json:
            console.print()
            asking_report(console, scenario, standing.carriers.ways, asked)
        foreseen = beforehand(options)
        if foreseen is not None and not options.json:
            console.print()
            foreseen_report(console, standing.instruments, foreseen)
        standing.end_gate()
        audited = audited_afterwards(options, scenario, played)
        if audited is not None and not options.json:
            console.print()
            afterwards_report(console, audited)
        if options.json:
            acts = {
                "asking": asking_json(asked),
                "before": foreseen_json(foreseen),
                "afterwards": afterwards_json(audited),
            }
            sys.stdout.write(json.dumps({**as_json(scenario, played, seconds), **acts}, indent=2) + "\n")
        if options.svg is not None:
            picture.save(options.svg, scenario, standing, played, asked, foreseen, audited, seconds)
        if sys.stdout.isatty() and not options.json:
            standing.start_gate()
            stay(console, scenario, standing, foreseen)
    acts_wrong = (act and act.wrong for act in (asked, foreseen, audited))
    wrong = (differences(scenario, played), *acts_wrong)
    return OTHERWISE if any(wrong) else AS_EXPECTED


def watch(scenario: Scenario, standing: Stage, asking: Asking | None) -> tuple[Played, tuple[Scene, ...]]:
    """Play while a bar shows how far it is."""
    scenes: list[Scene] = []

    async def between(at: datetime) -> None:
        assert asking is not None
        scenes.extend(await taken_back(standing.carriers, clients, asking, at))

    what = "facts are taken back, and brought again"
    extra = Between(asking.taken_back, what, between) if asking is not None and standing.carriers.ways else None
    with progress(steps_of(scenario)) as tell:
        clients = {
            name: connect(caller.client, standing.gate, standing.keys[name])
            for name, caller in scenario.callers.items()
        }
        answers, ends = asyncio.run(play(scenario, clients, standing.go_to, tell, extra))
    return Played(answers, ends, *standing.journal()), tuple(scenes)


def beforehand(options: argparse.Namespace) -> Foreseen | None:
    """What could be known before any of it was in force; None where the scenario or an extra has nothing for that."""
    plan = read_plan(options.scenario)
    if plan is None:
        return None
    try:
        with progress(len(plan.letters) + len(plan.slips)) as tell:
            return foresee(options.scenario, plan, options.folder, HostWorld(), tell)
    except ExtraMissing as error:
        sys.stderr.write(f"licet demo: what was known before it was in force is left out: {error}\n")
        return None


def audited_afterwards(options: argparse.Namespace, scenario: Scenario, played: Played) -> Afterwards | None:
    """What can be known afterwards; None where the scenario asks nothing, or what that needs is not installed."""
    audit, place = read_audit(options.scenario), telling(scenario, played)
    if audit is None or place is None:
        return None
    if missing := [name for name in ("duckdb", "jinja2", "altair") if find_spec(name) is None]:
        sys.stderr.write(f"licet demo: what is known afterwards is left out: `{missing[0]}` is not installed\n")
        return None
    with progress(STEPS) as tell:
        return afterwards(options.folder, audit, played.answers[place].decision, tell)


def stay(console: Console, scenario: Scenario, standing: Stage, foreseen: Foreseen | None) -> None:
    """Leave the gate up, on the day of the order, until Ctrl-C."""
    standing.set_clock(scenario.streams.at + timedelta(minutes=10))
    console.print(f"\nThe gate stays up at {standing.gate}, with its clock back on the evening of the order.")
    console.print("Try in another terminal:\n")
    for about, command in (*next_steps(standing), *next_reviews(foreseen)):
        console.print(f"# {about}", style="dim", markup=False)
        console.print(f"{command}\n", soft_wrap=True, markup=False)
    console.print("Ctrl-C ends it.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("\nended")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
