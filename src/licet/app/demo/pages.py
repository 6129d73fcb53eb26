"""What is printed around the table: what is real, how the streams ended, one refusal in full, what to try next."""

from __future__ import annotations

import http
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.syntax import Syntax
from rich.text import Text

from licet.app.demo.callers import STREAM_TOKENS
from licet.app.demo.compare import Played, day, differences
from licet.app.demo.desk import APPROVER, PROPOSER
from licet.app.demo.foreseen import Foreseen
from licet.app.demo.gate import CONFIGURED
from licet.app.demo.processes import WORKERS, licet_command
from licet.app.demo.scenario import Place, Scenario
from licet.app.demo.stage import Stage
from licet.app.demo.table import legend, result

MOST_DIFFERENCES = 12
"""How many are printed; `--json` has all."""


def opening(scenario: Scenario) -> Iterator[str]:
    """What is about to be seen, and what of it is real."""
    yield (
        f"{len(scenario.callers)} callers, {len(scenario.models)} models, {len(scenario.instants)} dates. "
        f"Real: the gate ({WORKERS} workers), the openai and anthropic clients, the model's answers."
    )
    names = ", ".join(scenario.models[:-1]) + " and " + scenario.models[-1]
    yield f"Not real: {names}. One small model, SmolLM2-135M, stands in for all of them."
    yield (
        f"Each letter is enacted on its day: {PROPOSER} signs it, and {APPROVER} too where it may widen;"
        " it takes effect by itself, as the gate's clock comes to its instant."
    )


def report(console: Console, scenario: Scenario, stage: Stage, played: Played, seconds: float) -> None:
    """The table, its legend, the streams, one refusal, and whether all is as expected."""
    overview(console, scenario, stage, played)
    place = telling(scenario, played)
    if place is not None:
        console.print()
        refusal(console, scenario, played, place)
    console.print()
    verdict(console, scenario, played, seconds)


def overview(console: Console, scenario: Scenario, stage: Stage, played: Played) -> None:
    """The table, its legend, and how the streams ended."""
    console.print()
    console.print(result(scenario, stage.instruments, played, console.width))
    console.print()
    for line in legend(scenario, stage.instruments):
        console.print(line)
    console.print()
    for sentence in streams(scenario, played):
        console.print(sentence)


def streams(scenario: Scenario, played: Played) -> Iterator[Text]:
    """How each stream ended, in a sentence."""
    for caller, end in played.ends.items():
        who = f"{scenario.callers[caller].who}, streaming {scenario.streams.model}: "
        if end.how == "cut":
            text = Text(who).append("cut", "bold red").append(f" after {end.pieces} pieces. The client raised: ")
            yield text.append(end.text, "italic")
        elif end.how == "done":
            yield Text(who).append("ran on", "green").append(f" past that instant to all {STREAM_TOKENS} tokens.")
        else:
            yield Text(who).append(end.text, "bold red")


def telling(scenario: Scenario, played: Played) -> Place | None:
    """The refusal that says most: by an instrument, and with facts that would change it."""
    refused = [place for place, answer in played.answers.items() if answer.outcome == "refuse"]
    return max(refused, key=lambda place: weight(scenario, place), default=None)


def weight(scenario: Scenario, place: Place) -> tuple[bool, bool, int]:
    expected = scenario.expected(place)
    return bool(expected.instruments), bool(expected.unknown), -place.instant


def refusal(console: Console, scenario: Scenario, played: Played, place: Place) -> None:
    """One refusal as it came: status line, headers, body."""
    answer, caller = played.answers[place], scenario.callers[place.caller]
    at = scenario.instants[place.instant].at
    asks = (
        f"{caller.who} asks {place.model} on {day(at)}, {at:%H:%M}, with the {caller.client} client. The whole answer:"
    )
    console.print(Text(asks, style="bold"))
    console.print()
    console.print(Text(f"HTTP/1.1 {answer.status} {http.HTTPStatus(answer.status).phrase}", style="bold red"))
    for name, value in answer.headers:
        console.print(Text(f"{name}: ", style="cyan").append(value, style="not bold"))
    console.print()
    body = json.dumps(json.loads(answer.text), indent=2, ensure_ascii=False)
    if console.is_terminal:
        console.print(Syntax(body, "json", background_color="default", word_wrap=True))
    else:
        console.print(Text(body), soft_wrap=True)


