"""What those need who change the governance state as officers: here in a state directory, or at an office over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from licet.core.roles import Account, Officer
from licet.services.acts.carried import Carried
from licet.services.acts.ports import Signature, StoredAct
from licet.services.announce import Announcement
from licet.services.enact import EnactReport


@dataclass(frozen=True, slots=True)
class Done:
    """What handing in or settling an act came to.

    `told`: how far it got among the gate processes, where it took effect and can change a decision. `result`: what
    there is to tell of its effect. `proposal`: the documents that wait beside it.
    """

    act: StoredAct
    result: dict[str, Any] = field(default_factory=dict)
    told: Announcement | EnactReport | None = None
    proposal: str | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """The fields of the act that makes a secret count, and the secret's text, which is told this once."""

    fields: dict[str, Any]
    text: str


class Administration(Protocol):
    """The governance state for those who change it: here in a state directory, or at an office over HTTP."""

    @property
    def needed(self) -> int:
        """How many officers a widening needs, 1 or 2."""

    @property
    def installation(self) -> str:
        """What names this installation in the content of acts, so that what is signed for one counts at no other."""

    def now(self) -> datetime:
        """The instant by the clock that the gate goes by."""

    def officers(self) -> tuple[Officer, ...]:
        """All officers as they are now, dismissed ones included."""

    def acts(self) -> tuple[StoredAct, ...]:
        """All acts, oldest first."""

    def act(self, name: str) -> StoredAct:
        """One act, by its ID or that of its proposal. Raises `ActRefused`."""

    def issue_key(
        self, subject: str, scopes: Iterable[str], expires_at: datetime | None, acts_for: str | None
    ) -> Issued:
        """A new API key, which counts once the act with these fields is done."""

    def issue_client(self, attester: str) -> Issued:
        """A new token for an organisation, which counts once the act with these fields is done.

        Raises `ClientRefused`.
        """

    def account(self, issuer: str, name: str) -> Account:
        """What is kept of an officer's account at an identity provider (`name` is its `sub`), for an appointment."""

    def found(self, officers: Iterable[Officer], *, actor: str) -> Done:
        """Appoint the first officers, by whoever has the state directory; from then on nobody does anything unsigned.

        Raises `ActRefused` where there are officers, or where nobody could appoint or approve afterwards.
        """

    def submit(self, content: bytes, signature: Signature | None, carried: Carried, *, timeout: float) -> Done:
        """Hand in an act. Raises `ActRefused` and what the verbs raise; then nothing has happened."""

    def approve(self, name: str, actor: str, signature: Signature | None, carried: Carried, *, timeout: float) -> Done:
        """Agree to what another officer proposed, which takes effect by that."""

    def withdraw(self, name: str, actor: str, reason: str, signature: Signature | None) -> Done:
        """Take back what waits."""
