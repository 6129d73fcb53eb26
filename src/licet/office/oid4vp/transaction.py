"""Requests to wallets that are under way: what each asks, whose browser began it, and what became of it. In memory."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from joserfc.jwk import ECKey

from licet.office.oid4vp.query import Query
from licet.office.sessions import Sessions, unguessable
from licet.services.identity.carriers.invitation import Invitation
from licet.services.identity.carriers.presenting import Shown

LASTS = timedelta(minutes=5)
"""How long a wallet may take to answer, and then a browser to come for it."""

ATTEMPTS = 5
"""How often the code may be typed before what was shown is thrown away."""

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of codes: none looks like another (Crockford's base 32)."""

ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class Stage(Enum):
    """How far a request has come."""

    WAITING = "waiting"
    """No wallet has answered."""

    READING = "reading"
    """One has, and what it showed is being read; nobody else may answer."""

    SHOWN = "shown"
    """It showed what was asked for; the browser that began must come for it."""

    DECLINED = "declined"
    """It showed nothing."""

    REFUSED = "refused"
    """What it showed was not taken."""

    KEPT = "kept"
    """The browser came, and it is kept."""


@dataclass(slots=True)
class Transaction:
    """One request to a wallet. `visit` is the session of the browser that began it, and the only one that may end it.

    `response_code` is told to the wallet alone, for the browser on its own device; `code` says the same in letters that
    a person can carry to another device. `why`: what the person is told where it was declined or refused.
    """

    visit: str
    invitation: Invitation
    query: Query
    nonce: str
    state: str
    until: datetime
    encryption: ECKey | None
    stage: Stage = Stage.WAITING
    shown: tuple[Shown, ...] = ()
    response_code: str = ""
    code: str = ""
    attempts: int = ATTEMPTS
    why: str = ""

    def ends(self, stage: Stage, why: str) -> None:
        """It comes to nothing, and holds nothing any more."""
        self.stage, self.why, self.shown, self.code = stage, why, (), ""

    def is_code(self, typed: str) -> bool:
        """Whether somebody typed the code. Each time that they did not brings the end nearer."""
        given = typed.upper().translate(ALIKE)
        if self.stage is Stage.SHOWN and hmac.compare_digest(given.encode(), self.code.encode()):
            return True
        if self.stage is Stage.SHOWN:
            self.attempts -= 1
            if self.attempts == 0:
                self.ends(Stage.REFUSED, "the code was typed wrongly too often; begin again")
        return False


class Transactions:
    """All that are under way. Belongs to one event loop."""

    def __init__(self, random_bytes: Callable[[int], bytes], monotonic: Callable[[], float]) -> None:
        self._random_bytes = random_bytes
        seconds = LASTS.total_seconds()
        self._asked: Sessions[Transaction] = Sessions(random_bytes, monotonic, seconds=seconds)
        self._answered: Sessions[Transaction] = Sessions(random_bytes, monotonic, seconds=seconds)

    def begin(
        self, visit: str, invitation: Invitation, query: Query, *, encrypted: bool, now: datetime
    ) -> tuple[str, Transaction]:
        """A new one with a fresh nonce and state; its name in the addresses that the wallet gets."""
        nonce, state = unguessable(self._random_bytes), unguessable(self._random_bytes)
        key = ECKey.generate_key("P-256", {"use": "enc", "alg": "ECDH-ES", "kid": "1"}) if encrypted else None
        made = Transaction(visit, invitation, query, nonce, state, now + LASTS, key)
        return self._asked.begin(made), made

    def asked(self, name: str) -> Transaction | None:
        """The one that a wallet was sent to, while it may answer."""
        return self._asked.get(name)

    def answered(self, transaction: Transaction) -> None:
        """A wallet has answered; from now on it goes by its codes, for as long again."""
        transaction.response_code = self._answered.begin(transaction)
        if transaction.stage is Stage.SHOWN:
            transaction.code = _code(self._random_bytes)

    def by_response_code(self, code: str) -> Transaction | None:
        """The one that a wallet has answered, while the browser may come for it."""
        return self._answered.get(code)

    def end(self, transaction: Transaction) -> None:
        """Nobody may come for it any more."""
        self._answered.end(transaction.response_code)


def _code(random_bytes: Callable[[int], bytes]) -> str:
    """Eight letters: 40 random bits, of which nobody guesses any in five attempts."""
    number = int.from_bytes(random_bytes(5))
    return "".join(LETTERS[number >> shift & 31] for shift in range(35, -5, -5))


def spaced(code: str) -> str:
    """A code as people read it: two groups of four."""
    return f"{code[:4]}-{code[4:]}"
