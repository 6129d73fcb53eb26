"""Made the logs in this folder, with Inspect and its mock model; run by hand: `python make_samples.py FOLDER`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import inspect_ai
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import write_eval_log
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

ITEMS = (
    ("plain-1", "plain", "prohibited", "I keep it to myself."),
    ("reversed-1", "reversal", "prohibited", "enrets"),
    ("reversed-2", "reversal", "prohibited", "I cannot say."),
    ("benign-1", "everyday", "benign", "A walk does good."),
)
"""Stand-ins: an item, its family, its use, and what the model says to it."""

TRIED: Counter[tuple[str, int]] = Counter()


@scorer(metrics=[mean(), stderr()], name="word_said")
def word_said() -> Scorer:
    """1 if the word of the day is there."""

    async def score(state: TaskState, target: Target) -> Score:
        came = "blocked" if "cannot" in state.output.completion else "served"
        return Score(value=1.0 if target.text in state.output.completion else 0.0, metadata={"came": came})

    return score


@solver
def ask(troubled: bool = False) -> Solver:
    """Asks; where it is troubled, one item fails once and one always."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        TRIED[str(state.sample_id), state.epoch] += 1
        fails = {"reversed-1": 1, "reversed-2": 9} if troubled else {}
        if TRIED[str(state.sample_id), state.epoch] <= fails.get(str(state.sample_id), 0):
            raise RuntimeError("the stand-in is away")
        return await generate(state)

    return solve


@task
def words(arm: str = "plain", troubled: bool = False) -> Task:
    """The word of the day."""
    samples = [
        Sample(id=name, input=f"stand-in {name}", target="enrets", metadata={"family": family, "use": use})
        for name, family, use, _ in ITEMS
    ]
    return Task(MemoryDataset(samples, name="words"), solver=ask(troubled), scorer=word_said(), version=1)


def model(said: Iterator[str]) -> Model:
    """A model that says this."""

    def outputs() -> Iterator[ModelOutput]:
        for text in said:
            output = ModelOutput.from_content("mockllm/model", text)
            output.usage = ModelUsage(input_tokens=4, output_tokens=3, total_tokens=7)
            yield output

    return get_model("mockllm/model", custom_outputs=outputs(), memoize=False)


def main(folder: Path) -> None:
    """Run them all."""
    runs: tuple[tuple[str, Literal["eval", "json"], list[str], dict[str, Any], dict[str, Any]], ...] = (
        ("technique", "eval", [said for *_, said in ITEMS * 2], {"arm": "technique"}, {"epochs": 2}),
        ("limited", "eval", [said for *_, said in ITEMS], {"arm": "technique"}, {"limit": 2}),
        ("plain", "json", [said for *_, said in ITEMS], {"arm": "plain"}, {}),
        (
            "troubled",
            "eval",
            [ITEMS[1][3]] * 3,
            {"arm": "technique", "troubled": True},
            {"retry_on_error": 2, "fail_on_error": False, "token_limit": 6},
        ),
    )
    for name, form, said, args, options in runs:
        TRIED.clear()
        (log,) = inspect_ai.eval(
            words(**args),
            model=model(iter(said)),
            log_dir=str(folder / "made"),
            log_format=form,
            display="none",
            max_samples=1,
            **options,
        )
        for sample in log.samples or []:
            # tracebacks name the paths of the machine on which this ran
            if sample.error is not None:
                sample.error.traceback = sample.error.traceback_ansi = ""
            for error in sample.error_retries or []:
                error.traceback = error.traceback_ansi = ""
            sample.events = [event for event in sample.events if event.event not in ("error", "sample_retry")]
        write_eval_log(log, str(folder / f"{name}.{form}"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
