"""What identity needs of the store, beside `services.ports.Store`. The same stores implement it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from licet.core.attestations import Attestation


class Binding(NamedTuple):
    """Somebody whom an issuer knows is one of our subjects. `mark` is a keyed hash of what the issuer calls them."""

    issuer: str
    mark: bytes
    subject: str


class StatusUse(NamedTuple):
    """Whose attestations refer to a status list, each the newest of its speaker and not withdrawn."""

    uri: str
    attestations: tuple[Attestation, ...]


@dataclass(frozen=True, slots=True)
class Client:
    """An organisation that pushes its members, by a token of which a keyed hash is kept.

    `attester` is the name under which trust documents believe it.
    """

    id: str
    attester: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None


class Member(NamedTuple):
    """A member whom an organisation pushed: its ID there (ours to give), the subject, and whether it is active.

    `mark` is a keyed hash of its `userName`, `external` one of its `externalId`, where it has one. One that is
    `deleted` is never found again, and its marks are free for others. `made`: its subject is there because of it alone.
    """

    id: str
    attester: str
    subject: str
    mark: bytes
    external: bytes | None
    active: bool
    changed_at: datetime
    version: int
    deleted: bool = False
    made: bool = False


class Hit(NamedTuple):
    """What a person decided about a candidate that screening found.

    `candidate` is the digest of the list's entry, so an entry that changes is another candidate; `outcome` is
    `match` or `no match`.
    """

    subject: str
    list: str
    candidate: str
    outcome: str
    reason: str
    actor: str
    at: datetime


class Erased(NamedTuple):
    """What an erasure kept: the name that stands for the subject from now on, and how many attestations."""

    subject: str
    attestations: int


class Identities(Protocol):
    """Bindings, suspensions, status lists, members, erasures. Every writing call is one durable transaction with its
    event, as in `Store`, and raises as it does.
    """

    def together(self, *, actor: str, at: datetime) -> AbstractContextManager[None]:
        """Make all writing calls of this thread inside the block one transaction: all of them, or none if it raises.

        What this thread reads inside, it wrote; others see nothing of it before its end. A call inside that raises has
        changed nothing, and the block can go on.
        """

    def bound(self, issuer: str, mark: bytes) -> str | None:
        """The subject that an issuer's mark is bound to."""

    def bind(self, binding: Binding, kind: str, *, actor: str, at: datetime) -> None:
        """Append a binding, and the subject where it is not there; nothing if it is there.

        `StoreConflict` if the mark is bound to another subject, or the subject is there with another kind.
        """

    def bindings(self, subject: str) -> tuple[Binding, ...]:
        """How issuers know a subject."""

    def suspend(self, subject: str, *, actor: str, at: datetime, reason: str) -> bool:
        """Append that nobody is let in as this subject; False if that is so already, for this very reason.

        Another reason takes the place of the one before, so whoever may end a suspension of theirs ends no other one.
        `StoreConflict` if the subject is unknown.
        """

    def resume(self, subject: str, *, actor: str, at: datetime, reason: str) -> bool:
        """Append that this subject may come in again; False if it may already."""

    def confirm_status(self, uri: str, *, digest: str, until: datetime, actor: str, at: datetime) -> None:
        """Append that a status list was read, so that references into it count until `until`."""

    def confirmed(self) -> Mapping[str, datetime]:
        """Until when references into each status list count (the newest word about each)."""

    def status_uses(self) -> Iterator[StatusUse]:
        """Every status list to which an attestation that was not withdrawn refers."""

    def use_once(self, purpose: str, mark: bytes, *, until: datetime, at: datetime) -> bool:
        """Note that something was used; False if it was before. May be forgotten after `until`. Not an event."""

    def add_client(self, client: Client, keyed_hash: bytes) -> None:
        """Append a client. `StoreConflict` if its ID or hash is there."""

    def revoke_client(self, client: str, *, actor: str, at: datetime, reason: str) -> bool:
        """Append a revocation; False if there is none such, or it is revoked already."""

    def client_by_hash(self, keyed_hash: bytes) -> Client | None:
        """The client with this token, revoked ones included."""

    def clients(self) -> tuple[Client, ...]:
        """All clients, oldest first."""

    def put_member(self, member: Member, *, actor: str) -> None:
        """Append the state of a member (`changed_at`, `version` are the caller's). `StoreConflict` unless `version` is
        the next one (1 for a new member), where it was deleted, where its subject is not there or is another than
        before, or where `mark` or `external` belongs to another member of the attester.
        """

    def member(self, attester: str, id_: str) -> Member | None:
        """The newest state of a member of one organisation; never another organisation's."""

    def member_by_mark(self, attester: str, mark: bytes) -> Member | None:
        """The same, by its `userName`'s mark or its `externalId`'s."""

    def member_of(self, attester: str, subject: str) -> Member | None:
        """The same, by its subject."""

    def members(self, attester: str) -> Iterator[Member]:
        """All members of an organisation, by ID."""

    def pseudonyms_changed(self, generation: int, change: str, *, actor: str, at: datetime) -> None:
        """Append that the key of a generation of pseudonyms was `made` or `destroyed`; the keys are not kept here."""

    def dispose(self, hit: Hit) -> None:
        """Append what somebody decided about a candidate."""

    def dispositions(self, subject: str | None = None) -> tuple[Hit, ...]:
        """What was decided, of one subject or of all, oldest first."""

    def erase(self, subject: str, stands_for: str, *, actor: str, at: datetime, reason: str) -> Erased:
        """Erase a subject: its name becomes `stands_for` everywhere, its values unknown, its keys and members end.

        Kept are, of each attestation, fact, issuer, framework, level, carrier, digest and dates; reasons, contents of
        acts, bodies of events and bindings go. Acts about it that wait are withdrawn, and keys that act for it are
        revoked. Officers' names stay, and so do enacted documents. What was erased is not in the files any more when
        this returns, or, `together`, at the end of the block. `StoreConflict` if it is not there, or `stands_for` is.
        The event `erased` names `stands_for` alone, so whoever remembers subjects must forget all of them.
        """
