"""An officer's desk: a letter that is not in force yet, on top of everything that came before it.

Each desk is a folder with a store of its own, in which `licet review` works as well.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from licet.adapters.secret import create_secret
from licet.adapters.store import create_store
from licet.adapters.workers import LocalWorkers
from licet.app.demo.scenario import SHEETS, ScenarioRejectedError
from licet.services.approval import approve, ask_second, reopen
from licet.services.ports import Store
from licet.services.review import review
from licet.services.rulebooks import Proposal, propose
from licet.wire import yaml
from licet.wire.documents import SourceFile

FILE = "desk.yaml"
PROPOSER, APPROVER = "A. Counsel", "B. Safety"
"""The two officers of the demonstration."""

SEPARATOR = re.compile(r"^---\n", re.MULTILINE)
CONFIGURED = "licet.yaml"
CONFIGURATION = "# A desk of the demonstration: nobody serves on it.\nlisten: 127.0.0.1:8080\n"


class Slip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A letter with other words than were meant, and the property that has to catch it."""

    name: str
    what: str
    letter: str
    written: str
    instead: str
    caught_by: str


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `desk.yaml`: the letters in their order, who is counted, and the slips."""

    letters: tuple[str, ...]
    properties: str
    accounts: int
    employers: str
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """One letter's folder: what came before it is enacted in the store there."""

    folder: Path
    letter: str
    text: str
    properties: str
    issued: datetime

    @property
    def configuration(self) -> Path:
        """The configuration, for `licet --config`."""
        return self.folder / CONFIGURED

    def source(self, name: str, text: str) -> SourceFile:
        """A document on this desk, under a file name; lists lie beside it."""
        return SourceFile(name, text.encode(), lambda other: list_in(self.folder, other))

    def proposal(self, store: Store, slip: Slip | None = None) -> Proposal:
        """The letter as it was meant or with a slip, and the properties that it has to meet."""
        text = self.text if slip is None else self.text.replace(slip.written, slip.instead)
        sources = [self.source(f"{self.letter}.yaml", text), self.source("properties.yaml", self.properties)]
        return propose(store, sources)


def read_plan(scenario: Path) -> Plan | None:
    """What a scenario has to review beforehand; None if nothing. Raises `ScenarioRejectedError`."""
    file = scenario / FILE
    if not file.is_file():
        return None
    try:
        plan = msgspec.yaml.decode(file.read_bytes(), type=Plan)
        texts = {name: text for text in texts_of(scenario) for name in [title(text)[0]]}
    except (OSError, msgspec.MsgspecError, yaml.YamlRejectedError) as error:
        raise ScenarioRejectedError(f"{file}: {error}") from error
    missing = [name for name in (*plan.letters, *(each.letter for each in plan.slips)) if name not in texts]
    if missing:
        raise ScenarioRejectedError(f"{file}: `{missing[0]}` is not in the documents of the scenario")
    return plan


def texts_of(scenario: Path) -> list[str]:
    """Every document of a scenario's sheets, as it was written, in their order."""
    return [text for sheet in SHEETS for text in SEPARATOR.split((scenario / sheet).read_text())]


def title(text: str) -> tuple[str, Mapping[str, object]]:
    """The name of a document, and the document. Its name is the value of its first key."""
    (document,) = yaml.read("document", text.encode())
    assert isinstance(document.tree, dict)
    return str(next(iter(document.tree.values()))), document.tree


def lay(scenario: Path, plan: Plan, letter: str, folder: Path) -> Desk:
    """Make the desk of one letter: enact what was written before it, and put its text and the properties beside it."""
    texts = {title(text)[0]: text for text in texts_of(scenario)}
    earlier = list(texts)[: list(texts).index(letter)]
    folder.mkdir(parents=True)
    for path in scenario.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    properties = askable(scenario / plan.properties, {*earlier, letter})
    issued = datetime.fromisoformat(str(title(texts[letter])[1]["issued"]))
    desk = Desk(folder, letter, texts[letter], properties, issued)
    desk.configuration.write_text(CONFIGURATION)
    (folder / f"{letter}.yaml").write_text(desk.text)
    (folder / "properties.yaml").write_text(properties)
    enact_before(desk, [desk.source(f"{name}.yaml", texts[name]) for name in earlier])
    return desk


def askable(file: Path, known: set[str]) -> str:
    """The properties of a file that name no instrument which is not known."""

    def names(text: str) -> set[str]:
        listed = title(text)[1].get("instruments", ())
        return {str(each) for each in listed} if isinstance(listed, list) else set()

    return "---\n".join(text for text in SEPARATOR.split(file.read_text()) if names(text) <= known)


def enact_before(desk: Desk, sources: Sequence[SourceFile]) -> None:
    """A store in which these are in force."""
    state, now = desk.folder / ".licet", datetime.now(UTC)
    store = create_store(state, now)
    create_secret(state, secrets.token_bytes)
    try:
        by_two(store, state, propose(store, sources), now)
    finally:
        store.close()


def by_two(store: Store, state: Path, proposal: Proposal, now: datetime) -> None:
    """Enact what permits what nobody was permitted before: one officer proposes it and another one approves it."""
    found = review(proposal, now, prover=None, people=None, stopwatch=time.monotonic)
    waits = ask_second(store, proposal, summary=b"{}", actor=PROPOSER, now=now)
    again = reopen(store, waits.id, actor=APPROVER)
    workers = LocalWorkers(state / "workers")
    approve(store, workers, again, found, actor=APPROVER, now=now, stopwatch=time.monotonic)


def list_in(folder: Path, name: str) -> bytes | None:
    """A list that lies in a folder."""
    return (folder / name).read_bytes() if (folder / name).is_file() else None
