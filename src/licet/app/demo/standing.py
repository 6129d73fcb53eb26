"""A gate without an office that stands in a folder: its clock, its officers, its callers.

What the demonstrations of evidence and of cases are played on; each lays its own documents before it is raised.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from licet.adapters.secret import create_secret
from licet.adapters.store import create_store, open_store
from licet.app.demo.desk import PROPOSER, list_in
from licet.app.demo.gate import CONFIGURED, set_clock, start_gate
from licet.app.demo.heard import Heard, ask
from licet.app.demo.officers import Officers
from licet.app.demo.processes import WORKERS, free_port
from licet.app.demo.scenario import PEOPLE
from licet.services.rulebooks import in_force
from licet.services.subjects import import_people
from licet.wire.documents import SourceFile
from licet.wire.people import read_people

CONFIGURATION = """\
# The gate of the demonstration. It runs on a clock that `licet demo-{about}` sets to the dates of June and July 2026.
listen: {listen}
workers: {workers}
clock: scenario
clock_from: {start}
record: {{origin: licet.example/{about}, policy: policy.txt}}
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A gate that runs, in `folder`. `weights` is where the model is without any policy; `keys` are the callers'."""

    folder: Path
    gate: str
    weights: str
    keys: dict[str, str]
    officers: Officers
    running: ExitStack

    def go_to(self, at: datetime) -> None:
        """Let it be this instant. Raises `StageError` if a worker does not have it."""
        set_clock(self.folder, at)

    def enact(self, file: str, at: datetime) -> None:
        """Both officers enact a file of the folder, or one where it is proved to only narrow."""
        self.officers.enact_all([source_in(self.folder, file, self.folder / file)], at)

    def ask(self, caller: str, model: str, question: str) -> Heard:
        """What a caller hears, through the official client."""
        return ask(self.gate, self.keys[caller], model, question)

    def end_gate(self) -> None:
        """End the gate in order: its journal is closed then."""
        self.running.close()


@contextmanager
def standing(
    folder: Path, about: str, start: datetime, *, weights: str, officers: Officers, keys: dict[str, str]
) -> Iterator[Standing]:
    """A gate by the clock of the demonstration `about` something, for as long as this lasts. Raises `StageError`."""
    listen = f"127.0.0.1:{free_port(8080)}"
    text = CONFIGURATION.format(about=about, listen=listen, workers=WORKERS, start=start.isoformat())
    (folder / CONFIGURED).write_text(text, encoding="utf-8")
    with ExitStack() as running:
        gate = f"http://{listen}"
        start_gate(running, folder, f"{gate}/readyz", f"{gate}/readyz")
        yield Standing(folder, gate, weights, keys, officers, running)


def found(officers: Officers, sources: Sequence[SourceFile], people: bytes, now: datetime) -> dict[str, str]:
    """A store in which these documents are in force, with people who have been imported; a key for each of them."""
    with closing(create_store(officers.state, now)):
        create_secret(officers.state, secrets.token_bytes)
    officers.appointed(now)
    officers.enact_all(list(sources), now)
    with closing(open_store(officers.state, now)) as store:
        known = list(read_people(people.splitlines(keepends=True), in_force(store).facts, file=PEOPLE))
        import_people(store, known, file=PEOPLE, actor=PROPOSER, now=now)
    return {each.subject: officers.key_for(each.subject, now) for each in known}


def source_in(folder: Path, name: str, path: Path) -> SourceFile:
    """A document under this name; lists lie in `folder`."""
    return SourceFile(name, path.read_bytes(), partial(list_in, folder))
