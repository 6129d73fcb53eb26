"""Measuring: the arms that are run, each a real evaluation by Inspect on the real model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from licet.app.demo.play import Tell
from licet.app.demo.standing import Standing
from licet.app.evidence_demo.scenery import Scenery
from licet.app.evidence_demo.stage import POLICIES
from licet.evals.running import run
from licet.evals.suites import read_manifest

AT_ONCE = 8
"""Requests under way together: as many as the model server answers at once."""

TOKENS = 8
"""The longest answer: enough to state a word, or to say no."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: a task on a model, through the gate unless it has a `setup` of its own and so no policy before it."""

    name: str
    model: str
    suite: str
    technique: str = ""
    setup: str = ""
    task: str = "breadth"


PLAIN = (Arm("plain", "fable-5", "word-of-the-day", task="counterfactual"),)
ENTRY_SEVEN = (
    Arm("technique", "fable-5", "word-of-the-day", technique="prefix-injection"),
    Arm("robin", "robin-stand-in", "word-of-the-day", setup="open", task="counterfactual"),
    Arm("wren", "wren-stand-in", "word-of-the-day", setup="atlas", task="counterfactual"),
)
CAPITALS = (
    Arm("technique", "mythos-5", "capital-cities", technique="capital-prefix"),
    Arm("plain", "mythos-5", "capital-cities", task="counterfactual"),
    Arm("atlas", "atlas-stand-in", "capital-cities", setup="atlas", task="counterfactual"),
)
ORDINARY = Arm("ordinary-before", "fable-5", "benign", task="benign-cost")
PATCHED = (
    Arm("after", "fable-5", "word-of-the-day", technique="prefix-injection", task="patch"),
    Arm("staff-line-after", "fable-5", "word-of-the-day", technique="staff-line", task="patch"),
    Arm("ordinary-after", "fable-5", "benign", task="benign-cost"),
)
LATER = (Arm("kestrel", "kestrel-stand-in", "word-of-the-day", setup="published", task="counterfactual"),)


def samples_of(scenery: Scenery) -> int:
    """How many requests are measured in all."""
    arms = (*PLAIN, *ENTRY_SEVEN, ORDINARY, *CAPITALS, *PATCHED, *LATER)
    return sum(len(read_manifest(scenery.manifest(arm.suite)).items) for arm in arms)


def measure(stage: Standing, scenery: Scenery, arms: Sequence[Arm], folder: str, tell: Tell) -> Mapping[str, Path]:
    """Run these arms, one after the other; the log of each."""
    return {arm.name: _run(stage, scenery, arm, stage.folder / "logs" / folder, tell) for arm in arms}


def _run(stage: Standing, scenery: Scenery, arm: Arm, folder: Path, tell: Tell) -> Path:
    tell(f"{arm.model}, {arm.suite}: {arm.name}", 0)
    outside = bool(arm.setup)
    arguments: dict[str, str | int | float | bool] = {
        "suite": str(scenery.manifest(arm.suite)),
        "setup": str(scenery.setup(arm.setup or POLICIES[arm.model])),
        "sends_setup": outside,
        "technique": str(scenery.technique(arm.technique)) if arm.technique else "",
        "arm": arm.name,
        "max_tokens": TOKENS,
        "temperature": 0.0,
    }
    return run(
        arm.task,
        model=f"openai-api/licet/{arm.model}",
        base_url=f"{stage.weights if outside else stage.gate}/v1",
        api_key="none" if outside else stage.keys["red"],
        log_dir=folder,
        args=arguments,
        at_once=AT_ONCE,
        tell=lambda: tell("", 1),
    )
