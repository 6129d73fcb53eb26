"""What the store in memory holds, and how it changes: on a copy, which takes its place when it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock, local
from typing import NamedTuple

from licet.adapters.store import rows
from licet.core.attestations import Attestation
from licet.core.cases.case import Link
from licet.core.roles import Officer
from licet.services.acts.ports import StoredAct
from licet.services.cases.ports import CaseRow, DueRow, Letter, StoredCase
from licet.services.identity.ports import Binding, Client, Hit, Member
from licet.services.stored import (
    Enactment,
    Event,
    KeyRecord,
    Known,
    StoredDocument,
    StoredList,
    StoredProposal,
    SubjectRecord,
)


class Word(NamedTuple):
    """An attestation and the event with which it came."""

    seq: int
    attestation: Attestation


@dataclass
class State:
    """Everything that is kept."""

    events: list[Event] = field(default_factory=list)
    enactments: list[Enactment] = field(default_factory=list)
    proposals: dict[str, StoredProposal] = field(default_factory=dict)
    documents: dict[str, StoredDocument] = field(default_factory=dict)
    lists: dict[str, bytes] = field(default_factory=dict)
    acknowledgements: dict[tuple[int, str], datetime] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    newest: dict[str, dict[tuple[str, str], Word]] = field(default_factory=dict)
    known: list[Known] = field(default_factory=list)
    keys: dict[str, KeyRecord] = field(default_factory=dict)
    hashes: dict[bytes, str] = field(default_factory=dict)
    bindings: dict[tuple[str, bytes], Binding] = field(default_factory=dict)
    suspended: dict[str, str] = field(default_factory=dict)
    confirmed: dict[str, datetime] = field(default_factory=dict)
    used: dict[tuple[str, bytes], datetime] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    client_hashes: dict[bytes, str] = field(default_factory=dict)
    members: dict[tuple[str, str], Member] = field(default_factory=dict)
    dispositions: list[Hit] = field(default_factory=list)
    acts: dict[str, StoredAct] = field(default_factory=dict)
    officers: dict[str, Officer] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    cases: dict[str, StoredCase] = field(default_factory=dict)
    case_rows: dict[str, CaseRow] = field(default_factory=dict)
    case_due: dict[str, tuple[DueRow, ...]] = field(default_factory=dict)
    case_links: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    case_law: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exhibits: dict[str, bytes] = field(default_factory=dict)
    letters: dict[str, tuple[Letter, bool]] = field(default_factory=dict)
    """Letters with whether they were sent, or refused for good."""

    def copy(self) -> State:
        """A state that can change without this one changing."""
        copied = State(**{name: getattr(self, name).copy() for name in self.__dataclass_fields__})
        copied.newest = {subject: newest.copy() for subject, newest in self.newest.items()}
        return copied

    def add(
        self, kind: str, body: bytes, *, actor: str, at: datetime, subject: str | None = None, key: str | None = None
    ) -> None:
        """Append an event."""
        self.events.append(Event(len(self.events) + 1, at, actor, kind, subject, key, body))

    def keep(self, documents: Iterable[StoredDocument], lists: Iterable[StoredList]) -> None:
        """Keep what was enacted or proposed, by digest."""
        self.documents |= {document.digest: document for document in documents}
        self.lists |= {content.digest: content.content for content in lists}

    def attest(self, group: Iterable[Attestation], at: datetime) -> None:
        """Let the newest event's attestations take the place of what their speakers said before."""
        for each in sorted(group, key=lambda one: one.fact):
            self.newest[each.subject][each.fact, each.speaker] = Word(len(self.events), each)
            self.known.append(Known(each, at))

    def attest_groups(self, name: str, attestations: Iterable[Attestation], *, actor: str, at: datetime) -> None:
        """Append attestations about one subject as events."""
        for _, group in rows.by_subject(attestations):
            self.add(rows.ATTESTED, rows.attested_body(group), actor=actor, at=at, subject=name)
            self.attest(group, at)

    def add_subject(self, record: SubjectRecord, *, actor: str, at: datetime) -> None:
        """Append a subject that is not there."""
        groups = [group for _, group in rows.by_subject(record.attestations)] or [()]
        self.add(rows.SUBJECT_ADDED, rows.added_body(record.kind, groups[0]), actor=actor, at=at, subject=record.id)
        self.subjects[record.id] = record.kind
        self.newest[record.id] = {}
        self.attest(groups[0], at)
        for group in groups[1:]:
            self.attest_groups(record.id, group, actor=actor, at=at)

    def need(self, subject: str) -> None:
        """Raises `StoreConflict` unless a subject is there."""
        if subject not in self.subjects:
            raise rows.no_such_subject(subject)


class _Draft(local):
    """The state that this thread changes by several calls, where it does."""

    state: State | None = None


class MemorySession:
    """What every part of the store in memory stands on."""

    def __init__(self) -> None:
        self._kept = State()
        self._draft = _Draft()
        self._lock = RLock()

    def close(self) -> None:
        """Nothing to let go of."""

    @property
    def _state(self) -> State:
        """What this thread sees: what it changes, or else what is kept."""
        return self._draft.state or self._kept

    @contextmanager
    def together(self, *, actor: str, at: datetime) -> Iterator[None]:  # noqa: ARG002 - each call names its own
        """See the port."""
        with self._lock:
            before = self._draft.state
            self._draft.state = self._state.copy()
            try:
                yield
            except BaseException:
                self._draft.state = before
                raise
            changed, self._draft.state = self._draft.state, before
            self._keep(changed)

    @contextmanager
    def _changing(self) -> Iterator[State]:
        with self._lock:
            changed = self._state.copy()
            yield changed
            self._keep(changed)

    def _keep(self, changed: State) -> None:
        if self._draft.state is None:
            self._kept = changed
        else:
            self._draft.state = changed
