"""What the demonstration is played on: the model, its policies, a gate, two officers, three callers."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import openai

from licet.adapters.secret import create_secret
from licet.adapters.store import create_store, open_store
from licet.adapters.workers import LocalWorkers
from licet.app.demo.desk import PROPOSER, list_in
from licet.app.demo.officers import Officers, documents_of, officers
from licet.app.demo.processes import WORKERS, StageError, free_port, licet_command, listening, process, wait_ready
from licet.app.demo.scenario import PEOPLE
from licet.app.demo.stage import CONFIGURED, PUSH_SECONDS, clear, state_of
from licet.app.evidence_demo.scenery import DEPLOYED, WEIGHTS, Scenery
from licet.services.ports import Ack
from licet.services.rulebooks import in_force
from licet.services.subjects import import_people
from licet.wire.documents import SourceFile
from licet.wire.people import read_people

CONFIGURATION = """\
# The gate of the demonstration. It runs on a clock that `licet demo-evidence` sets to the dates of June and July 2026.
listen: {listen}
workers: {workers}
clock: scenario
clock_from: {start}
record: {{origin: licet.example/evidence, policy: policy.txt}}
"""
POLICIES = {"fable-5": "word-of-the-day", "mythos-5": "capital-cities"}
"""The policies that stand before models, as their operator deploys them."""

TOKENS = 8


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller heard: `served`, `substitute`, `refuse`; by which model, and in which words."""

    outcome: str
    served: str
    text: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A gate that runs, in `folder`. `weights` is where the model is without any policy; `keys` are the callers'."""

    folder: Path
    gate: str
    weights: str
    keys: dict[str, str]
    officers: Officers
    running: ExitStack

    def go_to(self, at: datetime) -> None:
        """Let it be this instant. Raises `StageError` if a worker does not have it."""
        answers = LocalWorkers(state_of(self.folder) / "workers").set_clock(at, timeout=PUSH_SECONDS)
        if len(answers) != WORKERS or not all(isinstance(answer, Ack) for answer in answers):
            raise StageError(f"the clock was not set in {WORKERS} workers, but: {answers}")

    def enact(self, name: str, text: str, at: datetime) -> None:
        """Both officers enact a document, or one where it is proved to only narrow."""
        self.officers.enact_all([SourceFile(name, text.encode(), partial(list_in, self.folder))], at)

    def ask(self, caller: str, model: str, question: str) -> Heard:
        """What a caller hears, through the official client."""
        client = openai.OpenAI(base_url=f"{self.gate}/v1", api_key=self.keys[caller], max_retries=0, timeout=60)
        try:
            answer = client.chat.completions.create(
                model=model, max_tokens=TOKENS, temperature=0, messages=[{"role": "user", "content": question}]
            )
        except openai.APIStatusError as error:
            return Heard("refuse", "", error.message)
        finally:
            client.close()
        outcome = "served" if answer.model == model else "substitute"
        return Heard(outcome, answer.model, (answer.choices[0].message.content or "").strip())

    def end_gate(self) -> None:
        """End the gate in order: its journal is closed then."""
        self.running.close()


@contextmanager
def stage(scenery: Scenery, folder: Path, start: datetime) -> Iterator[Stage]:
    """Set everything up afresh in `folder`, run it, and end every process afterwards. Raises `StageError`."""
    clear(folder)
    listen = f"127.0.0.1:{free_port(8080)}"
    with ExitStack() as around:
        weights = server(around, "model server", folder / "model.log", "licet.adapters.smollm", "0")
        policies = [f"{name}={scenery.setup(setup)}" for name, setup in POLICIES.items()]
        deployed = server(
            around, "deployment", folder / "deployed.log", "licet.evals.policied", "0", weights, *policies
        )
        text = CONFIGURATION.format(listen=listen, workers=WORKERS, start=start.isoformat())
        (folder / CONFIGURED).write_text(text)
        for name in ("models.yaml", "threshold.yaml", "instruments.yaml"):
            sheet = scenery.text(name, {DEPLOYED: deployed, WEIGHTS: weights})
            (folder / "rulebook" / name).write_text(sheet)
        made = officers(state_of(folder), [])
        keys = prepare(scenery, folder, made, start)
        with ExitStack() as running:
            command = [str(licet_command()), "--config", str(folder / CONFIGURED), "serve"]
            gate = running.enter_context(process("gate", command, folder / "gate.log"))
            ready = f"http://{listen}/readyz"
            wait_ready(ready, ready, gate, folder)
            yield Stage(folder, f"http://{listen}", weights, keys, made, running)


def server(around: ExitStack, what: str, log: Path, module: str, *arguments: str) -> str:
    """A server of ours in a process of its own; its address."""
    command = [sys.executable, "-m", module, *arguments]
    return listening(around.enter_context(process(what, command, log, talks=True)), log)


def prepare(scenery: Scenery, folder: Path, made: Officers, now: datetime) -> dict[str, str]:
    """A store in which the scenario's documents are in force, with its people; a key for each of them."""
    with closing(create_store(made.state, now)):
        create_secret(made.state, secrets.token_bytes)
    made.appointed(now)
    threshold = SourceFile(
        "threshold.yaml", (folder / "rulebook/threshold.yaml").read_bytes(), partial(list_in, folder)
    )
    made.enact_all([threshold, *(each.source for each in documents_of(folder / "rulebook"))], now)
    with closing(open_store(made.state, now)) as store:
        lines = scenery.text(PEOPLE).encode().splitlines(keepends=True)
        people = list(read_people(lines, in_force(store).facts, file=PEOPLE))
        import_people(store, people, file=PEOPLE, actor=PROPOSER, now=now)
    return {each.subject: made.key_for(each.subject, now) for each in people}
