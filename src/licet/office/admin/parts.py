"""What the administration over HTTP needs, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from licet.core.roles import OfficerKey
from licet.office.rate import Rate
from licet.office.sessions import Sessions, Tokens
from licet.services.acts.administration import StateAdministration
from licet.services.acts.signing import Passkeys
from licet.services.identity.pseudonyms import Generations
from licet.services.ports import Store, Workers
from licet.services.status import JournalView


class PasskeyDesk(Passkeys, Protocol):
    """Passkeys, also as browsers are asked for them."""

    def asked_to_sign(self, challenge: bytes, keys: tuple[OfficerKey, ...]) -> dict[str, Any]:
        """What the browser is asked for an assertion by one of these passkeys; by any if there are none."""

    def asked_to_register(self, challenge: bytes, name: str, user: bytes) -> dict[str, Any]:
        """What the browser is asked for a new passkey; `user` is 32 bytes that say nothing of the officer."""

    def registered(self, credential: bytes, challenge: bytes) -> OfficerKey:
        """The key that an authenticator made for a challenge of ours. Raises `SignatureRefused`."""


SESSION_SECONDS = 900
CHALLENGE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An officer's session: who, and by which key, or by which account where that is None."""

    officer: str
    key: str | None
    issuer: str | None = None
    mark: bytes | None = None


@dataclass(frozen=True)
class AdminParts:
    """Everything. `sign_in_rate` limits how often one address may try to sign in; `sessions` and `challenges` end with
    the process. `secret` is the installation's. `workers` and `journal` are looked at;
    `generations` leads pseudonyms back.
    """

    store: Store
    administration: StateAdministration
    public_url: str
    tokens: Tokens
    secret: bytes
    random_bytes: Callable[[int], bytes]
    monotonic: Callable[[], float]
    sign_in_rate: Rate
    passkeys: PasskeyDesk
    workers: Workers
    journal: JournalView
    generations: Callable[[], Generations]
    sessions: Sessions[SignedIn] = field(init=False)
    challenges: Sessions[str] = field(init=False)

    def __post_init__(self) -> None:
        held: Sessions[SignedIn] = Sessions(self.random_bytes, self.monotonic, seconds=SESSION_SECONDS)
        asked: Sessions[str] = Sessions(self.random_bytes, self.monotonic, seconds=CHALLENGE_SECONDS)
        object.__setattr__(self, "sessions", held)
        object.__setattr__(self, "challenges", asked)
