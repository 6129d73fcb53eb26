"""Access tokens at the gate: checked in a thread, with key sets that are fetched beside everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from licet.core.rulebook import Rulebook
from licet.core.trust import Trust
from licet.credentials.key_set import KeySet
from licet.credentials.refusal import CredentialRefused
from licet.services.admit import Admission, Stranger
from licet.services.identity.carriers.admission import KeySource, KeysUnavailable, KeysWanted

MOST_ATTEMPTS = 4
"""A token has one issuer, whose documents may have several places of keys: so many are fetched for one request."""


REFUSED_FOR = timedelta(seconds=10)
"""How long a token that was refused is not looked at again: it may be valid by then, or its key be published."""


class Untrusted(NamedTuple):
    """A token that lets nobody in, and why, in words that hold nothing of it; good until it is looked at again."""

    why: str
    until: datetime


class Sets(KeySource, Protocol):
    """The key sets of issuers. `changes` counts how often one was replaced by another."""

    changes: int

    def last(self, trust: Trust) -> KeySet:
        """The keys as they are known, without asking for newer ones. Raises `KeysUnavailable`."""

    def load(self, trust: Trust) -> None:
        """Fetch the keys of a document's issuer. Blocks."""


class Admit(Protocol):
    """`services.identity.carriers.admission.admit_token` for one store."""

    def __call__(
        self, text: str, rulebook: Rulebook, keys: KeySource, now: datetime, *, anew: bool
    ) -> Admission | Stranger:
        """Who comes in by a token."""


class InThread(Protocol):
    """Runs something that blocks beside the loop."""

    def __call__(self, work: Callable[[], Admission | Stranger], /) -> Awaitable[Admission | Stranger]:
        """Its result."""


class _Known:
    """The key sets without waiting: where one should be newer, `wanted` is told, and the one that is known counts."""

    def __init__(self, sets: Sets, wanted: Callable[[Trust], object]) -> None:
        self._sets = sets
        self._wanted = wanted

    def keys(self, trust: Trust, kid: str | None) -> KeySet:
        """See the port."""
        try:
            return self._sets.keys(trust, kid)
        except KeysWanted:
            self._wanted(trust)
            return self._sets.last(trust)

    def until(self, trust: Trust, now: datetime) -> datetime | None:
        """See the port."""
        return self._sets.until(trust, now)


class Tokens:
    """Admits by tokens. Belongs to one event loop; `load_in_thread` runs what may take seconds.

    `changed` is to be set: it is called, on the loop, when the keys of some issuer are others than before.
    """

    def __init__(
        self,
        admit: Admit,
        sets: Sets,
        in_thread: InThread,
        load_in_thread: Callable[[Callable[[], None]], Awaitable[None]],
    ) -> None:
        self._admit = admit
        self._sets = sets
        self._in_thread = in_thread
        self._load_in_thread = load_in_thread
        self._changes = sets.changes
        self._loading: dict[str, asyncio.Future[None]] = {}
        self.changed: Callable[[], object] = lambda: None

    async def admit(self, text: str, rulebook: Rulebook, now: datetime) -> Admission | Stranger | Untrusted:
        """Who comes in by a token; keys are waited for. Raises `KeysUnavailable`, `StoreUnavailable`."""
        for _ in range(MOST_ATTEMPTS):
            try:
                return await self._checked(text, rulebook, self._sets, now, anew=True)
            except KeysWanted as wanted:
                await asyncio.shield(self._loaded(wanted.trust))
        raise KeysUnavailable("the keys of an issuer are in more places than are looked at")

    async def readmit(self, text: str, rulebook: Rulebook, now: datetime) -> Admission | Stranger | Untrusted:
        """The same for who is in already: by the keys that are known, while others are fetched beside it; and whoever
        is not known any more does not come in.
        """
        loop = asyncio.get_running_loop()
        known = _Known(self._sets, lambda trust: loop.call_soon_threadsafe(self._loaded, trust))
        return await self._checked(text, rulebook, known, now, anew=False)

    async def _checked(
        self, text: str, rulebook: Rulebook, keys: KeySource, now: datetime, *, anew: bool
    ) -> Admission | Stranger | Untrusted:
        try:
            return await self._in_thread(lambda: self._admit(text, rulebook, keys, now, anew=anew))
        except CredentialRefused as refused:
            return Untrusted(str(refused), now + REFUSED_FOR)

    def _loaded(self, trust: Trust) -> asyncio.Future[None]:
        """The attempt at an issuer's keys that is under way, or a new one."""
        known = self._loading.get(trust.digest)
        if known is None:
            known = self._loading[trust.digest] = asyncio.ensure_future(self._load(trust))
        return known

    async def _load(self, trust: Trust) -> None:
        try:
            await self._load_in_thread(lambda: self._sets.load(trust))
        finally:
            del self._loading[trust.digest]
        if self._sets.changes != self._changes:
            self._changes = self._sets.changes
            self.changed()
