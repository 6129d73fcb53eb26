"""Officers and what they did, on a database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from licet.adapters.store import identity_rows as words
from licet.adapters.store import rows
from licet.adapters.store.change import Change
from licet.adapters.store.schema_identity import act as act_table
from licet.adapters.store.schema_identity import officer as officer_table
from licet.adapters.store.schema_identity import passkey_use, settlement
from licet.adapters.store.session import Session
from licet.core.roles import Officer
from licet.services.acts.ports import Settlement, Signature, StoredAct

_ACTS = select(
    act_table,
    settlement.c.outcome,
    settlement.c.actor.label("settled_by"),
    settlement.c.at.label("settled_at"),
    settlement.c.reason,
    settlement.c.signature_key.label("settled_key"),
    settlement.c.signature.label("settled_signature"),
).join_from(act_table, settlement, settlement.c.act == act_table.c.id, isouter=True)
_NEWEST = (
    select(officer_table.c.name, func.max(officer_table.c.seq).label("seq")).group_by(officer_table.c.name).subquery()
)
_OFFICERS = (
    select(officer_table.c.name, officer_table.c.content)
    .join_from(
        _NEWEST, officer_table, (officer_table.c.name == _NEWEST.c.name) & (officer_table.c.seq == _NEWEST.c.seq)
    )
    .order_by(officer_table.c.name)
)


class OfficersActs(Session):
    """`services.acts.ports.Acts` on a database."""

    def add_act(
        self,
        kind: str,
        content: bytes,
        *,
        actor: str,
        at: datetime,
        subject: str | None,
        signature: Signature | None,
        alone: bool,
    ) -> StoredAct:
        """See the port."""
        words.check_content(content)
        made = words.named(StoredAct("", kind, content, actor, at, subject, signature, alone))
        with self._changing(actor, at) as change:
            seq = change.event(words.ACT_ADDED, words.act_body(made), subject=subject)
            change.append(
                act_table,
                seq=seq,
                id=made.id,
                kind=kind,
                content=content,
                actor=actor,
                at=at,
                subject=subject,
                signature_key=signature and signature.key,
                signature=signature and signature.content,
                alone=alone,
            )
        return made

    def settle_act(
        self, act: str, outcome: str, *, actor: str, at: datetime, reason: str, signature: Signature | None
    ) -> StoredAct:
        """See the port."""
        with self._changing(actor, at) as change:
            waits = words.check_waiting(one_act(change.connection, act), act)
            settled = Settlement(outcome, actor, at, reason, signature)
            return settle(change, waits, settled)

    def act(self, act: str) -> StoredAct | None:
        """See the port."""
        with self._reading() as connection:
            return one_act(connection, act)

    def acts(self) -> tuple[StoredAct, ...]:
        """See the port."""
        with self._reading() as connection:
            return tuple(_act(row) for row in connection.execute(_ACTS.order_by(act_table.c.seq)))

    def put_officer(self, officer: Officer, *, actor: str, at: datetime) -> None:
        """See the port."""
        with self._changing(actor, at) as change:
            seq = change.event(words.OFFICER_CHANGED, words.officer_body(officer))
            change.append(officer_table, name=officer.name, seq=seq, content=words.officer_text(officer))

    def officers(self) -> tuple[Officer, ...]:
        """See the port."""
        with self._reading() as connection:
            return tuple(words.officer_from(row.name, row.content) for row in connection.execute(_OFFICERS))

    def officer(self, name: str) -> Officer | None:
        """See the port."""
        newest = (
            select(officer_table.c.content)
            .where(officer_table.c.name == name)
            .order_by(officer_table.c.seq.desc())
            .limit(1)
        )
        with self._reading() as connection:
            found = connection.scalar(newest)
        return None if found is None else words.officer_from(name, found)

    def count_use(self, key: str, counter: int, *, at: datetime) -> bool:
        """See the port."""
        mine = passkey_use.c.key == key
        with self._changing("", at) as change:
            before = change.connection.scalar(select(passkey_use.c.counter).where(mine))
            if before is None:
                change.connection.execute(insert(passkey_use).values(key=key, counter=counter, at=at))
                return True
            if counter <= before and not counter == before == 0:
                return False
            change.connection.execute(update(passkey_use).where(mine).values(counter=counter, at=at))
        return True


def settle(change: Change, waits: StoredAct, settled: Settlement) -> StoredAct:
    """Append what became of an act; the act with it."""
    key, content = settled.signature or (None, None)
    seq = change.event(words.ACT_SETTLED, rows.body(act=waits.id, outcome=settled.outcome), subject=waits.subject)
    change.append(
        settlement,
        act=waits.id,
        outcome=settled.outcome,
        actor=settled.actor,
        at=settled.at,
        reason=settled.reason,
        signature_key=key,
        signature=content,
        seq=seq,
    )
    return words.settled(waits, settled)


def one_act(connection: Connection, name: str) -> StoredAct | None:
    """An act by its name. Raises `StoreUnavailable` if its content is not what its name says."""
    found = connection.execute(_ACTS.where(act_table.c.id == name)).first()
    return None if found is None else _act(found)


def acts_about(connection: Connection, subject: str) -> tuple[StoredAct, ...]:
    """The acts about a subject, or about an agent who acts for it, oldest first."""
    for_them = func.instr(act_table.c.content, words.names_person(subject)) > 0
    mine = or_(act_table.c.subject == subject, for_them)
    found = connection.execute(_ACTS.where(mine).order_by(act_table.c.seq))
    return tuple(_act(row) for row in found)


def _act(row: Row[Any]) -> StoredAct:
    signature = None if row.signature_key is None else Signature(row.signature_key, row.signature)
    made = StoredAct(row.id, row.kind, row.content, row.actor, row.at, row.subject, signature, row.alone)
    made = words.check_act(made)
    if row.outcome is None:
        return made
    by = None if row.settled_key is None else Signature(row.settled_key, row.settled_signature)
    return words.settled(made, Settlement(row.outcome, row.settled_by, row.settled_at, row.reason, by))
