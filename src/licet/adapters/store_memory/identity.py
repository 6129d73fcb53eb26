"""Identities in memory: the contract of `services.identity.ports.Identities` in its plainest form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from licet.adapters.store import identity_rows as words
from licet.adapters.store import rows
from licet.adapters.store.schema import instant_text
from licet.adapters.store_memory.state import MemorySession, State, Word
from licet.core.attestations import Attestation
from licet.core.facts import UNKNOWN, Unknown
from licet.services.acts.ports import Settlement, StoredAct
from licet.services.identity.ports import Binding, Client, Erased, Hit, Member, StatusUse
from licet.services.ports import StoreConflict
from licet.services.stored import Confirmation, Known, SubjectRecord


class MemoryIdentities(MemorySession):
    """`services.identity.ports.Identities` in memory."""

    def bound(self, issuer: str, mark: bytes) -> str | None:
        """See the port."""
        found = self._state.bindings.get((issuer, mark))
        return None if found is None else found.subject

    def bind(self, binding: Binding, kind: str, *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing() as state:
            there = state.bindings.get((binding.issuer, binding.mark))
            if there is not None:
                if there.subject != binding.subject:
                    raise words.bound_to_another(binding)
                return
            new, known = SubjectRecord(binding.subject, kind, ()), state.subjects.get(binding.subject)
            if known is None:
                state.add_subject(new, actor=actor, at=at)
            elif known != kind:
                raise rows.other_kind(new, known)
            state.add(words.BOUND, words.bound_body(binding), actor=actor, at=at, subject=binding.subject)
            state.bindings[binding.issuer, binding.mark] = binding

    def bindings(self, subject: str) -> tuple[Binding, ...]:
        """See the port."""
        return tuple(each for each in self._state.bindings.values() if each.subject == subject)

    def suspend(self, subject: str, *, actor: str, at: datetime, reason: str) -> bool:
        """See the port."""
        with self._changing() as state:
            state.need(subject)
            if state.suspended.get(subject) == reason:
                return False
            state.add(words.SUSPENDED, rows.body(reason=reason), actor=actor, at=at, subject=subject)
            state.suspended[subject] = reason
        return True

    def resume(self, subject: str, *, actor: str, at: datetime, reason: str) -> bool:
        """See the port."""
        with self._changing() as state:
            if state.suspended.pop(subject, None) is None:
                return False
            state.add(words.RESUMED, rows.body(reason=reason), actor=actor, at=at, subject=subject)
        return True

    def confirm_status(self, uri: str, *, digest: str, until: datetime, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing() as state:
            body = rows.body(uri=uri, digest=digest, until=instant_text(until))
            state.add(words.STATUS_READ, body, actor=actor, at=at)
            state.confirmed[uri] = until

    def confirmed(self) -> Mapping[str, datetime]:
        """See the port."""
        return dict(self._state.confirmed)

    def confirmations(self) -> Iterator[Confirmation]:
        """See the port."""
        for each in self._state.events:
            if each.kind == words.STATUS_READ:
                read = json.loads(each.body)
                yield Confirmation(read["uri"], each.at, datetime.fromisoformat(read["until"]))

    def status_uses(self) -> Iterator[StatusUse]:
        """See the port."""
        said = [word.attestation for newest in self._state.newest.values() for word in newest.values()]
        uses = [
            (each.status.uri, each) for each in said if each.status is not None and not isinstance(each.value, Unknown)
        ]
        for uri, group in groupby(sorted(uses, key=lambda use: use[0]), key=lambda use: use[0]):
            yield StatusUse(uri, tuple(each for _, each in group))

    def use_once(self, purpose: str, mark: bytes, *, until: datetime, at: datetime) -> bool:
        """See the port."""
        with self._changing() as state:
            before = state.used.get((purpose, mark))
            if before is not None and before > at:
                return False
            state.used[purpose, mark] = until
        return True

    def add_client(self, client: Client, keyed_hash: bytes) -> None:
        """See the port."""
        with self._changing() as state:
            if client.id in state.clients or keyed_hash in state.client_hashes:
                raise StoreConflict(f"a client `{client.id}` is there already")
            state.add(words.CLIENT_ADDED, words.client_body(client), actor=client.created_by, at=client.created_at)
            state.clients[client.id] = client
            state.client_hashes[keyed_hash] = client.id

    def revoke_client(self, client: str, *, actor: str, at: datetime, reason: str) -> bool:
        """See the port."""
        with self._changing() as state:
            found = state.clients.get(client)
            if found is None or found.revoked_at is not None:
                return False
            state.add(words.CLIENT_REVOKED, rows.body(client=client, reason=reason), actor=actor, at=at)
            state.clients[client] = replace(found, revoked_at=at)
        return True

    def client_by_hash(self, keyed_hash: bytes) -> Client | None:
        """See the port."""
        state = self._state
        name = state.client_hashes.get(keyed_hash)
        return None if name is None else state.clients[name]

    def clients(self) -> tuple[Client, ...]:
        """See the port."""
        return tuple(self._state.clients.values())

    def put_member(self, member: Member, *, actor: str) -> None:
        """See the port."""
        with self._changing() as state:
            state.need(member.subject)
            words.check_version(member, state.members.get((member.attester, member.id)))
            for mark in filter(None, (member.mark, member.external)):
                other = _by_mark(state, member.attester, mark)
                if other is not None and other.id != member.id and not member.deleted:
                    raise words.same_person(member)
            body = words.member_body(member)
            state.add(words.MEMBER_CHANGED, body, actor=actor, at=member.changed_at, subject=member.subject)
            state.members[member.attester, member.id] = member

    def member(self, attester: str, id_: str) -> Member | None:
        """See the port."""
        found = self._state.members.get((attester, id_))
        return None if found is None or found.deleted else found

    def member_by_mark(self, attester: str, mark: bytes) -> Member | None:
        """See the port."""
        return _by_mark(self._state, attester, mark)

    def member_of(self, attester: str, subject: str) -> Member | None:
        """See the port."""
        return next((each for each in self.members(attester) if each.subject == subject), None)

    def members(self, attester: str) -> Iterator[Member]:
        """See the port."""
        mine = [each for each in self._state.members.values() if each.attester == attester and not each.deleted]
        yield from sorted(mine, key=lambda each: each.id)

    def pseudonyms_changed(self, generation: int, change: str, *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing() as state:
            state.add(words.PSEUDONYMS_CHANGED, rows.body(generation=generation, change=change), actor=actor, at=at)

    def dispose(self, hit: Hit) -> None:
        """See the port."""
        with self._changing() as state:
            state.add(words.DISPOSED, words.hit_body(hit), actor=hit.actor, at=hit.at, subject=hit.subject)
            state.dispositions.append(hit)

    def dispositions(self, subject: str | None = None) -> tuple[Hit, ...]:
        """See the port."""
        return tuple(each for each in self._state.dispositions if subject in (None, each.subject))

    def erase(self, subject: str, stands_for: str, *, actor: str, at: datetime, reason: str) -> Erased:
        """See the port."""
        with self._changing() as state:
            state.need(subject)
            if stands_for in state.subjects:
                raise StoreConflict(f"`{stands_for}` is a subject already, and cannot stand for another one")
            _end(state, subject, actor, at)
            count = sum(each.attestation.subject == subject for each in state.known)
            body = rows.body(attestations=count, reason=reason)
            _rewrite(state, subject, stands_for)
            state.add(words.ERASED, body, actor=actor, at=at, subject=stands_for)
        return Erased(stands_for, count)


def _by_mark(state: State, attester: str, mark: bytes) -> Member | None:
    found = (each for each in state.members.values() if each.attester == attester and not each.deleted)
    return next((each for each in found if mark in (each.mark, each.external)), None)


def _end(state: State, name: str, actor: str, at: datetime) -> None:
    """End what could still let somebody in as this subject."""
    for key in list(state.keys.values()):
        if name in (key.subject, key.acts_for) and key.revoked_at is None:
            body = rows.body(reason=words.ERASED)
            state.add(rows.KEY_REVOKED, body, actor=actor, at=at, subject=key.subject, key=key.id)
            state.keys[key.id] = replace(key, revoked_at=at)
    for act in list(state.acts.values()):
        if (act.subject == name or words.names_person(name) in act.content) and act.is_open:
            body = rows.body(act=act.id, outcome=words.WITHDRAWN)
            state.add(words.ACT_SETTLED, body, actor=actor, at=at, subject=act.subject)
            state.acts[act.id] = words.settled(act, Settlement(words.WITHDRAWN, actor, at, words.ERASED, None))


def _rewrite(state: State, name: str, stands_for: str) -> None:
    """Let everything say of nobody what it said of this subject."""

    def renamed(subject: str | None) -> str | None:
        return stands_for if subject == name else subject

    def emptied(each: Attestation) -> Attestation:
        if each.subject != name:
            return each
        return replace(each, subject=stands_for, value=UNKNOWN, how="", status=None)

    state.events = [
        each if each.subject != name else replace(each, subject=stands_for, body=words.ERASED_BODY)
        for each in state.events
    ]
    state.known = [Known(emptied(each.attestation), each.since) for each in state.known]
    newest = state.newest.pop(name)
    state.newest[stands_for] = {key: Word(seq, emptied(each)) for key, (seq, each) in newest.items()}
    state.subjects[stands_for] = state.subjects.pop(name)
    state.bindings = {key: each for key, each in state.bindings.items() if each.subject != name}
    state.members = {key: each for key, each in state.members.items() if each.subject != name}
    if state.suspended.pop(name, None) is not None:
        state.suspended[stands_for] = ""
    state.keys = {
        each.id: replace(each, subject=renamed(each.subject) or "", acts_for=renamed(each.acts_for))
        for each in state.keys.values()
    }
    state.dispositions = [
        each if each.subject != name else each._replace(subject=stands_for, reason="") for each in state.dispositions
    ]
    state.acts = {key: _emptied(each, name, stands_for) for key, each in state.acts.items()}


def _emptied(act: StoredAct, name: str, stands_for: str) -> StoredAct:
    if act.subject != name:
        return replace(act, content=words.ERASED_CONTENT) if words.names_person(name) in act.content else act
    settlement = None if act.settlement is None else act.settlement._replace(reason="")
    return replace(act, subject=stands_for, content=words.ERASED_CONTENT, settlement=settlement)
