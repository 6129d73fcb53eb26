"""Admit: who stands behind a key, and what is attested about them at this instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from licet.core.facts import Fact, Value
from licet.services.ports import KeyRecord, Store
from licet.services.subjects import facts_at, next_change


class Stranger(Enum):
    """Why a key lets nobody in. A caller is told no more than this."""

    NO_SUCH_KEY = "no such key"
    REVOKED = "the key was revoked"
    EXPIRED = "the key has expired"
    NO_SUCH_SUBJECT = "the key's subject is not there"


@dataclass(frozen=True, slots=True)
class Admission:
    """A caller with a valid key.

    `facts` has a value for every declared fact; those about the request are unknown until the gate knows them. All
    of it holds as long as no event names this key or subject, and before `until` (the next expiry; None: never).
    """

    key: KeyRecord
    subject: str
    kind: str
    facts: dict[str, Value]
    until: datetime | None


def admit(store: Store, keyed_hash: bytes, declared: Mapping[str, Fact], now: datetime) -> Admission | Stranger:
    """Look a key up by its keyed hash. Raises `StoreUnavailable`, on which the caller must let nobody in."""
    key = store.key_by_hash(keyed_hash)
    if key is None:
        return Stranger.NO_SUCH_KEY
    if key.revoked_at is not None:
        return Stranger.REVOKED
    if key.expires_at is not None and key.expires_at <= now:
        return Stranger.EXPIRED
    record = store.subject(key.subject)
    if record is None:
        return Stranger.NO_SUCH_SUBJECT
    changes = [instant for instant in (key.expires_at, next_change(record, now)) if instant is not None]
    return Admission(key, record.id, record.kind, facts_at(record, declared, now), min(changes, default=None))
