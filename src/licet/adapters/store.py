"""The store on a database: every writing call is one transaction that appends rows and the event they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError, StatementError

from licet.adapters import store_query as query
from licet.adapters import store_rows as rows
from licet.adapters.schema import (
    acknowledgement,
    api_key,
    document,
    enacted_document,
    enactment,
    event,
    list_file,
    proposed_document,
    proposed_list,
    revocation,
    withdrawal,
)
from licet.adapters.schema import proposal as proposal_table
from licet.adapters.schema import subject as subject_table
from licet.adapters.schema import warrant as warrant_table
from licet.adapters.store_change import Change
from licet.adapters.store_query import PAGE
from licet.adapters.store_sqlite import WRITE, Database, create_database, open_database
from licet.core.attestations import Attestation
from licet.services.ports import (
    Enactment,
    Event,
    KeyRecord,
    StoreConflict,
    StoredDocument,
    StoredList,
    StoredProposal,
    StoreUnavailable,
    SubjectHistory,
    SubjectRecord,
    Warrant,
)


def create_store(directory: Path, now: datetime) -> SqlStore:
    """Make a store in a state directory, unless there is one, and open it. Raises `StoreUnavailable`."""
    create_database(directory, now)
    return open_store(directory, now)


def open_store(directory: Path, now: datetime) -> SqlStore:
    """Open the store of a state directory; `now` dates a migration, where one is due. Raises `StoreUnavailable`."""
    return SqlStore(open_database(directory, now))


class SqlStore:
    """`services.ports.Store` on a database that SQLAlchemy speaks to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Close every connection."""
        self._database.engine.dispose()

    @contextmanager
    def _answers(self) -> Iterator[None]:
        """Any error of the driver becomes one of the port's."""
        self._database.check()
        try:
            yield
        except IntegrityError as error:
            raise StoreConflict(f"this contradicts what is in the store: {error.orig}") from error
        except SQLAlchemyError as error:
            if isinstance(error, StatementError) and isinstance(error.orig, ValueError):
                raise error.orig from error  # what was to be written is wrong: our caller's fault, not the store's
            raise StoreUnavailable(self._database.explain(error)) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._answers(), self._database.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _changing(self, actor: str, at: datetime) -> Iterator[Change]:
        connect = self._database.engine.connect
        with self._answers(), connect().execution_options(**WRITE) as connection, connection.begin():
            change = Change(connection, actor, at)
            yield change
            change.flush()

    def head(self) -> int:
        """See the port."""
        with self._reading() as connection:
            return connection.execute(select(func.max(event.c.seq))).scalar() or 0

    def events(self, after: int) -> Iterator[Event]:
        """See the port. Read in pages, each its own snapshot."""
        page = select(event).where(event.c.seq > bindparam("after")).order_by(event.c.seq).limit(PAGE)
        while True:
            with self._reading() as connection:
                found = connection.execute(page, {"after": after}).all()
            yield from (Event(*row) for row in found)
            if len(found) < PAGE:
                return
            after = found[-1].seq

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
        digests = tuple(one.digest for one in documents)
        epoch = expected_epoch + 1
        with self._changing(actor, at) as change:
            rows.check_epoch(query.newest_epoch(change.connection), expected_epoch)
            approval = None
            if warrant.proposal is not None:
                rows.check_open(query.proposal(change.connection, warrant.proposal), warrant.proposal)
                by = warrant.approved_by or actor
                approval = change.event(rows.APPROVED, rows.body(proposal=warrant.proposal), actor=by)
            seq = change.event(rows.ENACTED, rows.enactment_body(epoch, digests, lists, rulebook, warrant))
            change.keep(seq, documents, lists)
            change.append(enactment, epoch=epoch, at=at, actor=actor, rulebook=rulebook, seq=seq)
            for position, digest in enumerate(digests):
                change.append(enacted_document, epoch=epoch, position=position, digest=digest)
            change.append(
                warrant_table,
                epoch=epoch,
                ground=warrant.ground.value,
                rests_on=rows.names_text(warrant.rests_on),
                approved_by=warrant.approved_by,
                proposal=warrant.proposal,
                seq=approval or seq,
            )
        stands_on = (warrant.ground, warrant.rests_on, warrant.approved_by, warrant.proposal)
        return Enactment(epoch, at, actor, digests, rulebook, *stands_on)

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
        made = StoredProposal("", at, actor, digests, list_digests, epoch, rulebook, summary)
        made = replace(made, id=rows.named(made))
        with self._changing(actor, at) as change:
            rows.check_epoch(query.newest_epoch(change.connection), epoch)
            seq = change.event(rows.PROPOSED, rows.proposal_body(made))
            change.keep(seq, documents, lists)
            change.append(
                proposal_table, id=made.id, at=at, actor=actor, epoch=epoch, rulebook=rulebook, summary=summary, seq=seq
            )
            for table, members in ((proposed_document, digests), (proposed_list, list_digests)):
                for position, digest in enumerate(members):
                    change.append(table, proposal=made.id, position=position, digest=digest)
        return made

    def proposals(self) -> tuple[StoredProposal, ...]:
        """See the port."""
        with self._reading() as connection:
            return query.proposals(connection)

    def proposed(self, proposal: str) -> tuple[StoredDocument, ...]:
        """See the port."""
        with self._reading() as connection:
            found = query.proposed_documents(connection, proposal)
        rows.check_stored(found, ())
        return found

    def withdraw(self, proposal: str, *, actor: str, at: datetime, reason: str) -> None:
        """See the port."""
        with self._changing(actor, at) as change:
            rows.check_open(query.proposal(change.connection, proposal), proposal)
            seq = change.event(rows.WITHDRAWN, rows.body(proposal=proposal, reason=reason))
            change.append(withdrawal, proposal=proposal, at=at, actor=actor, reason=reason, seq=seq)

    def enactments(self) -> tuple[Enactment, ...]:
        """See the port."""
        with self._reading() as connection:
            return query.enactments(connection)

    def documents(self, epoch: int | None = None) -> tuple[StoredDocument, ...]:
        """See the port."""
        enacted = (
            select(document.c.kind, document.c.name, document.c.digest, document.c.canonical)
            .join(enacted_document, enacted_document.c.digest == document.c.digest)
            .order_by(enacted_document.c.epoch, enacted_document.c.position)
        )
        if epoch is not None:
            enacted = enacted.where(enacted_document.c.epoch <= epoch)
        with self._reading() as connection:
            found = tuple(StoredDocument(*row) for row in connection.execute(enacted))
        rows.check_stored(found, ())
        return found

    def list_content(self, digest: str) -> bytes | None:
        """See the port."""
        with self._reading() as connection:
            content = connection.execute(select(list_file.c.content).where(list_file.c.digest == digest)).scalar()
        if content is not None:
            rows.check_stored((), (StoredList(digest, content),))
        return content

    def acknowledge(self, epoch: int, worker: str, at: datetime) -> None:
        """See the port."""
        with self._changing(worker, at) as change:
            if change.connection.execute(select(enactment.c.epoch).where(enactment.c.epoch == epoch)).first() is None:
                raise rows.no_such_epoch(epoch)
            mine = (acknowledgement.c.epoch == epoch) & (acknowledgement.c.worker == worker)
            if change.connection.execute(select(acknowledgement.c.seq).where(mine)).first() is None:
                seq = change.event(rows.ACKNOWLEDGED, rows.body(epoch=epoch, worker=worker))
                change.append(acknowledgement, epoch=epoch, worker=worker, at=at, seq=seq)

    def acknowledgements(self, epoch: int) -> tuple[tuple[str, datetime], ...]:
        """See the port."""
        mine = select(acknowledgement).where(acknowledgement.c.epoch == epoch).order_by(acknowledgement.c.seq)
        with self._reading() as connection:
            return tuple((row.worker, row.at) for row in connection.execute(mine))

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
                    elif record.attestations:
                        change.attest_group(record.id, record.attestations)
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

    def confirmed(self) -> Mapping[str, datetime]:
        """See the port."""
        return {}

    def add_key(self, key: KeyRecord, keyed_hash: bytes) -> None:
        """See the port."""
        with self._changing(key.created_by, key.created_at) as change:
            if not query.kinds(change.connection, [key.subject]):
                raise rows.no_such_subject(key.subject)
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

    def keys(self) -> tuple[KeyRecord, ...]:
        """See the port."""
        with self._reading() as connection:
            return tuple(query.key(row) for row in connection.execute(query.KEYS.order_by(api_key.c.seq)))
