"""The key sets of issuers: fetched, kept, fetched again. `spec/tokens.md` has the times.

Whoever controls the address of an issuer's keys controls what it says. So they come over TLS or from this machine
itself, from nowhere that an answer leads to, and a set that cannot be had is no set.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from licet.adapters.key_fetching import DISCOVERY, Fetched, KeysNotFetched, fetch_keys
from licet.core.trust import Trust
from licet.credentials.key_set import KeySet, key_set_of
from licet.services.identity.carriers.admission import KeysUnavailable, KeysWanted

AGAIN = 10.0
"""Seconds between two attempts at one issuer, whatever made them: a stranger's tokens cannot make us flood it."""

LAST_GOOD = 3_600.0
"""Seconds that a set is believed longer than it should be, while no newer one can be had."""

MOST_WAITING = 8
"""How many wait for one issuer's keys at once, with the one that fetches them: it may hang, and threads are few."""


@dataclass(slots=True)
class _Kept:
    """What is known of one place of keys. Times are of the monotonic clock."""

    keys: KeySet | None = None
    until: float = float("-inf")
    tried: float = float("-inf")
    why: str = ""
    fetching: threading.Lock = field(default_factory=threading.Lock)
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MOST_WAITING))


class KeySets:
    """The key sets of trust documents, for several threads. `monotonic` gives seconds.

    `changes` counts the times that a set was replaced by another one: what was decided by an older count may no longer
    hold. Keys that a document pins are never fetched.
    """

    def __init__(self, monotonic: Callable[[], float], fetch: Callable[[Trust], Fetched] | None = None) -> None:
        self._monotonic = monotonic
        self._fetch = fetch or fetch_keys
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._pinned: dict[str, KeySet] = {}
        self.changes = 0

    def keys(self, trust: Trust, kid: str | None) -> KeySet:
        """The keys of a document's issuer, without waiting; `kid` is the key that is looked for.

        Raises `KeysWanted` where `load` must be called first, `KeysUnavailable` where that failed a moment ago, and
        `CredentialRefused` for pinned keys that are none.
        """
        if trust.keys is None or trust.keys.pinned:
            return self._pinned_of(trust)
        kept, now = self._kept_of(trust), self._monotonic()
        missing = kept.keys is None or now >= kept.until
        unknown = kept.keys is not None and kid is not None and not kept.keys.names(kid)
        if (missing or unknown) and now >= kept.tried + AGAIN:
            raise KeysWanted(trust)
        return self.last(trust)

    def last(self, trust: Trust) -> KeySet:
        """The keys as they are known, for a while longer than they should be kept. Raises `KeysUnavailable`."""
        kept = self._kept_of(trust)
        if kept.keys is None or self._monotonic() >= kept.until + LAST_GOOD:
            raise KeysUnavailable(f"the keys of an issuer cannot be had: {kept.why}")
        return kept.keys

    def until(self, trust: Trust, now: datetime) -> datetime | None:
        """When what was decided by these keys must be decided again; None: nothing was. Always after `now`."""
        if trust.keys is None or trust.keys.pinned:
            return None
        kept, seconds = self._kept_of(trust), self._monotonic()
        if kept.keys is None:
            return None
        due = kept.until if kept.until > seconds else kept.tried + AGAIN
        return now + timedelta(seconds=max(due - seconds, 1.0))

    def load(self, trust: Trust) -> None:
        """Fetch the keys of a document's issuer, unless somebody else did so a moment ago. Blocks.

        A failure is kept in mind, and `keys` tells of it. Raises `KeysUnavailable` where many wait for it already.
        """
        kept = self._kept_of(trust)
        if not kept.waiting.acquire(blocking=False):
            raise KeysUnavailable("the keys of an issuer are being fetched, and many wait for them; try again")
        try:
            self._load(trust, kept)
        finally:
            kept.waiting.release()

    def _load(self, trust: Trust, kept: _Kept) -> None:
        with kept.fetching:
            if self._monotonic() < kept.tried + AGAIN:
                return
            try:
                found = self._fetch(trust)
            except KeysNotFetched as error:
                kept.why = str(error)
            except Exception as error:  # whatever it is, no newer keys are there, and nobody comes in by it
                kept.why = f"reading them failed ({type(error).__name__})"
            else:
                kept.until = self._monotonic() + found.seconds
                if kept.keys != found.keys:
                    kept.keys = found.keys
                    self.changes += 1
            finally:
                kept.tried = self._monotonic()

    def found(self, trust: Trust, kid: str | None) -> KeySet:
        """The keys of a document's issuer, fetched where that must be. Blocks. Raises `KeysUnavailable`."""
        try:
            return self.keys(trust, kid)
        except KeysWanted:
            self.load(trust)
        return self.keys(trust, kid)

    def _kept_of(self, trust: Trust) -> _Kept:
        place = (trust.attester, (trust.keys and trust.keys.url) or DISCOVERY)
        return self._kept.setdefault(place, _Kept())

    def _pinned_of(self, trust: Trust) -> KeySet:
        found = self._pinned.get(trust.digest)
        if found is None:
            found = self._pinned[trust.digest] = key_set_of(trust.keys.pinned if trust.keys is not None else ())
        return found
