"""Short sessions in memory: what somebody's browser has under way here. None survives a restart."""

from __future__ import annotations

import base64
import hmac
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

REMEMBERED = 16_384
"""Sessions; past these the oldest ends."""

NAME_BYTES = 32


class Sessions(Generic[T]):
    """Sessions by names that nobody can guess. Belongs to one event loop; `monotonic` gives seconds."""

    def __init__(
        self,
        random_bytes: Callable[[int], bytes],
        monotonic: Callable[[], float],
        *,
        seconds: float,
        remembered: int = REMEMBERED,
    ) -> None:
        self._random_bytes = random_bytes
        self._monotonic = monotonic
        self._seconds = seconds
        self._remembered = remembered
        self._held: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def begin(self, value: T) -> str:
        """A new session that holds a value; its name."""
        name = unguessable(self._random_bytes)
        self._held[name] = (self._monotonic() + self._seconds, value)
        while len(self._held) > self._remembered:
            self._held.popitem(last=False)
        return name

    def get(self, name: str | None) -> T | None:
        """What a session holds, while it lasts."""
        until, value = self._held.get(name or "", (0.0, None))
        if value is None or until <= self._monotonic():
            self._held.pop(name or "", None)
            return None
        return value

    def put(self, name: str, value: T) -> None:
        """Another value for a session; it lasts no longer by that."""
        if name in self._held:
            self._held[name] = (self._held[name][0], value)

    def end(self, name: str | None) -> T | None:
        """End a session; what it held, if it lasted until now."""
        value = self.get(name)
        self._held.pop(name or "", None)
        return value


class Tokens:
    """Against forged requests: a token for each session and purpose, which only pages of ours know."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, session: str, purpose: str) -> str:
        """The token of a session for a purpose (43 letters)."""
        mark = hmac.digest(self._key, f"{purpose}\0{session}".encode(), "sha256")
        return base64.urlsafe_b64encode(mark).decode().rstrip("=")

    def check(self, session: str | None, purpose: str, token: str) -> bool:
        """Whether it is the one. Compared in constant time."""
        if session is None:
            return False
        return hmac.compare_digest(self.make(session, purpose).encode(), token.encode())


def unguessable(random_bytes: Callable[[int], bytes]) -> str:
    """A name of 256 random bits: 43 letters of base64url."""
    return base64.urlsafe_b64encode(random_bytes(NAME_BYTES)).decode().rstrip("=")