def verdict(console: Console, scenario: Scenario, played: Played, seconds: float) -> None:
    """Whether all is as expected, and each cell that is not."""
    wrong = differences(scenario, played)
    for line in [*wrong[:MOST_DIFFERENCES], *(["…"] if len(wrong) > MOST_DIFFERENCES else [])]:
        console.print(Text(line, style="bold red"), soft_wrap=True)
    seen = f"{len(played.answers)} answers and {len(played.ends)} streams in {seconds:.0f} s"
    if wrong:
        console.print(Text(f"{len(wrong)} of {seen} differ from what the scenario expects", style="bold red"))
    else:
        console.print(
            Text(f"{seen}, each as the scenario expects, and each with its record in the journal", style="bold green")
        )


def as_json(scenario: Scenario, played: Played, seconds: float) -> dict[str, Any]:
    """The same for programs."""
    return {
        "cells": [
            {
                "at": scenario.instants[place.instant].at.isoformat(),
                "caller": place.caller,
                "client": scenario.callers[place.caller].client,
                "model": place.model,
                "outcome": answer.outcome,
                "served": answer.served,
                "instruments": played.instruments(answer.decision),
                "told": answer.told,
                "decision": answer.decision,
                "status": answer.status,
            }
            for place, answer in sorted(played.answers.items(), key=lambda item: (item[0].instant, item[0]))
        ],
        "streams": [
            {"caller": caller, "model": scenario.streams.model, "how": end.how, "instruments": end.told}
            for caller, end in played.ends.items()
        ],
        "differences": differences(scenario, played),
        "seconds": round(seconds, 1),
    }


def next_steps(stage: Stage) -> Iterator[tuple[str, str]]:
    """Commands to try while the gate stays up, with a real key, and what each shows."""
    ask = '{"model": "fable-5", "max_tokens": 20, "messages": [{"role": "user", "content": "Hello"}]}'
    licet = f"{shown(licet_command())} --config {shown(stage.folder / CONFIGURED)}"
    key = f"-H 'authorization: Bearer {stage.keys['jean']}' -H 'content-type: application/json'"
    yield (
        "ask as the foreign national abroad: another model answers, and the headers say which and why",
        f"curl -i {stage.gate}/v1/chat/completions {key} -d '{ask}'",
    )
    yield "why somebody unverified is refused, and what would change it", f"{licet} explain -s kim -m mythos-5"
    yield "everything that is known of somebody, and why it counts", f"{licet} facts show ada"
    first, second = (f"--sign-with {shown(stage.officers.place(name))}" for name in (PROPOSER, APPROVER))
    yield "propose to lift the order: that widens access", f"{licet} lift us-doc-2026-06-12 {first} --yes"
    waiting = f"$({licet} proposals --open | grep -o 'p-[0-9a-f]*')"
    yield (
        "approve it as the second officer, and ask again: the same request is served",
        f"{licet} approve {waiting} {second} --yes",
    )


def next_reviews(foreseen: Foreseen | None) -> Iterator[tuple[str, str]]:
    """A review to read in the terminal, where something was reviewed."""
    if foreseen is None:
        return
    for letter in foreseen.letters[:1]:
        desk = letter.desk
        files = [shown(desk.folder / name) for name in (f"{desk.letter}.yaml", "properties.yaml")]
        command = f"{shown(licet_command())} --config {shown(desk.configuration)} review {' '.join(files)}"
        more = f"--population {shown(foreseen.accounts)} --since {desk.issued.isoformat()}"
        yield "read what an officer reads before signing the order", f"{command} {more}"


def shown(path: Path) -> str:
    """A path as one would type it here."""
    absolute = path if path.is_absolute() else Path.cwd() / path
    return str(absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else absolute)
