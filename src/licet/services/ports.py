"""What the verbs need of the world: stores, workers, a clock. Adapters implement these; tests hold both to them.

Every change of state is an appended event; nothing is overwritten. Instants are aware datetimes in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from licet.core.attestations import Attestation
from licet.core.errors import LicetError
from licet.services.acts.ports import Acts, StoredAct
from licet.services.cases.ports import Cases
from licet.services.identity.ports import Identities
from licet.services.stored import (
    Confirmation,
    Enactment,
    Event,
    KeyRecord,
    StoredDocument,
    StoredList,
    StoredProposal,
    SubjectHistory,
    SubjectRecord,
    Warrant,
)


class StoreConflict(LicetError):
    """What was to be written contradicts what is there, often because somebody else wrote in between; read again."""


class StoreUnavailable(LicetError):
    """The store cannot be read or written now; the message says why and what to do."""


class Store(Identities, Acts, Cases, Protocol):
    """The governance state, identities, acts and cases among it.

    Each writing call is one durable transaction that also appends its event.

    Safe for several threads and several processes at once (not across a fork: open it in the process that uses it).
    Raises `StoreUnavailable` when it cannot answer, never a driver's error. A call that raises has changed nothing.
    """

    def head(self) -> int:
        """The sequence number of the newest event; 0 when there is none."""

    def events(self, after: int) -> Iterator[Event]:
        """The events past `after`, oldest first."""

    def enact(
        self,
        documents: Sequence[StoredDocument],
        lists: Sequence[StoredList],
        *,
        actor: str,
        at: datetime,
        rulebook: str,
        expected_epoch: int,
        warrant: Warrant,
    ) -> Enactment:
        """Append documents and put them in force as epoch `expected_epoch + 1`; `StoreConflict` if that is not next.

        Where the warrant names a proposal, it is approved by this, in the same transaction: `StoreConflict` unless it
        is open. `ValueError` if a document or a list does not have the digest that it says.
        """

    def propose(
        self,
        documents: Sequence[StoredDocument],
        lists: Sequence[StoredList],
        *,
        actor: str,
        at: datetime,
        rulebook: str,
        epoch: int,
        summary: bytes,
    ) -> StoredProposal:
        """Append documents that wait for a second officer; nothing is in force by that.

        `epoch` is the one that they were read on: `StoreConflict` if it is not the newest. `ValueError` as in `enact`.
        """

    def proposals(self) -> tuple[StoredProposal, ...]:
        """Every proposal, oldest first. `StoreUnavailable` if one is not what its `id` says."""

    def proposed(self, proposal: str) -> tuple[StoredDocument, ...]:
        """The documents of a proposal, in their order; none if there is no such proposal.

        `StoreUnavailable` if one no longer has its digest.
        """

    def withdraw(self, proposal: str, *, actor: str, at: datetime, reason: str) -> None:
        """Append that a proposal was taken back. `StoreConflict` unless it is open."""

    def enactments(self) -> tuple[Enactment, ...]:
        """Every enactment, oldest first."""

    def documents(self, epoch: int | None = None) -> tuple[StoredDocument, ...]:
        """The documents enacted up to `epoch` (default: the newest), in the order of their enactment.

        One that was enacted twice is there twice. `StoreUnavailable` if one no longer has its digest.
        """

    def list_content(self, digest: str) -> bytes | None:
        """The list with this digest."""

    def acknowledge(self, epoch: int, worker: str, at: datetime) -> None:
        """Append that a worker enforces this epoch; the first time counts. `StoreConflict` if no such epoch is."""

    def acknowledgements(self, epoch: int) -> tuple[tuple[str, datetime], ...]:
        """Which workers said that they enforce this epoch, and when, oldest first."""

    def add_subject(self, subject: str, kind: str, *, actor: str, at: datetime) -> bool:
        """Append a subject; False if it is there already."""

    def attest(self, attestations: Sequence[Attestation], *, actor: str, at: datetime) -> None:
        """Append attestations, which take the place of earlier ones of the same subject, fact and speaker.

        `StoreConflict` if a subject is not there.
        """

    def add_subjects(self, records: Iterable[SubjectRecord], *, actor: str, at: datetime) -> int:
        """Append the subjects that are not there yet, and the attestations of all of them; how many were new.

        One transaction over the whole stream: if `records` raises, nothing of it is kept. `StoreConflict` if a
        subject is there with another kind.
        """

    def kinds(self, subjects: Sequence[str]) -> dict[str, str]:
        """The kinds of those of `subjects` that are there."""

    def subject(self, subject: str) -> SubjectRecord | None:
        """One subject with its newest attestations."""

    def subjects(self) -> Iterator[SubjectRecord]:
        """All subjects, by name."""

    def subject_names(self) -> Iterator[str]:
        """The names of all subjects, in order."""

    def histories(self, subjects: Sequence[str]) -> Iterator[SubjectHistory]:
        """Those of `subjects` that are there, with all that was ever attested of them, in the order of `subjects`."""

    def confirmations(self) -> Iterator[Confirmation]:
        """Every reading of every status list, in the order of events."""

    def acts(self) -> tuple[StoredAct, ...]:
        """All that officers did, oldest first."""

    def subject_count(self) -> int:
        """How many subjects there are, without reading them."""

    def add_key(self, key: KeyRecord, keyed_hash: bytes) -> None:
        """Append a key, under the keyed hash of its secret.

        `StoreConflict` if its subject is not there, or whom it acts for, or if its name or its hash is.
        """

    def revoke_key(self, key: str, *, actor: str, at: datetime, reason: str) -> bool:
        """Append a revocation; False if there is no such key or it is revoked already."""

    def key_by_hash(self, keyed_hash: bytes) -> KeyRecord | None:
        """The key with this keyed hash, revoked ones included."""

    def caller_by_hash(self, keyed_hash: bytes) -> tuple[KeyRecord, SubjectRecord | None] | None:
        """The same with the key's subject, both as of one moment: what the gate asks of whom it does not remember."""

    def keys(self) -> tuple[KeyRecord, ...]:
        """All keys, oldest first."""

    def close(self) -> None:
        """Let go of files and connections."""


@dataclass(frozen=True, slots=True)
class Ack:
    """A worker's answer to a push: the epoch it now enforces, how many streams that cut, how long it took."""

    worker: str
    epoch: int
    rulebook: str
    cut: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Silence:
    """A worker that runs, or may run, and did not answer as it should, and why."""

    worker: str
    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A worker whose process has ended without signing off: it serves nobody, and is not waited for again."""

    worker: str
    pid: int


class Workers(Protocol):
    """The gate processes that run now, and the way to reach them without waiting for them to look."""

    def push(self, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Tell every worker that the store changed; return when each has acted on it or `timeout` seconds ran out."""

    def status(self, *, timeout: float) -> tuple[dict[str, object] | Silence | Gone, ...]:
        """What each worker says of itself (`worker`, `epoch`, `rulebook`, `open`, `since`, `clock`, ...)."""

    def set_clock(self, at: datetime, *, timeout: float) -> tuple[Ack | Silence | Gone, ...]:
        """Set the scenario clock of every worker that runs on one; others answer `Silence`."""


class Clock(Protocol):
    """The only source of the current instant."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
