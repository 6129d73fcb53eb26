"""Status: what is in force, what changes next, who enforces it, and how the record of it is doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from licet.core.rulebook import Rulebook
from licet.core.withheld import Withheld
from licet.services.lapses import Warned, warnings
from licet.services.ports import Gone, Silence, Store, Workers
from licet.services.rulebooks import Change, changes_after, in_force
from licet.services.stored import Enactment, Ground, KeyRecord, StoredProposal
from licet.wire.journal import Entry


@dataclass(frozen=True, slots=True)
class JournalHealth:
    """The journal's files and what was found in them. `read` of `size` bytes were looked at, the newest first.

    `torn` are the files of cut-off ends that repair put aside; `damaged` are places where a record cannot be read.
    """

    files: int
    size: int
    read: int
    torn: tuple[str, ...]
    damaged: tuple[str, ...]


class JournalView(Protocol):
    """The journal as those may see it who do not write it. Takes no locks and changes nothing."""

    def tail(self, count: int) -> Sequence[Entry]:
        """The newest records, at most so many, in the order of their instants."""

    def health(self) -> JournalHealth:
        """How the files are doing."""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One gate process: what it says of itself, or why it says nothing (`trouble`).

    `enforces` is whether it has the newest epoch; `ended` whether its process is gone, so that it serves nobody.
    """

    worker: str
    epoch: int | None
    enforces: bool
    ended: bool
    trouble: str | None
    says: dict[str, object]


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at one instant. `acknowledged` says which workers had taken over the newest epoch, and when.

    `waiting` are the proposals for a second officer; `alone` the epochs that one officer alone made without a proof.
    `lists` says until when references into each status list count; `unread` are those of them that are in use and could
    not be read in time, so that facts are unknown. `withheld`: the requirements of releases that are not met now;
    `warnings`: what an officer has to see to before releases stop permitting, the soonest first.
    """

    now: datetime
    rulebook: Rulebook
    enactment: Enactment | None
    changes: tuple[Change, ...]
    subjects: int
    keys: tuple[KeyRecord, ...]
    workers: tuple[WorkerState, ...]
    acknowledged: tuple[tuple[str, datetime], ...]
    journal: JournalHealth
    waiting: tuple[StoredProposal, ...]
    alone: tuple[int, ...]
    lists: Mapping[str, datetime]
    unread: tuple[str, ...]
    withheld: tuple[Withheld, ...] = ()
    warnings: tuple[Warned, ...] = ()

    @property
    def shadow(self) -> dict[str, object] | None:
        """The shadow that runs beside the rulebook, with the names of its workers; None if none does."""
        told = [(each.worker, each.says.get("shadow")) for each in self.workers]
        running = [(worker, shadow) for worker, shadow in told if isinstance(shadow, dict)]
        if not running:
            return None
        _, first = running[0]
        return {**{key: first.get(key) for key in ("id", "title", "actor")}, "workers": [name for name, _ in running]}

    @property
    def keys_that_work(self) -> int:
        """How many keys let somebody in now."""
        return sum(is_valid(key, self.now) for key in self.keys)


def status(store: Store, workers: Workers, journal: JournalView, now: datetime, *, timeout: float = 2.0) -> Status:
    """Look at everything once. Raises what the store raises."""
    rulebook = in_force(store)
    enactments = store.enactments()
    answers = workers.status(timeout=timeout)
    return Status(
        now=now,
        rulebook=rulebook,
        enactment=enactments[-1] if enactments else None,
        changes=changes_after(rulebook, now),
        subjects=store.subject_count(),
        keys=store.keys(),
        workers=tuple(worker_state(answer, rulebook) for answer in answers),
        acknowledged=store.acknowledgements(rulebook.epoch) if enactments else (),
        journal=journal.health(),
        waiting=tuple(each for each in store.proposals() if each.is_open),
        alone=tuple(each.epoch for each in enactments if each.ground is Ground.ONE_OFFICER),
        lists=(lists := store.confirmed()),
        unread=_unread(store, lists, now),
        withheld=tuple(each for model in rulebook.catalogue.models.values() for each in rulebook.withheld(model, now)),
        warnings=warnings(rulebook, now),
    )


def _unread(store: Store, lists: Mapping[str, datetime], now: datetime) -> tuple[str, ...]:
    over = {uri for uri, until in lists.items() if until <= now}
    return tuple(sorted(use.uri for use in store.status_uses() if use.uri in over)) if over else ()


def worker_state(answer: dict[str, object] | Silence | Gone, rulebook: Rulebook) -> WorkerState:
    """What a worker's answer, or its silence, means."""
    if isinstance(answer, Silence):
        return WorkerState(answer.worker, None, False, False, answer.why, {})
    if isinstance(answer, Gone):
        return WorkerState(answer.worker, None, False, True, f"its process {answer.pid} has ended", {})
    epoch = answer.get("epoch")
    known = epoch if isinstance(epoch, int) else None
    enforces = known == rulebook.epoch and answer.get("rulebook") == rulebook.digest
    trouble = None if enforces else f"it is behind: the newest epoch is {rulebook.epoch}"
    return WorkerState(str(answer["worker"]), known, enforces, False, trouble, answer)


def is_valid(key: KeyRecord, now: datetime) -> bool:
    """Whether a key lets somebody in at an instant."""
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)
