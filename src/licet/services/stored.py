"""What the store keeps, as values: documents and enactments, proposals, subjects, keys, events.

Every change of state is an appended event; nothing is overwritten. Instants are aware datetimes in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from licet.core.attestations import Attestation


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One enacted document: its kind (`order`, `model`, ...), name, digest and canonical bytes (RFC 8785 JSON)."""

    kind: str
    name: str
    digest: str
    canonical: bytes


@dataclass(frozen=True, slots=True)
class StoredList:
    """The bytes of a list file (CSV) that documents name, under their SHA-256 digest (`sha256:<hex>`)."""

    digest: str
    content: bytes


class Ground(StrEnum):
    """Why an enactment could be made by those who made it."""

    FOUNDING = "founding"
    """The first of an installation: there was nothing that it could have widened."""

    NARROWS = "narrows"
    """It was proved that nobody is allowed anything that they were not allowed before: one officer is enough."""

    TWO_OFFICERS = "two officers"
    """One proposed it, another one approved it."""

    ONE_OFFICER = "one officer"
    """One officer alone, as the configuration allows where it says `officers: 1`."""

    NOT_RECORDED = "not recorded"
    """It was made by a Licet that did not ask."""


@dataclass(frozen=True, slots=True)
class Warrant:
    """What an enactment stands on.

    `rests_on`: the instruments on which the proof that it only narrows rests. `proposal` and `approved_by`: what was
    approved, and by whom. `findings`: what its review found, in sentences, kept with the event.
    """

    ground: Ground
    rests_on: tuple[str, ...] = ()
    approved_by: str | None = None
    proposal: str | None = None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enactment:
    """Who put which documents in force, when; `epoch` only grows, and `rulebook` is the digest that resulted.

    With two officers, `actor` proposed it and `approved_by` approved it.
    """

    epoch: int
    at: datetime
    actor: str
    documents: tuple[str, ...]
    rulebook: str
    ground: Ground = Ground.NOT_RECORDED
    rests_on: tuple[str, ...] = ()
    approved_by: str | None = None
    proposal: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who took a proposal back, when and why."""

    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """Documents that wait for a second officer, or waited for one.

    `id` is `p-` and the beginning of a digest of all that the proposer fixed, so another content has another name.
    `epoch` and `rulebook`: what it was proposed on, and the digest of what would have resulted there. `summary`: what
    its review found, as JSON. `enacted`: the epoch that it became.
    """

    id: str
    at: datetime
    actor: str
    documents: tuple[str, ...]
    lists: tuple[str, ...]
    epoch: int
    rulebook: str
    summary: bytes
    enacted: int | None = None
    withdrawn: Withdrawal | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still be approved or withdrawn."""
        return self.enacted is None and self.withdrawn is None


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """A subject and, of each speaker, the latest attestation of each of its facts, expired and withdrawn ones included.

    The attestations are in the order of the events with which the store came to know them, then of facts. `suspended`
    says why nobody is let in as this subject, where that is so.
    """

    id: str
    kind: str
    attestations: tuple[Attestation, ...]
    suspended: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An attestation, and the instant of the event with which the store, and so the gate, came to know it."""

    attestation: Attestation
    since: datetime


@dataclass(frozen=True, slots=True)
class SubjectHistory:
    """A subject and every attestation that there ever was about it, in the order of events, then of facts."""

    id: str
    kind: str
    known: tuple[Known, ...]


class Confirmation(NamedTuple):
    """A status list was read, as an event at `since` says: from then on references into it count until `until`."""

    uri: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key without its secret.

    `scopes` narrow what the key reaches (`model:<name>`, `family:<name>`); none: all. From `expires_at` on it lets
    nobody in; once revoked it never does again, whatever the clock says. `acts_for` is the person for whom its subject
    acts by this key: what is refused to either of the two is refused.
    """

    id: str
    subject: str
    scopes: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    acts_for: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One appended change of state; `subject` and `key` say whom it is about, where it is about one.

    `seq` counts from 1 without gaps, in the order of commit: whoever has read up to `seq` has missed nothing before.
    `kind` is `proposed`, `approved`, `withdrawn`, `enacted`, `acknowledged`, `subject added`, `attested`, `key added`,
    `key revoked`, `bound`, `suspended`, `resumed`, `status read`, `client added`, `client revoked`, `member changed`,
    `disposed`, `erased`, `act added`, `act settled`, `officer changed`, `pseudonyms changed`, `case opened`,
    `case entered`, `exhibits kept` or `case erased`; `body` is JSON.
    """

    seq: int
    at: datetime
    actor: str
    kind: str
    subject: str | None
    key: str | None
    body: bytes
