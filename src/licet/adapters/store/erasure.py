"""Erasure on a database: the one change of rows that the triggers let through, and only while it is under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Table, delete, func, insert, literal, null, or_, select, update

from licet.adapters.store import identity_rows as words
from licet.adapters.store import query, rows
from licet.adapters.store.acts import acts_about, settle
from licet.adapters.store.change import Change
from licet.adapters.store.schema import api_key, attestation, event, revocation, subject
from licet.adapters.store.schema_identity import (
    act,
    binding,
    disposition,
    erasing,
    erasure,
    member,
    settlement,
    suspension,
)
from licet.adapters.store.session import Session
from licet.core.facts import UNKNOWN
from licet.services.acts.ports import Settlement
from licet.services.identity.ports import Erased
from licet.services.ports import StoreConflict

OF_SUBJECT = (subject.c.id, attestation.c.subject, api_key.c.subject, binding.c.subject, suspension.c.subject)
OF_OTHERS = (member.c.subject, disposition.c.subject, act.c.subject)
"""The columns that name a subject, each in a table whose rows say to which event they belong."""


class Erasures(Session):
    """`services.identity.ports.Identities.erase` on a database."""

    def erase(self, subject: str, stands_for: str, *, actor: str, at: datetime, reason: str) -> Erased:
        """See the port."""
        with self._changing(actor, at) as change:
            there = query.kinds(change.connection, [subject, stands_for])
            if subject not in there:
                raise rows.no_such_subject(subject)
            if stands_for in there:
                raise StoreConflict(f"`{stands_for}` is a subject already, and cannot stand for another one")
            _end(change, subject, actor, at)
            count = _count(change.connection, subject)
            body = rows.body(attestations=count, reason=reason)
            seq = change.event(words.ERASED, body, subject=stands_for)
            row = {"subject": stands_for, "at": at, "actor": actor, "reason": reason, "attestations": count, "seq": seq}
            change.append(erasure, **row)
            change.flush()
            _rewrite(change.connection, subject, stands_for)
            self._open.erased = True
        return Erased(stands_for, count)


def _count(connection: Connection, name: str) -> int:
    return connection.scalar(select(func.count()).select_from(attestation).where(attestation.c.subject == name)) or 0


def _end(change: Change, name: str, actor: str, at: datetime) -> None:
    """End what could still let somebody in as this subject: its keys, those that act for it, and acts that wait."""
    theirs = or_(api_key.c.subject == name, api_key.c.acts_for == name) & revocation.c.at.is_(None)
    for key in change.connection.execute(query.KEYS.where(theirs)).all():
        seq = change.event(rows.KEY_REVOKED, rows.body(reason=words.ERASED), subject=key.subject, key=key.id)
        change.append(revocation, api_key=key.id, at=at, actor=actor, reason=words.ERASED, seq=seq)
    for waits in acts_about(change.connection, name):
        if waits.is_open:
            settle(change, waits, Settlement(words.WITHDRAWN, actor, at, words.ERASED, None))
    change.flush()


def _rewrite(connection: Connection, name: str, stands_for: str) -> None:
    """Let rows say of nobody what they said of this subject."""
    connection.execute(insert(erasing).values(subject=name, stands_for=stands_for))
    events = _events(connection, name)
    same = select(literal(stands_for), subject.c.kind, subject.c.seq).where(subject.c.id == name)
    connection.execute(insert(subject).from_select(["id", "kind", "seq"], same))
    _empty_reasons(connection, name)
    renamed: dict[str, object] = {"subject": stands_for}
    unknown: dict[str, object] = {
        "value": rows.value_text(UNKNOWN),
        "how": "",
        "status_uri": null(),
        "status_position": null(),
    }
    changes: tuple[tuple[Table, dict[str, object]], ...] = (
        (attestation, renamed | unknown),
        (suspension, renamed | {"reason": ""}),
        (disposition, renamed | {"reason": ""}),
        (act, renamed | {"content": words.ERASED_CONTENT}),
        (api_key, renamed),
    )
    for table, becomes in changes:
        connection.execute(update(table).where(table.c.subject == name).values(becomes))
    connection.execute(update(api_key).where(api_key.c.acts_for == name).values(acts_for=stands_for))
    for_them = func.instr(act.c.content, words.names_person(name)) > 0
    connection.execute(update(act).where(for_them).values(content=words.ERASED_CONTENT))
    for table in (binding, member):
        connection.execute(delete(table).where(table.c.subject == name))
    connection.execute(delete(subject).where(subject.c.id == name))
    for number in events:
        mine = (event.c.seq == number) & (event.c.subject == name)
        connection.execute(update(event).where(mine).values(subject=stands_for, body=words.ERASED_BODY))
    connection.execute(delete(erasing))


def _empty_reasons(connection: Connection, name: str) -> None:
    """Why keys were revoked and acts settled: rows that name the subject by another row only."""
    keys = select(api_key.c.id).where(api_key.c.subject == name)
    connection.execute(update(revocation).where(revocation.c.api_key.in_(keys)).values(reason=""))
    about = select(act.c.id).where(act.c.subject == name)
    connection.execute(update(settlement).where(settlement.c.act.in_(about)).values(reason=""))


def _events(connection: Connection, name: str) -> list[int]:
    """The events about a subject: those to which the rows about it belong. There is no index by subject on events."""
    found: set[int] = set()
    for column in (*OF_SUBJECT, *OF_OTHERS):
        found.update(connection.scalars(select(column.table.c.seq).where(column == name)))
    keys = select(api_key.c.id).where(api_key.c.subject == name)
    found.update(connection.scalars(select(revocation.c.seq).where(revocation.c.api_key.in_(keys))))
    about = select(act.c.id).where(act.c.subject == name)
    found.update(connection.scalars(select(settlement.c.seq).where(settlement.c.act.in_(about))))
    return sorted(found)
