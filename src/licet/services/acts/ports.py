"""What acts need of the store, beside `services.ports.Store`. The same stores implement it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from licet.core.roles import Officer


class Signature(NamedTuple):
    """An officer's signature over the digest of what they do.

    `key` names it (see `core.roles.OfficerKey`); `content` is the 64 bytes of Ed25519 over `licet-act/1`, a line feed
    and the digest (`sha256:<hex>`), or a WebAuthn assertion (JSON) whose challenge is the 32 bytes of the digest.
    """

    key: str
    content: bytes


class Settlement(NamedTuple):
    """What became of an act that waited: `approved` or `withdrawn`, by whom, when and why."""

    outcome: str
    actor: str
    at: datetime
    reason: str
    signature: Signature | None


@dataclass(frozen=True, slots=True)
class StoredAct:
    """Something that an officer did, or proposed to do.

    `id` is `a-` and the first 16 hexadecimal digits of a digest of the rest. `kind` is a `Deed`; `content` is canonical
    JSON (RFC 8785) that says exactly what; its digest is what is signed. `subject` is whom it is about, where it is
    about one. Without a settlement it waits, unless one officer was enough (`alone`).
    """

    id: str
    kind: str
    content: bytes
    actor: str
    at: datetime
    subject: str | None
    signature: Signature | None
    alone: bool
    settlement: Settlement | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return not self.alone and self.settlement is None


class Acts(Protocol):
    """Officers and what they did. Every writing call is one durable transaction with its event, as in `Store`."""

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
        """Append an act; with `alone` it is done, otherwise it waits."""

    def settle_act(
        self, act: str, outcome: str, *, actor: str, at: datetime, reason: str, signature: Signature | None
    ) -> StoredAct:
        """Append what became of an act. `StoreConflict` unless it waits, or if its content is not what its ID says."""

    def act(self, act: str) -> StoredAct | None:
        """One act. `StoreUnavailable` if its content is not what its ID says."""

    def acts(self) -> tuple[StoredAct, ...]:
        """All acts, oldest first."""

    def put_officer(self, officer: Officer, *, actor: str, at: datetime) -> None:
        """Append what an officer is from now on. One without roles is dismissed."""

    def officers(self) -> tuple[Officer, ...]:
        """All officers as they are now, by name, dismissed ones included."""

    def officer(self, name: str) -> Officer | None:
        """One officer as they are now."""

    def count_use(self, key: str, counter: int, *, at: datetime) -> bool:
        """Note a passkey's signature counter; False if it does not grow (0 always may stay 0). Not an event."""
