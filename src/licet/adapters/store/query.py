"""What is read from the tables, as statements and as records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Column, Connection, Row, Select, Table, bindparam, case, func, null, select

from licet.adapters.store import rows
from licet.adapters.store.schema import (
    api_key,
    attestation,
    document,
    enacted_document,
    enactment,
    event,
    proposed_document,
    proposed_list,
    revocation,
    subject,
    warrant,
    withdrawal,
)
from licet.adapters.store.schema import proposal as proposal_table
from licet.adapters.store.schema_identity import suspension
from licet.core.attestations import Attestation, Carrier, StatusReference
from licet.services.ports import StoreUnavailable
from licet.services.stored import (
    Enactment,
    Ground,
    KeyRecord,
    Known,
    StoredDocument,
    StoredProposal,
    SubjectHistory,
    SubjectRecord,
    Withdrawal,
)

PAGE = 1000
"""How many rows are read or written at a time; under every database's limit of parameters."""

KEYS = select(api_key, revocation.c.at.label("revoked_at")).join_from(
    api_key, revocation, revocation.c.api_key == api_key.c.id, isouter=True
)
KEY_BY_HASH = KEYS.where(api_key.c.keyed_hash == bindparam("keyed_hash"))
_SUSPENDED = (
    select(case((suspension.c.suspended, suspension.c.reason), else_=null()))
    .where(suspension.c.subject == subject.c.id)
    .order_by(suspension.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
_SUBJECT = select(subject.c.id, subject.c.kind, _SUSPENDED.label("suspended")).where(subject.c.id == bindparam("id"))


def _newest_words() -> Select[Any]:
    """Of one subject (`:id`) the newest row of each fact and speaker.

    It jumps from each to the next along the primary key, so what it costs does not grow with how often somebody said
    the same: an issuer that attests five facts with each hourly token makes 43,800 rows a year.
    """
    row = attestation.alias()
    mine: BindParameter[str] = bindparam("id")
    first = select(func.min(row.c.fact).label("fact")).where(row.c.subject == mine)
    facts = first.cte("facts", recursive=True)
    after = select(func.min(row.c.fact)).where(row.c.subject == mine, row.c.fact > facts.c.fact)
    facts = facts.union_all(select(after.scalar_subquery()).where(facts.c.fact.is_not(None)))
    speakers = select(func.min(row.c.speaker)).where(row.c.subject == mine, row.c.fact == facts.c.fact)
    begin = select(facts.c.fact, speakers.scalar_subquery().label("speaker")).where(facts.c.fact.is_not(None))
    words = begin.cte("words", recursive=True)
    after = select(func.min(row.c.speaker)).where(
        row.c.subject == mine, row.c.fact == words.c.fact, row.c.speaker > words.c.speaker
    )
    words = words.union_all(select(words.c.fact, after.scalar_subquery()).where(words.c.speaker.is_not(None)))
    word = (row.c.subject == mine) & (row.c.fact == words.c.fact) & (row.c.speaker == words.c.speaker)
    newest = select(func.max(row.c.seq)).where(word).scalar_subquery()
    there = (attestation.c.fact == words.c.fact) & (attestation.c.speaker == words.c.speaker)
    return (
        select(attestation)
        .join_from(words, attestation, (attestation.c.subject == mine) & there & (attestation.c.seq == newest))
        .where(words.c.speaker.is_not(None))
    )


_NEWEST_WORDS = _newest_words()
_PAGE = (
    select(subject.c.id, subject.c.kind, _SUSPENDED.label("suspended"))
    .where(subject.c.id > bindparam("last"))
    .order_by(subject.c.id)
    .limit(PAGE)
)
_NAMES = select(subject.c.id).where(subject.c.id > bindparam("last")).order_by(subject.c.id).limit(PAGE)
_HISTORIES = (
    select(attestation, event.c.at.label("since"))
    .join(event, event.c.seq == attestation.c.seq)
    .where(attestation.c.subject.in_(bindparam("names", expanding=True)))
    .order_by(attestation.c.subject, attestation.c.seq, attestation.c.fact)
)
_BETWEEN = (
    select(attestation)
    .where(attestation.c.subject >= bindparam("first"), attestation.c.subject <= bindparam("last"))
    .order_by(attestation.c.subject, attestation.c.fact, attestation.c.speaker, attestation.c.seq)
)

_ENACTMENTS = (
    select(enactment, warrant.c.ground, warrant.c.rests_on, warrant.c.approved_by, warrant.c.proposal)
    .join_from(enactment, warrant, warrant.c.epoch == enactment.c.epoch, isouter=True)
    .order_by(enactment.c.epoch)
)
_PROPOSALS = (
    select(
        proposal_table,
        warrant.c.epoch.label("enacted"),
        withdrawal.c.at.label("withdrawn_at"),
        withdrawal.c.actor.label("withdrawn_by"),
        withdrawal.c.reason,
    )
    .join_from(proposal_table, warrant, warrant.c.proposal == proposal_table.c.id, isouter=True)
    .join(withdrawal, withdrawal.c.proposal == proposal_table.c.id, isouter=True)
    .order_by(proposal_table.c.seq)
)
_PROPOSED = (
    select(document.c.kind, document.c.name, document.c.digest, document.c.canonical)
    .join(proposed_document, proposed_document.c.digest == document.c.digest)
    .where(proposed_document.c.proposal == bindparam("proposal"))
    .order_by(proposed_document.c.position)
)


def newest_epoch(connection: Connection) -> int:
    """The newest epoch; 0 before the first enactment."""
    return connection.scalar(select(func.max(enactment.c.epoch))) or 0


def enactments(connection: Connection) -> tuple[Enactment, ...]:
    """Every enactment with what it stands on, oldest first."""
    digests = _members(connection, enacted_document, enacted_document.c.epoch)
    return tuple(_enactment(row, digests.get(row.epoch, ())) for row in connection.execute(_ENACTMENTS))


def _enactment(row: Row[Any], documents: tuple[str, ...]) -> Enactment:
    ground, rests_on = (Ground.NOT_RECORDED, ()) if row.ground is None else rows.ground_from(row.ground, row.rests_on)
    return Enactment(
        row.epoch, row.at, row.actor, documents, row.rulebook, ground, rests_on, row.approved_by, row.proposal
    )


def proposals(connection: Connection) -> tuple[StoredProposal, ...]:
    """Every proposal and what became of it, oldest first; each is what its name says."""
    documents = _members(connection, proposed_document, proposed_document.c.proposal)
    lists = _members(connection, proposed_list, proposed_list.c.proposal)
    return tuple(
        rows.check_proposal(_proposal(row, documents.get(row.id, ()), lists.get(row.id, ())))
        for row in connection.execute(_PROPOSALS)
    )


def proposal(connection: Connection, name: str) -> StoredProposal | None:
    """One proposal, by its name."""
    return next((each for each in proposals(connection) if each.id == name), None)


def proposed_documents(connection: Connection, name: str) -> tuple[StoredDocument, ...]:
    """What a proposal would enact, in order."""
    return tuple(StoredDocument(*row) for row in connection.execute(_PROPOSED, {"proposal": name}))


def _proposal(row: Row[Any], documents: tuple[str, ...], lists: tuple[str, ...]) -> StoredProposal:
    taken_back = None if row.withdrawn_at is None else Withdrawal(row.withdrawn_at, row.withdrawn_by, row.reason)
    content = (row.id, row.at, row.actor, documents, lists, row.epoch, row.rulebook, row.summary)
    return StoredProposal(*content, row.enacted, taken_back)


def _members(connection: Connection, table: Table, owner: Column[Any]) -> dict[Any, tuple[str, ...]]:
    """The digests in a table of members, by what they belong to, each in order."""
    found: dict[Any, list[str]] = {}
    for name, digest in connection.execute(select(owner, table.c.digest).order_by(owner, table.c.position)):
        found.setdefault(name, []).append(digest)
    return {name: tuple(digests) for name, digests in found.items()}


def one_subject(connection: Connection, name: str) -> SubjectRecord | None:
    """A subject with the newest attestation of each speaker about each of its facts."""
    found = connection.execute(_SUBJECT, {"id": name}).first()
    if found is None:
        return None
    newest = connection.execute(_NEWEST_WORDS, {"id": name}).all()
    return SubjectRecord(found.id, found.kind, _in_order(newest), found.suspended)


def page_of_subjects(connection: Connection, last: str) -> list[SubjectRecord]:
    """Up to `PAGE` subjects whose names come after `last`."""
    page = connection.execute(_PAGE, {"last": last}).all()
    if not page:
        return []
    newest: dict[str, dict[tuple[str, str], Row[Any]]] = {row.id: {} for row in page}
    for row in connection.execute(_BETWEEN, {"first": page[0].id, "last": page[-1].id}):
        newest[row.subject][row.fact, row.speaker] = row
    return [SubjectRecord(row.id, row.kind, _in_order(newest[row.id].values()), row.suspended) for row in page]


def _in_order(newest: Iterable[Row[Any]]) -> tuple[Attestation, ...]:
    """In the order in which we came to know them."""
    return tuple(map(stated, sorted(newest, key=lambda row: (row.seq, row.fact))))


def page_of_names(connection: Connection, last: str) -> Sequence[str]:
    """Up to `PAGE` names of subjects that come after `last`."""
    return connection.scalars(_NAMES, {"last": last}).all()


def page_of_histories(connection: Connection, names: Sequence[str]) -> list[SubjectHistory]:
    """Those of (at most `PAGE`) subjects that are there, with all that was ever attested of them."""
    there = kinds(connection, names)
    known: dict[str, list[Known]] = {name: [] for name in there}
    for row in connection.execute(_HISTORIES, {"names": list(there)}).all():
        known[row.subject].append(Known(stated(row), row.since))
    return [SubjectHistory(name, there[name], tuple(known[name])) for name in names if name in there]


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
    dates = (row.created_at, row.created_by, row.expires_at, row.revoked_at)
    return KeyRecord(row.id, row.subject, scopes, *dates, row.acts_for)


def stated(row: Row[Any]) -> Attestation:
    """An attestation from a row; `StoreUnavailable` if it is damaged."""
    value = rows.value_from(row.value)
    until: datetime | None = row.until
    status = None if row.status_uri is None else StatusReference(row.status_uri, row.status_position)
    try:
        carrier = Carrier(row.carrier)
    except ValueError as error:
        raise StoreUnavailable(f"how a fact came is damaged in the store ({error}): restore a backup") from error
    provenance = (row.attested_by, row.how, row.level, row.at, until, row.framework, carrier, row.digest, status)
    return Attestation(row.subject, row.fact, value, *provenance)
