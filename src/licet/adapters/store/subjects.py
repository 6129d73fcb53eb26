"""Subjects in the store on a database, what is attested of them, and their keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import func, select

from licet.adapters.store import query, rows
from licet.adapters.store.query import PAGE
from licet.adapters.store.schema import api_key, revocation
from licet.adapters.store.schema import subject as subject_table
from licet.adapters.store.session import Session
from licet.core.attestations import Attestation
from licet.services.stored import KeyRecord, SubjectHistory, SubjectRecord


class Subjects(Session):
    """`services.ports.Store`, as far as it is about subjects and keys."""

    def add_subject(self, subject: str, kind: str, *, actor: str, at: datetime) -> bool:
        """See the port."""
        with self._changing(actor, at) as change:
            if query.kinds(change.connection, [subject]):
                return False
            change.add_subject(SubjectRecord(subject, kind, ()))
        return True

    def attest(self, attestations: Sequence[Attestation], *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing(actor, at) as change:
            for name, group in rows.by_subject(attestations):
                if not query.kinds(change.connection, [name]):
                    raise rows.no_such_subject(name)
                change.attest_group(name, group)

    def add_subjects(self, records: Iterable[SubjectRecord], *, actor: str, at: datetime) -> int:
        """See the port."""
        new = 0
        stream = iter(records)
        with self._changing(actor, at) as change:
            while page := list(islice(stream, PAGE)):
                there = query.kinds(change.connection, [record.id for record in page])
                for record in page:
                    kind = there.setdefault(record.id, "")
                    if kind == "":
                        new += 1
                        there[record.id] = record.kind
                        change.add_subject(record)
                    elif kind != record.kind:
                        raise rows.other_kind(record, kind)
                    else:
                        for _, group in rows.by_subject(record.attestations):
                            change.attest_group(record.id, group)
                change.flush()
        return new

    def kinds(self, subjects: Sequence[str]) -> dict[str, str]:
        """See the port."""
        with self._reading() as connection:
            return query.kinds(connection, subjects)

    def subject(self, subject: str) -> SubjectRecord | None:
        """See the port."""
        with self._reading() as connection:
            return query.one_subject(connection, subject)

    def subjects(self) -> Iterator[SubjectRecord]:
        """See the port. Read in pages, each its own snapshot."""
        last = ""
        while True:
            with self._reading() as connection:
                page = query.page_of_subjects(connection, last)
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1].id

    def subject_names(self) -> Iterator[str]:
        """See the port. Read in pages, each its own snapshot."""
        last = ""
        while True:
            with self._reading() as connection:
                page = query.page_of_names(connection, last)
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1]

    def histories(self, subjects: Sequence[str]) -> Iterator[SubjectHistory]:
        """See the port. Read in pages, each its own snapshot."""
        for start in range(0, len(subjects), PAGE):
            with self._reading() as connection:
                page = query.page_of_histories(connection, subjects[start : start + PAGE])
            yield from page

    def subject_count(self) -> int:
        """See the port."""
        with self._reading() as connection:
            return connection.execute(select(func.count()).select_from(subject_table)).scalar_one()

    def add_key(self, key: KeyRecord, keyed_hash: bytes) -> None:
        """See the port."""
        with self._changing(key.created_by, key.created_at) as change:
            for name in filter(None, (key.subject, key.acts_for)):
                if not query.kinds(change.connection, [name]):
                    raise rows.no_such_subject(name)
            seq = change.event(rows.KEY_ADDED, rows.key_body(key), subject=key.subject, key=key.id)
            change.append(
                api_key,
                id=key.id,
                keyed_hash=keyed_hash,
                subject=key.subject,
                scopes=rows.names_text(key.scopes),
                created_at=key.created_at,
                created_by=key.created_by,
                expires_at=key.expires_at,
                seq=seq,
                acts_for=key.acts_for,
            )

    def revoke_key(self, key: str, *, actor: str, at: datetime, reason: str) -> bool:
        """See the port."""
        with self._changing(actor, at) as change:
            found = change.connection.execute(query.KEYS.where(api_key.c.id == key)).first()
            if found is None or found.revoked_at is not None:
                return False
            seq = change.event(rows.KEY_REVOKED, rows.body(reason=reason), subject=found.subject, key=key)
            change.append(revocation, api_key=key, at=at, actor=actor, reason=reason, seq=seq)
        return True

    def key_by_hash(self, keyed_hash: bytes) -> KeyRecord | None:
        """See the port."""
        with self._reading() as connection:
            found = connection.execute(query.KEY_BY_HASH, {"keyed_hash": keyed_hash}).first()
        return None if found is None else query.key(found)

    def caller_by_hash(self, keyed_hash: bytes) -> tuple[KeyRecord, SubjectRecord | None] | None:
        """See the port. One transaction, since beginning and ending a second one takes a fifth of the time."""
        with self._reading() as connection:
            found = connection.execute(query.KEY_BY_HASH, {"keyed_hash": keyed_hash}).first()
            return None if found is None else (query.key(found), query.one_subject(connection, found.subject))

    def keys(self) -> tuple[KeyRecord, ...]:
        """See the port."""
        with self._reading() as connection:
            return tuple(query.key(row) for row in connection.execute(query.KEYS.order_by(api_key.c.seq)))
