"""What the demonstration is played on: the model, a gate with its clocks, three officers, the callers of June."""

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
from licet.app.demo.desk import APPROVER, PROPOSER, list_in
from licet.app.demo.officers import Officers, documents_of, officers
from licet.app.demo.processes import WORKERS, StageError, free_port, licet_command, listening, process, wait_ready
from licet.app.demo.scenario import PEOPLE
from licet.app.demo.stage import CONFIGURED, PUSH_SECONDS, UPSTREAM, clear, state_of
from licet.core.roles import Role
from licet.services.ports import Ack
from licet.services.rulebooks import in_force
from licet.services.subjects import import_people
from licet.wire.documents import SourceFile
from licet.wire.people import read_people

CONFIGURATION = """\
# The gate of the demonstration. It runs on a clock that `licet demo-cases` sets to the dates of June and July 2026.
listen: {listen}
workers: {workers}
clock: scenario
clock_from: {start}
record: {{origin: licet.example/cases, policy: policy.txt}}
"""
COUNSEL, SAFETY, APPEALS, REVIEW = PROPOSER, APPROVER, "C. Appeals", "D. Review"
"""Two who decide on applications, and two who decide on appeals: nobody decides twice."""

TOKENS = 8


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller heard: `served`, `substitute`, `refuse`; by which model, and in which words."""

    outcome: str
    served: str
    text: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A gate that runs, in `folder`; `keys` are the callers'."""

    folder: Path
    gate: str
    keys: dict[str, str]
    officers: Officers
    running: ExitStack

    def go_to(self, at: datetime) -> None:
        """Let it be this instant. Raises `StageError` if a worker does not have it."""
        answers = LocalWorkers(state_of(self.folder) / "workers").set_clock(at, timeout=PUSH_SECONDS)
        if len(answers) != WORKERS or not all(isinstance(answer, Ack) for answer in answers):
            raise StageError(f"the clock was not set in {WORKERS} workers, but: {answers}")

    def enact(self, file: str, at: datetime) -> None:
        """Both officers enact a file of the folder, or one where it is proved to only narrow."""
        content = (self.folder / file).read_bytes()
        self.officers.enact_all([SourceFile(file, content, partial(list_in, self.folder))], at)

    def ask(self, caller: str, model: str) -> Heard:
        """What a caller hears, through the official client."""
        client = openai.OpenAI(base_url=f"{self.gate}/v1", api_key=self.keys[caller], max_retries=0, timeout=60)
        try:
            answer = client.chat.completions.create(
                model=model,
                max_tokens=TOKENS,
                temperature=0,
                messages=[{"role": "user", "content": "Why is the sea salty?"}],
            )
        except openai.APIStatusError as error:
            return Heard("refuse", "", error.message)
        finally:
            client.close()
        outcome = "served" if answer.model == model else "substitute"
        return Heard(outcome, answer.model, (answer.choices[0].message.content or "").strip())


@contextmanager
def stage(scenario: Path, folder: Path, start: datetime) -> Iterator[Stage]:
    """Set everything up afresh in `folder`, run it, and end every process afterwards. Raises `StageError`."""
    clear(folder)
    listen = f"127.0.0.1:{free_port(8080)}"
    with ExitStack() as around:
        server = [sys.executable, "-m", "licet.adapters.smollm", "0"]
        model = around.enter_context(process("model server", server, folder / "model.log", talks=True))
        weights = listening(model, folder / "model.log")
        (folder / CONFIGURED).write_text(
            CONFIGURATION.format(listen=listen, workers=WORKERS, start=start.isoformat()), encoding="utf-8"
        )
        lay_out(scenario, folder, weights)
        both = frozenset((Role.OFFICER, Role.APPROVER))
        made = officers(state_of(folder), [], dict.fromkeys((APPEALS, REVIEW), both))
        keys = prepare(scenario, folder, made, start)
        with ExitStack() as running:
            command = [str(licet_command()), "--config", str(folder / CONFIGURED), "serve"]
            gate = running.enter_context(process("gate", command, folder / "gate.log"))
            ready = f"http://{listen}/readyz"
            wait_ready(ready, ready, gate, folder)
            yield Stage(folder, f"http://{listen}", keys, made, running)


def june(scenario: Path) -> Path:
    """The cycle whose models, lists and people are played with."""
    return scenario.parent / "june-2026"


def lay_out(scenario: Path, folder: Path, weights: str) -> None:
    """Every file that is typed on the command line, in the folder in which that is done."""
    models = (june(scenario) / "models.yaml").read_text(encoding="utf-8").replace(UPSTREAM, weights)
    (folder / "rulebook" / "models.yaml").write_text(models, encoding="utf-8")
    for name in ("partners.csv", "annex-a.csv"):
        content = (june(scenario) / name).read_bytes()
        (folder / name).write_bytes(content)
        (folder / "rulebook" / name).write_bytes(content)
    (folder / "rulebook" / "instruments.yaml").write_bytes((scenario / "instruments.yaml").read_bytes())
    for path in sorted(scenario.iterdir()):
        if path.name not in ("instruments.yaml", "README.md"):
            (folder / path.name).write_bytes(path.read_bytes())


def prepare(scenario: Path, folder: Path, made: Officers, now: datetime) -> dict[str, str]:
    """A store in which the releases are in force, with June's people; a key for each of them."""
    with closing(create_store(made.state, now)):
        create_secret(made.state, secrets.token_bytes)
    made.appointed(now)
    made.enact_all([each.source for each in documents_of(folder / "rulebook")], now)
    with closing(open_store(made.state, now)) as store:
        lines = (june(scenario) / PEOPLE).read_bytes().splitlines(keepends=True)
        people = list(read_people(lines, in_force(store).facts, file=PEOPLE))
        import_people(store, people, file=PEOPLE, actor=PROPOSER, now=now)
    return {each.subject: made.key_for(each.subject, now) for each in people}
