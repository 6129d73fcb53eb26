"""A change of the store: rows that are appended together with the events they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Table, func, insert, select

from licet.adapters import store_rows as rows
from licet.adapters.schema import attestation, event, metadata
from licet.adapters.schema import subject as subject_table
from licet.services.ports import Attestation, SubjectRecord


class Change:
    """A writing transaction. It alone writes, so it numbers its events itself, without gaps."""

    def __init__(self, connection: Connection, actor: str, at: datetime) -> None:
        self.connection = connection
        self._actor = actor
        self._at = at
        self.seq = connection.execute(select(func.max(event.c.seq))).scalar() or 0
        self._pending: dict[Table, list[dict[str, object]]] = {}

    def event(self, kind: str, body: bytes, *, subject: str | None = None, key: str | None = None) -> int:
        """Append an event; its sequence number."""
        self.seq += 1
        self.append(
            event, seq=self.seq, at=self._at, actor=self._actor, kind=kind, subject=subject, api_key=key, body=body
        )
        return self.seq

    def append(self, table: Table, **row: object) -> None:
        """Append a row, once `flush` is called; what rows refer to is written first."""
        self._pending.setdefault(table, []).append(row)

    def attest(self, seq: int, attestations: Iterable[Attestation]) -> None:
        """Append attestations that belong to one event."""
        for one in attestations:
            self.append(
                attestation,
                subject=one.subject,
                fact=one.fact,
                seq=seq,
                value=rows.value_text(one.value),
                attested_by=one.attested_by,
                how=one.how,
                level=one.level,
                at=one.at,
                until=one.until,
            )

    def flush(self) -> None:
        """Write what was appended."""
        for table in metadata.sorted_tables:
            if pending := self._pending.get(table):
                self.connection.execute(insert(table), pending)
        self._pending.clear()

    def add_subject(self, record: SubjectRecord) -> None:
        """Append a subject that is not there, with its attestations."""
        seq = self.event(rows.SUBJECT_ADDED, rows.added_body(record), subject=record.id)
        self.append(subject_table, id=record.id, kind=record.kind, seq=seq)
        self.attest(seq, record.attestations)

    def attest_group(self, name: str, group: tuple[Attestation, ...]) -> None:
        """Append attestations about one subject, each of another fact, as one event."""
        self.attest(self.event(rows.ATTESTED, rows.attested_body(group), subject=name), group)
