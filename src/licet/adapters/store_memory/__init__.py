"""The store in memory: the port's contract in its plainest form, for tests and for trying things out. Nothing lasts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from licet.adapters.store import rows
from licet.adapters.store_memory.acts import MemoryActs
from licet.adapters.store_memory.case_index import MemoryCaseIndex
from licet.adapters.store_memory.cases import MemoryCases
from licet.adapters.store_memory.identity import MemoryIdentities
from licet.core.attestations import Attestation
from licet.services.ports import StoreConflict
from licet.services.stored import (
    Enactment,
    Event,
    KeyRecord,
    StoredDocument,
    StoredList,
    StoredProposal,
    SubjectHistory,
    SubjectRecord,
    Warrant,
    Withdrawal,
)


class MemoryStore(MemoryIdentities, MemoryActs, MemoryCases, MemoryCaseIndex):
    """`services.ports.Store` in memory, for one process."""

    def head(self) -> int:
        """See the port."""
        return len(self._state.events)

    def events(self, after: int) -> Iterator[Event]:
        """See the port."""
        yield from self._state.events[after:]

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
        """See the port."""
        rows.check_digests(documents, lists)
        with self._changing() as state:
            rows.check_epoch(len(state.enactments), expected_epoch)
            digests = tuple(document.digest for document in documents)
            stands_on = (warrant.ground, warrant.rests_on, warrant.approved_by, warrant.proposal)
            enactment = Enactment(expected_epoch + 1, at, actor, digests, rulebook, *stands_on)
            if warrant.proposal is not None:
                rows.check_open(state.proposals.get(warrant.proposal), warrant.proposal)
                approved = replace(state.proposals[warrant.proposal], enacted=enactment.epoch)
                state.proposals[warrant.proposal] = approved
                by = warrant.approved_by or actor
                state.add(rows.APPROVED, rows.body(proposal=warrant.proposal), actor=by, at=at)
            body = rows.enactment_body(enactment.epoch, digests, lists, rulebook, warrant)
            state.add(rows.ENACTED, body, actor=actor, at=at)
            state.keep(documents, lists)
            state.enactments.append(enactment)
        return enactment

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
        """See the port."""
        rows.check_digests(documents, lists)
        digests, list_digests = tuple(one.digest for one in documents), tuple(one.digest for one in lists)
        proposal = StoredProposal("", at, actor, digests, list_digests, epoch, rulebook, summary)
        proposal = replace(proposal, id=rows.named(proposal))
        with self._changing() as state:
            rows.check_epoch(len(state.enactments), epoch)
            if proposal.id in state.proposals:
                raise StoreConflict(f"the proposal `{proposal.id}` is there already")
            state.add(rows.PROPOSED, rows.proposal_body(proposal), actor=actor, at=at)
            state.keep(documents, lists)
            state.proposals[proposal.id] = proposal
        return proposal

    def proposals(self) -> tuple[StoredProposal, ...]:
        """See the port."""
        return tuple(self._state.proposals.values())

    def proposed(self, proposal: str) -> tuple[StoredDocument, ...]:
        """See the port."""
        state = self._state
        found = state.proposals.get(proposal)
        return tuple(state.documents[digest] for digest in found.documents) if found else ()

    def withdraw(self, proposal: str, *, actor: str, at: datetime, reason: str) -> None:
        """See the port."""
        with self._changing() as state:
            rows.check_open(state.proposals.get(proposal), proposal)
            state.add(rows.WITHDRAWN, rows.body(proposal=proposal, reason=reason), actor=actor, at=at)
            taken_back = replace(state.proposals[proposal], withdrawn=Withdrawal(at, actor, reason))
            state.proposals[proposal] = taken_back

    def enactments(self) -> tuple[Enactment, ...]:
        """See the port."""
        return tuple(self._state.enactments)

    def documents(self, epoch: int | None = None) -> tuple[StoredDocument, ...]:
        """See the port."""
        state = self._state
        return tuple(state.documents[digest] for each in state.enactments[:epoch] for digest in each.documents)

    def list_content(self, digest: str) -> bytes | None:
        """See the port."""
        return self._state.lists.get(digest)

    def acknowledge(self, epoch: int, worker: str, at: datetime) -> None:
        """See the port."""
        with self._changing() as state:
            if not 1 <= epoch <= len(state.enactments):
                raise rows.no_such_epoch(epoch)
            if (epoch, worker) not in state.acknowledgements:
                state.add(rows.ACKNOWLEDGED, rows.body(epoch=epoch, worker=worker), actor=worker, at=at)
                state.acknowledgements[epoch, worker] = at

    def acknowledgements(self, epoch: int) -> tuple[tuple[str, datetime], ...]:
        """See the port."""
        found = self._state.acknowledgements.items()
        return tuple((worker, at) for (acknowledged, worker), at in found if acknowledged == epoch)

    def add_subject(self, subject: str, kind: str, *, actor: str, at: datetime) -> bool:
        """See the port."""
        with self._changing() as state:
            if subject in state.subjects:
                return False
            state.add_subject(SubjectRecord(subject, kind, ()), actor=actor, at=at)
        return True

    def attest(self, attestations: Sequence[Attestation], *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing() as state:
            for name, group in rows.by_subject(attestations):
                state.need(name)
                state.add(rows.ATTESTED, rows.attested_body(group), actor=actor, at=at, subject=name)
                state.attest(group, at)

    def add_subjects(self, records: Iterable[SubjectRecord], *, actor: str, at: datetime) -> int:
        """See the port."""
        with self._changing() as state:
            before = len(state.subjects)
            for record in records:
                kind = state.subjects.get(record.id)
                if kind is None:
                    state.add_subject(record, actor=actor, at=at)
                elif kind != record.kind:
                    raise rows.other_kind(record, kind)
                else:
                    state.attest_groups(record.id, record.attestations, actor=actor, at=at)
            return len(state.subjects) - before

    def kinds(self, subjects: Sequence[str]) -> dict[str, str]:
        """See the port."""
        state = self._state
        return {subject: state.subjects[subject] for subject in subjects if subject in state.subjects}

    def subject(self, subject: str) -> SubjectRecord | None:
        """See the port."""
        state = self._state
        if subject not in state.subjects:
            return None
        newest = sorted(state.newest[subject].values(), key=lambda word: (word.seq, word.attestation.fact))
        said = tuple(word.attestation for word in newest)
        return SubjectRecord(subject, state.subjects[subject], said, state.suspended.get(subject))

    def subjects(self) -> Iterator[SubjectRecord]:
        """See the port."""
        for name in sorted(self._state.subjects):
            record = self.subject(name)
            if record is not None:
                yield record

    def subject_names(self) -> Iterator[str]:
        """See the port."""
        yield from sorted(self._state.subjects)

    def histories(self, subjects: Sequence[str]) -> Iterator[SubjectHistory]:
        """See the port."""
        state = self._state
        for name in subjects:
            if name in state.subjects:
                known = tuple(each for each in state.known if each.attestation.subject == name)
                yield SubjectHistory(name, state.subjects[name], known)

    def subject_count(self) -> int:
        """See the port."""
        return len(self._state.subjects)

    def add_key(self, key: KeyRecord, keyed_hash: bytes) -> None:
        """See the port."""
        with self._changing() as state:
            for name in filter(None, (key.subject, key.acts_for)):
                state.need(name)
            if key.id in state.keys or keyed_hash in state.hashes:
                raise StoreConflict(f"a key `{key.id}` is there already")
            actor, at = key.created_by, key.created_at
            state.add(rows.KEY_ADDED, rows.key_body(key), actor=actor, at=at, subject=key.subject, key=key.id)
            state.keys[key.id] = key
            state.hashes[keyed_hash] = key.id

    def revoke_key(self, key: str, *, actor: str, at: datetime, reason: str) -> bool:
        """See the port."""
        with self._changing() as state:
            record = state.keys.get(key)
            if record is None or record.revoked_at is not None:
                return False
            body = rows.body(reason=reason)
            state.add(rows.KEY_REVOKED, body, actor=actor, at=at, subject=record.subject, key=key)
            state.keys[key] = replace(record, revoked_at=at)
        return True

    def key_by_hash(self, keyed_hash: bytes) -> KeyRecord | None:
        """See the port."""
        state = self._state
        name = state.hashes.get(keyed_hash)
        return None if name is None else state.keys[name]

    def caller_by_hash(self, keyed_hash: bytes) -> tuple[KeyRecord, SubjectRecord | None] | None:
        """See the port."""
        key = self.key_by_hash(keyed_hash)
        return None if key is None else (key, self.subject(key.subject))

    def keys(self) -> tuple[KeyRecord, ...]:
        """See the port."""
        return tuple(self._state.keys.values())
