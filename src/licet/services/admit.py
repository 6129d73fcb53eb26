"""Admit: who stands behind a key, and what is attested about them at this instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from licet.core.facts import Value
from licet.core.rulebook import Rulebook
from licet.services.ports import Store
from licet.services.stored import KeyRecord, SubjectRecord
from licet.services.subjects import facts_at, next_change, next_trust_boundary


class Stranger(Enum):
    """Why a key lets nobody in. A caller is told no more than this."""

    NO_SUCH_KEY = "no such key"
    REVOKED = "the key was revoked"
    EXPIRED = "the key has expired"
    NO_SUCH_SUBJECT = "the key's subject is not there"
    SUSPENDED = "the key's subject is suspended"


class Party(NamedTuple):
    """A subject who may come in, with a value for every declared fact.

    Those about the request are unknown until the gate knows them. All of it holds as long as no event names this
    subject, and before `until` (None: for good). `unconfirmed` are the status lists without which something that was
    attested does not count now: when one of them is read again, it may.
    """

    subject: str
    kind: str
    facts: dict[str, Value]
    until: datetime | None
    unconfirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Admission:
    """A caller with a valid key.

    `facts` has a value for every declared fact; those about the request are unknown until the gate knows them. All
    of it holds as long as no event names this key, this subject or the person's, and before `until`: the next instant
    at which something expires, or a trust document begins or ends (None: never). `person` is for whom the key's
    subject acts, where it acts for somebody; what is refused to either of the two is refused. `unconfirmed`: see
    `Party`, of both.
    """

    key: KeyRecord
    subject: str
    kind: str
    facts: dict[str, Value]
    until: datetime | None
    person: Party | None = None
    unconfirmed: frozenset[str] = frozenset()


def admit(store: Store, keyed_hash: bytes, rulebook: Rulebook, now: datetime) -> Admission | Stranger:
    """Look a key up by its keyed hash. Raises `StoreUnavailable`, on which the caller must let nobody in."""
    found = store.caller_by_hash(keyed_hash)
    if found is None:
        return Stranger.NO_SUCH_KEY
    key, record = found
    if key.revoked_at is not None:
        return Stranger.REVOKED
    if key.expires_at is not None and key.expires_at <= now:
        return Stranger.EXPIRED
    who = Stranger.NO_SUCH_SUBJECT if record is None else party_of(store, record, rulebook, now)
    person = None if key.acts_for is None else party(store, key.acts_for, rulebook, now)
    if isinstance(who, Stranger):
        return who
    if isinstance(person, Stranger):
        return person
    ends = [key.expires_at, who.until, None if person is None else person.until]
    until = min((end for end in ends if end is not None), default=None)
    unconfirmed = who.unconfirmed | (frozenset() if person is None else person.unconfirmed)
    return Admission(key, who.subject, who.kind, who.facts, until, person, unconfirmed)


def party(store: Store, subject: str, rulebook: Rulebook, now: datetime) -> Party | Stranger:
    """Who a subject is at an instant. Raises `StoreUnavailable`, on which the caller must let nobody in."""
    record = store.subject(subject)
    return Stranger.NO_SUCH_SUBJECT if record is None else party_of(store, record, rulebook, now)


def party_of(store: Store, record: SubjectRecord, rulebook: Rulebook, now: datetime) -> Party | Stranger:
    """The same of one that was read already."""
    if record.suspended is not None:
        return Stranger.SUSPENDED
    trusts, confirmed = rulebook.trusts(now), store.confirmed() if _refers(record) else {}
    ends = (next_change(record, trusts, confirmed, now), next_trust_boundary(rulebook, now))
    return Party(
        record.id,
        record.kind,
        facts_at(record, rulebook.facts, trusts, confirmed, now),
        min((end for end in ends if end is not None), default=None),
        frozenset(uri for uri in _refers(record) if confirmed.get(uri, now) <= now),
    )


def _refers(record: SubjectRecord) -> set[str]:
    """The status lists to which what is attested of a subject refers."""
    return {each.status.uri for each in record.attestations if each.status is not None}
