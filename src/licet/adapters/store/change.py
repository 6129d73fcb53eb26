"""A change of the store: rows that are appended together with the events they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Table, func, insert, select

from licet.adapters.store import case_words, rows
from licet.adapters.store.query import missing
from licet.adapters.store.schema import attestation, document, event, instant_text, list_file, metadata
from licet.adapters.store.schema import subject as subject_table
from licet.adapters.store.schema_cases import case_attached, case_entry
from licet.core.attestations import Attestation
from licet.core.cases.entry import Entry
from licet.services.stored import StoredDocument, StoredList, SubjectRecord


class Change:
    """A writing transaction. It alone writes, so it numbers its events itself, without gaps."""

    def __init__(self, connection: Connection, actor: str, at: datetime) -> None:
        self.connection = connection
        self._actor = actor
        self._at = at
        self.seq = connection.execute(select(func.max(event.c.seq))).scalar() or 0
        self._pending: dict[Table, list[dict[str, object]]] = {}
        self._many: dict[Table, list[tuple[object, ...]]] = {
            each: [] for each in (event, subject_table, attestation, case_entry)
        }

    @contextmanager
    def part(self, actor: str, at: datetime) -> Iterator[None]:
        """One call of several that are one transaction: if it raises, it has changed nothing, and the others have."""
        before = self._actor, self._at, self.seq
        self._actor, self._at = actor, at
        try:
            with self.connection.begin_nested():
                yield
                self.flush()
        except BaseException:
            self.seq = before[2]
            self._pending.clear()
            for many in self._many.values():
                many.clear()
            raise
        finally:
            self._actor, self._at = before[:2]

    def event(
        self, kind: str, body: bytes, *, subject: str | None = None, key: str | None = None, actor: str | None = None
    ) -> int:
        """Append an event, of another actor than the others where one is named; its sequence number."""
        self.seq += 1
        row = (self.seq, instant_text(self._at), actor or self._actor, kind, subject, key, body)
        self._many[event].append(row)
        return self.seq

    def append(self, table: Table, **row: object) -> None:
        """Append a row, once `flush` is called; what rows refer to is written first."""
        self._pending.setdefault(table, []).append(row)

    def keep(self, seq: int, documents: Sequence[StoredDocument], lists: Sequence[StoredList]) -> None:
        """Append what was enacted or proposed and is not there yet, by digest."""
        new_lists = missing(self.connection, list_file, [one.digest for one in lists])
        new_documents = missing(self.connection, document, [one.digest for one in documents])
        for content in {one.digest: one for one in lists if one.digest in new_lists}.values():
            self.append(list_file, digest=content.digest, content=content.content, seq=seq)
        for one in {one.digest: one for one in documents if one.digest in new_documents}.values():
            self.append(document, digest=one.digest, kind=one.kind, name=one.name, canonical=one.canonical, seq=seq)

    def attest(self, seq: int, attestations: Iterable[Attestation]) -> None:
        """Append attestations that belong to one event."""
        self._many[attestation].extend(
            (
                one.subject,
                one.fact,
                one.speaker,
                seq,
                rows.value_text(one.value),
                one.attested_by,
                one.how,
                one.level,
                instant_text(one.at),
                None if one.until is None else instant_text(one.until),
                one.framework,
                one.carrier.value,
                one.digest,
                None if one.status is None else one.status.uri,
                None if one.status is None else one.status.position,
            )
            for one in attestations
        )

    def enter(self, case_no: int, entries: Iterable[Entry], seq: int) -> None:
        """Append entries of a case, and which exhibits they have."""
        for each in entries:
            clock, started_by, again = each.clock or (None, None, None)
            at, happened = instant_text(each.at), instant_text(each.happened)
            content = case_words.entry_content(each)
            row = (case_no, each.number, each.event, at, happened, clock, started_by, again, each.act, content, seq)
            self._many[case_entry].append(row)
            for digest in {one.digest for one in each.exhibits}:
                self.append(case_attached, case_no=case_no, number=each.number, digest=digest, seq=seq)

    def flush(self) -> None:
        """Write what was appended."""
        for table in metadata.sorted_tables:
            if pending := self._pending.pop(table, None):
                self.connection.execute(insert(table), pending)
            if many := self._many.get(table):
                _insert_many(self.connection, table, many)
                many.clear()

    def add_subject(self, record: SubjectRecord) -> None:
        """Append a subject that is not there, with its attestations."""
        groups = [group for _, group in rows.by_subject(record.attestations)] or [()]
        seq = self.event(rows.SUBJECT_ADDED, rows.added_body(record.kind, groups[0]), subject=record.id)
        self._many[subject_table].append((record.id, record.kind, seq))
        self.attest(seq, groups[0])
        for group in groups[1:]:
            self.attest_group(record.id, group)

    def attest_group(self, name: str, group: tuple[Attestation, ...]) -> None:
        """Append attestations about one subject, each of another fact, as one event."""
        self.attest(self.event(rows.ATTESTED, rows.attested_body(group), subject=name), group)


def _insert_many(connection: Connection, table: Table, many: list[tuple[object, ...]]) -> None:
    """Insert rows whose values are as the database takes them, in the order of the columns.

    SQLAlchemy compiles the statement; its work on each value, which takes most of a large import, is left out.
    """
    statement = insert(table).compile(dialect=connection.dialect)
    if statement.positional:
        connection.exec_driver_sql(str(statement), many)
    else:
        names = table.columns.keys()
        connection.exec_driver_sql(str(statement), [dict(zip(names, row, strict=True)) for row in many])
