"""Organisations that push their members, and those members: on a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, func, select

from licet.adapters.store import identity_rows as words
from licet.adapters.store import query, rows
from licet.adapters.store.query import PAGE
from licet.adapters.store.schema_identity import client as client_table
from licet.adapters.store.schema_identity import client_revocation
from licet.adapters.store.schema_identity import member as member_table
from licet.adapters.store.session import Session
from licet.services.identity.ports import Client, Member

_CLIENTS = select(
    client_table.c.id,
    client_table.c.attester,
    client_table.c.created_at,
    client_table.c.created_by,
    client_revocation.c.at,
).join_from(client_table, client_revocation, client_revocation.c.client == client_table.c.id, isouter=True)
_COLUMNS = tuple(member_table.c[name] for name in Member._fields)
_ATTESTER = member_table.c.attester == bindparam("attester")
_MEMBER = (
    select(*_COLUMNS)
    .where(_ATTESTER, member_table.c.id == bindparam("id"))
    .order_by(member_table.c.version.desc())
    .limit(1)
)


def _marked() -> CompoundSelect[Any]:
    """The members of an organisation that have, or once had, a mark."""
    by_mark = select(member_table.c.id).where(_ATTESTER, member_table.c.mark == bindparam("mark"))
    return by_mark.union_all(select(member_table.c.id).where(_ATTESTER, member_table.c.external == bindparam("mark")))


def _page() -> Select[Any]:
    """Up to `PAGE` members of an organisation whose IDs come after `last`, each in its newest state."""
    newest = (
        select(member_table.c.id, func.max(member_table.c.version).label("version"))
        .where(_ATTESTER, member_table.c.id > bindparam("last"))
        .group_by(member_table.c.id)
        .order_by(member_table.c.id)
        .limit(PAGE)
        .subquery()
    )
    there = (member_table.c.attester == bindparam("attester")) & (member_table.c.id == newest.c.id)
    return select(*_COLUMNS).join_from(newest, member_table, there & (member_table.c.version == newest.c.version))


_MARKED, _PAGE = _marked(), _page()


class Members(Session):
    """`services.identity.ports.Identities`, as far as it is about organisations and their members."""

    def add_client(self, client: Client, keyed_hash: bytes) -> None:
        """See the port."""
        with self._changing(client.created_by, client.created_at) as change:
            seq = change.event(words.CLIENT_ADDED, words.client_body(client))
            change.append(
                client_table,
                id=client.id,
                attester=client.attester,
                created_at=client.created_at,
                created_by=client.created_by,
                keyed_hash=keyed_hash,
                seq=seq,
            )

    def revoke_client(self, client: str, *, actor: str, at: datetime, reason: str) -> bool:
        """See the port."""
        with self._changing(actor, at) as change:
            found = change.connection.execute(_CLIENTS.where(client_table.c.id == client)).first()
            if found is None or found.at is not None:
                return False
            seq = change.event(words.CLIENT_REVOKED, rows.body(client=client, reason=reason))
            change.append(client_revocation, client=client, at=at, actor=actor, reason=reason, seq=seq)
        return True

    def client_by_hash(self, keyed_hash: bytes) -> Client | None:
        """See the port."""
        with self._reading() as connection:
            found = connection.execute(_CLIENTS.where(client_table.c.keyed_hash == keyed_hash)).first()
        return None if found is None else Client(*found)

    def clients(self) -> tuple[Client, ...]:
        """See the port."""
        with self._reading() as connection:
            return tuple(Client(*row) for row in connection.execute(_CLIENTS.order_by(client_table.c.seq)))

    def put_member(self, member: Member, *, actor: str) -> None:
        """See the port."""
        with self._changing(actor, member.changed_at) as change:
            if not query.kinds(change.connection, [member.subject]):
                raise rows.no_such_subject(member.subject)
            words.check_version(member, _newest(change.connection, member.attester, member.id))
            for mark in filter(None, (member.mark, member.external)):
                other = _by_mark(change.connection, member.attester, mark)
                if other is not None and other.id != member.id and not member.deleted:
                    raise words.same_person(member)
            seq = change.event(words.MEMBER_CHANGED, words.member_body(member), subject=member.subject)
            change.append(member_table, seq=seq, **member._asdict())

    def member(self, attester: str, id_: str) -> Member | None:
        """See the port."""
        with self._reading() as connection:
            found = _newest(connection, attester, id_)
        return None if found is None or found.deleted else found

    def member_by_mark(self, attester: str, mark: bytes) -> Member | None:
        """See the port."""
        with self._reading() as connection:
            return _by_mark(connection, attester, mark)

    def member_of(self, attester: str, subject: str) -> Member | None:
        """See the port."""
        theirs = select(member_table.c.id).where(_ATTESTER, member_table.c.subject == subject)
        with self._reading() as connection:
            for id_ in set(connection.scalars(theirs, {"attester": attester}).all()):
                found = _newest(connection, attester, id_)
                if found is not None and not found.deleted:
                    return found
        return None

    def members(self, attester: str) -> Iterator[Member]:
        """See the port. Read in pages, each its own snapshot."""
        last = ""
        while True:
            with self._reading() as connection:
                page = [Member(*row) for row in connection.execute(_PAGE, {"attester": attester, "last": last})]
            yield from (each for each in page if not each.deleted)
            if len(page) < PAGE:
                return
            last = max(each.id for each in page)


def _newest(connection: Connection, attester: str, id_: str) -> Member | None:
    found = connection.execute(_MEMBER, {"attester": attester, "id": id_}).first()
    return None if found is None else Member(*found)


def _by_mark(connection: Connection, attester: str, mark: bytes) -> Member | None:
    """The member that has a mark now, and was not deleted."""
    for id_ in connection.scalars(_MARKED, {"attester": attester, "mark": mark}).all():
        found = _newest(connection, attester, id_)
        if found is not None and not found.deleted and mark in (found.mark, found.external):
            return found
    return None
