"""The two officers of a scenario: each document is enacted on the day that it was issued, on the gate that runs."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from licet.adapters.store import open_store
from licet.adapters.workers import LocalWorkers
from licet.app.demo.desk import PROPOSER, SEPARATOR, by_two, list_in, title
from licet.app.demo.scenario import SHEETS
from licet.app.world import HostWorld
from licet.services.approval import enact_proposal, warrant_for_one
from licet.services.ports import Store
from licet.services.review import review
from licet.services.rulebooks import propose
from licet.wire.documents import SourceFile

PROOF_SECONDS = 10.0


class Document(NamedTuple):
    """A document of the scenario, and when it was issued; None for one that says no instant, such as a model."""

    issued: datetime | None
    source: SourceFile


@dataclass(slots=True)
class Officers:
    """What waits on their desks for its day. `state` is the gate's."""

    state: Path
    waiting: list[Document] = field(default_factory=list)

    def enact_issued(self, at: datetime) -> None:
        """Enact, one after the other, what has been issued by then."""
        due = [each for each in self.waiting if each.issued is not None and each.issued <= at]
        self.waiting = [each for each in self.waiting if each not in due]
        for each in due:
            with closing(open_store(self.state, at)) as store:
                enact(store, self.state, [each.source], at)


def documents_of(folder: Path) -> list[Document]:
    """Every document of the sheets in a folder, in their order; lists lie beside them."""
    return [
        Document(issued(text), SourceFile(str(folder / sheet), text.encode(), partial(list_in, folder)))
        for sheet in SHEETS
        for text in SEPARATOR.split((folder / sheet).read_text())
    ]


def issued(text: str) -> datetime | None:
    """When a document was issued."""
    _, tree = title(text)
    return datetime.fromisoformat(str(tree["issued"])) if "issued" in tree else None


def enact(store: Store, state: Path, sources: list[SourceFile], at: datetime) -> None:
    """What is proved to only narrow, one officer enacts; anything else, one proposes and the other one approves."""
    proposal = propose(store, sources)
    prover = HostWorld().provers(at, limit=PROOF_SECONDS)
    found = review(proposal, at, prover=prover, people=None, stopwatch=time.monotonic)
    warrant = warrant_for_one(found)
    if warrant is None:
        by_two(store, state, proposal, at)
    else:
        workers = LocalWorkers(state / "workers")
        enact_proposal(store, workers, proposal, warrant, actor=PROPOSER, now=at, stopwatch=time.monotonic)
