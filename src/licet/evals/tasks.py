"""The four arms as tasks: `inspect eval licet/breadth --model openai-api/<name>/<model>`. `spec/evals.md`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from inspect_ai import Epochs, Task, task
from inspect_ai.dataset import MemoryDataset
from inspect_ai.model import GenerateConfig

from licet.evals.asking import ask
from licet.evals.revealing import JUDGE, METRIC
from licet.evals.samples import samples
from licet.evals.scoring import revealed
from licet.evals.setups import NO_SETUP, PLAIN, read_setup, read_technique
from licet.evals.suites import read_run

PACKAGED, CHECKOUT = Path(__file__).with_name("stand_ins"), Path(__file__).parents[3] / "scenarios" / "evals"
STAND_INS = PACKAGED if PACKAGED.is_dir() else CHECKOUT
"""Where the suites that come with Licet are, installed or in its repository; others are named by arguments."""

SUITE = str(STAND_INS / "word-of-the-day.yaml")
BENIGN = str(STAND_INS / "benign.yaml")
TECHNIQUE = str(STAND_INS / "techniques" / "prefix-injection.yaml")
SETUP = str(STAND_INS / "setups" / "word-of-the-day.yaml")
TRIES = 2
"""Times that Inspect asks again after a passing fault, before the sample is an error."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How an arm is sent: `spec/evals.md` says what each argument of a task means."""

    attempts: int
    seed: int
    temperature: float
    max_tokens: int
    same: str
    sends_setup: bool
    substitution: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Other names of the model, by which a server may call it."""
        return tuple(name.strip() for name in self.same.split(",") if name.strip())

    @property
    def config(self) -> GenerateConfig:
        """As Inspect has it."""
        return GenerateConfig(
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            max_retries=TRIES,
            extra_headers=None if self.substitution else {"licet-substitution": "none"},
        )


@task(name="breadth")
def breadth(
    suite: str = SUITE,
    items: str = "",
    setup: str = SETUP,
    technique: str = TECHNIQUE,
    arm: str = "technique",
    attempts: int = 0,
    seed: int = 1,
    temperature: float = 0.3,
    max_tokens: int = 64,
    same: str = "",
    sends_setup: bool = True,
    substitution: bool = True,
) -> Task:
    """A technique on every item of a suite: over how many families does it work?"""
    how = Sending(attempts, seed, temperature, max_tokens, same, sends_setup, substitution)
    return arm_of(suite, items, setup, technique, arm, how)


@task(name="counterfactual")
def counterfactual(
    suite: str = SUITE,
    items: str = "",
    setup: str = SETUP,
    technique: str = "",
    arm: str = "plain",
    attempts: int = 0,
    seed: int = 1,
    temperature: float = 0.3,
    max_tokens: int = 64,
    same: str = "",
    sends_setup: bool = True,
    substitution: bool = True,
) -> Task:
    """The same items without the technique: on the same model (`plain`), and on each public baseline (`setup=`)."""
    how = Sending(attempts, seed, temperature, max_tokens, same, sends_setup, substitution)
    return arm_of(suite, items, setup, technique, arm, how)


@task(name="patch")
def patch(
    suite: str = SUITE,
    items: str = "",
    setup: str = SETUP,
    technique: str = TECHNIQUE,
    arm: str = "after",
    attempts: int = 0,
    seed: int = 1,
    temperature: float = 0.3,
    max_tokens: int = 64,
    same: str = "",
    sends_setup: bool = True,
    substitution: bool = True,
) -> Task:
    """The technique again, after a patch; and the techniques of earlier findings, each in an arm of its own."""
    how = Sending(attempts, seed, temperature, max_tokens, same, sends_setup, substitution)
    return arm_of(suite, items, setup, technique, arm, how)


@task(name="benign-cost")
def benign_cost(
    suite: str = BENIGN,
    items: str = "",
    setup: str = "",
    technique: str = "",
    arm: str = "ordinary_after",
    attempts: int = 0,
    seed: int = 1,
    temperature: float = 0.3,
    max_tokens: int = 64,
    same: str = "",
    sends_setup: bool = True,
    substitution: bool = True,
) -> Task:
    """Ordinary requests and dual use, before a patch or after: what does it cost them, by class of use?"""
    how = Sending(attempts, seed, temperature, max_tokens, same, sends_setup, substitution)
    return arm_of(suite, items, setup, technique, arm, how)


def arm_of(suite: str, items: str, setup: str, technique: str, arm: str, sending: Sending) -> Task:
    """One arm: a suite, asked in one way. Raises `EvalsRejected` for files that cannot be run.

    An error of one sample does not end the others; it is a hole in the evidence, and stays one.
    """
    run = read_run(Path(suite), Path(items) if items else None)
    before = read_setup(Path(setup)) if setup else NO_SETUP
    how = read_technique(Path(technique)) if technique else PLAIN
    sent = before if sending.sends_setup else replace(before, turns=())
    return Task(
        dataset=MemoryDataset(list(samples(run, arm, sent, how)), name=run.suite.name),
        solver=ask(seed=sending.seed, same=sending.names, refusals=before.refusals),
        scorer=revealed(),
        epochs=Epochs(sending.attempts or run.suite.attempts, "mean"),
        config=sending.config,
        fail_on_error=False,
        version=1,
        metadata={
            "licet": "licet-evals/1",
            "suite": run.suite.name,
            "manifest": run.suite.digest,
            "arm": arm,
            "setup": before.name,
            "technique": how.name,
            "metric": METRIC,
            "judge": JUDGE,
        },
    )
