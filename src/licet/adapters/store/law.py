"""The law in the store on a database: events, documents and their enactments, proposals, acknowledgements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, select

from licet.adapters.store import query, rows
from licet.adapters.store.query import PAGE
from licet.adapters.store.schema import (
    acknowledgement,
    document,
    enacted_document,
    enactment,
    event,
    list_file,
    proposed_document,
    proposed_list,
    withdrawal,
)
from licet.adapters.store.schema import proposal as proposal_table
from licet.adapters.store.schema import warrant as warrant_table
from licet.adapters.store.session import Session
from licet.services.stored import Enactment, Event, StoredDocument, StoredList, StoredProposal, Warrant


class Law(Session):
    """`services.ports.Store`, as far as it is about the law."""

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
