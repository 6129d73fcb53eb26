"""What is read from the tables, as statements and as records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, func, select

from licet.adapters import store_rows as rows
from licet.adapters.schema import api_key, attestation, revocation, subject
from licet.services.ports import Attestation, KeyRecord, SubjectRecord

PAGE = 1000
"""How many rows are read or written at a time; under every database's limit of parameters."""

KEYS = select(api_key, revocation.c.at.label("revoked_at")).join_from(
    api_key, revocation, revocation.c.api_key == api_key.c.id, isouter=True
)
KEY_BY_HASH = KEYS.where(api_key.c.keyed_hash == bindparam("keyed_hash"))
_SUBJECT = select(subject.c.id, subject.c.kind).where(subject.c.id == bindparam("id"))
_NEWEST = (
    select(attestation.c.fact, func.max(attestation.c.seq).label("seq"))
    .where(attestation.c.subject == bindparam("id"))
    .group_by(attestation.c.fact)
    .subquery()
)
_ATTESTATIONS = (
    select(attestation)
    .join(_NEWEST, (attestation.c.fact == _NEWEST.c.fact) & (attestation.c.seq == _NEWEST.c.seq))
    .where(attestation.c.subject == bindparam("id"))
    .order_by(attestation.c.fact)
)
_PAGE = select(subject.c.id, subject.c.kind).where(subject.c.id > bindparam("last")).order_by(subject.c.id).limit(PAGE)
_BETWEEN = (
    select(attestation)
    .where(attestation.c.subject >= bindparam("first"), attestation.c.subject <= bindparam("last"))
    .order_by(attestation.c.subject, attestation.c.fact, attestation.c.seq)
)


def one_subject(connection: Connection, name: str) -> SubjectRecord | None:
    """A subject with the newest attestation of each of its facts."""
    found = connection.execute(_SUBJECT, {"id": name}).first()
    if found is None:
        return None
    newest = tuple(_attestation(row) for row in connection.execute(_ATTESTATIONS, {"id": name}))
    return SubjectRecord(found.id, found.kind, newest)


def page_of_subjects(connection: Connection, last: str) -> list[SubjectRecord]:
    """Up to `PAGE` subjects whose names come after `last`."""
    page = connection.execute(_PAGE, {"last": last}).all()
    if not page:
        return []
    newest: dict[str, dict[str, Attestation]] = {row.id: {} for row in page}
    for row in connection.execute(_BETWEEN, {"first": page[0].id, "last": page[-1].id}):
        newest[row.subject][row.fact] = _attestation(row)
    return [SubjectRecord(row.id, row.kind, tuple(newest[row.id].values())) for row in page]


def kinds(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """The kinds of those subjects that are there."""
    found: dict[str, str] = {}
    for start in range(0, len(names), PAGE):
        page = select(subject.c.id, subject.c.kind).where(subject.c.id.in_(names[start : start + PAGE]))
        found.update((row.id, row.kind) for row in connection.execute(page))
    return found


def missing(connection: Connection, table: Table, digests: Sequence[str]) -> set[str]:
    """Those of `digests` that a table does not have."""
    there: set[str] = set()
    for start in range(0, len(digests), PAGE):
        there.update(
            connection.scalars(select(table.c.digest).where(table.c.digest.in_(digests[start : start + PAGE])))
        )
    return set(digests) - there


def key(row: Row[Any]) -> KeyRecord:
    """A key from a row of `KEYS`."""
    scopes = rows.scopes_from(row.scopes)
    return KeyRecord(row.id, row.subject, scopes, row.created_at, row.created_by, row.expires_at, row.revoked_at)


def _attestation(row: Row[Any]) -> Attestation:
    value = rows.value_from(row.value)
    until: datetime | None = row.until
    return Attestation(row.subject, row.fact, value, row.attested_by, row.how, row.level, row.at, until)
