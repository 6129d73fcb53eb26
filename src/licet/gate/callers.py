"""Who asks: keys and facts, kept in memory for as long as no event says that they changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from collections.abc import Set as AbstractSet
from datetime import datetime
from hashlib import blake2b
from typing import TypeVar

from licet.core.rulebook import Rulebook
from licet.engines.points import Vector
from licet.gate.ports import Points
from licet.services.admit import Admission, Stranger
from licet.services.keys import keyed_hash, parse, pseudonym

REMEMBERED = 65_536
"""Callers, and separately strangers' keys, that one worker remembers."""

STREAM = "stream"
"""The one fact about a request: whether its answer is asked for as a stream."""

T = TypeVar("T")
Admit = Callable[[bytes, Rulebook, datetime], Admission | Stranger]
InThread = Callable[[Callable[[], Admission | Stranger]], Awaitable[Admission | Stranger]]


class Caller:
    """Somebody with a valid key, and their facts as the rulebook's vectors."""

    __slots__ = ("_rulebook", "_vectors", "admission", "hash", "pseudonym")

    def __init__(self, key_hash: bytes, admission: Admission, pseudonym: str) -> None:
        self.hash = key_hash
        self.admission = admission
        self.pseudonym = pseudonym
        self._rulebook: Rulebook | None = None
        self._vectors: list[Vector] = []

    def vector(self, points: Points, rulebook: Rulebook, stream: bool) -> Vector:
        """What of this caller's facts matters, for a request that is for a stream or is not."""
        if self._rulebook is not rulebook:
            facts = self.admission.facts
            if STREAM in facts:
                self._vectors = [points.vector({**facts, STREAM: asked}) for asked in (False, True)]
            else:
                self._vectors = [points.vector(facts)] * 2
            self._rulebook = rulebook
        return self._vectors[stream]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whose facts decide: the key's subject, and the person for whom it acts."""
        person = self.admission.person
        return (self.admission.subject,) if person is None else (self.admission.subject, person.subject)

    def holds_at(self, now: datetime) -> bool:
        """Whether nothing about this caller expired yet."""
        return self.admission.until is None or now < self.admission.until


class Callers:
    """Keys to callers. Belongs to one event loop; looking up in the store happens in a thread.

    `forget` must be called with the subjects and keys of every event, before anything is decided under it. A lookup
    that was under way meanwhile is made again, because it may have read the state from before. `changes` counts the
    calls of `forget`: as long as it stays the same, a caller that was found is still right.
    """

    def __init__(self, admit: Admit, in_thread: InThread, pepper: bytes) -> None:
        self._admit = admit
        self._in_thread = in_thread
        self._pepper = pepper
        self._marking = pepper[:32]
        self._quick: OrderedDict[bytes, Caller] = OrderedDict()  # by a hash that is four times faster than the store's
        self._callers: OrderedDict[bytes, Caller] = OrderedDict()
        self._strangers: OrderedDict[bytes, Stranger] = OrderedDict()
        self.changes = 0

    def known(self, key: str, now: datetime) -> Caller | Stranger | bytes:
        """The caller or stranger behind a key, or else the key's hash, for `look_up`."""
        mark = blake2b(key.encode(), key=self._marking, digest_size=32).digest()
        caller = self._quick.get(mark)
        if caller is not None and self._callers.get(caller.hash) is caller and caller.holds_at(now):
            self._callers.move_to_end(caller.hash)
            return caller
        found = self._slowly(key, now)
        if isinstance(found, Caller):
            _put(self._quick, mark, found)
        return found

    def _slowly(self, key: str, now: datetime) -> Caller | Stranger | bytes:
        if parse(key) is None:
            return Stranger.NO_SUCH_KEY
        key_hash = keyed_hash(self._pepper, key)
        caller = self._callers.get(key_hash)
        if caller is None:
            return self._strangers.get(key_hash, key_hash)
        if not caller.holds_at(now):
            del self._callers[key_hash]
            return key_hash
        return caller

    async def look_up(self, key_hash: bytes, law: Callable[[], Rulebook], now: datetime) -> Caller | Stranger:
        """Ask the store. Raises `StoreUnavailable`."""
        while True:
            changes = self.changes
            rulebook = law()
            found = await self._in_thread(lambda rulebook=rulebook: self._admit(key_hash, rulebook, now))  # type: ignore[misc]
            if changes == self.changes:
                return self._remember(key_hash, found)

    def forget(self, subjects: AbstractSet[str], keys: Collection[str]) -> None:
        """Something changed about these; keys that were unknown may be known now."""
        self.changes += 1
        self._strangers.clear()
        for key_hash, caller in list(self._callers.items()):
            if not subjects.isdisjoint(caller.subjects) or caller.admission.key.id in keys:
                del self._callers[key_hash]

    def forget_all(self) -> None:
        """The declared facts or the trust documents changed."""
        self.changes += 1
        self._strangers.clear()
        self._callers.clear()
        self._quick.clear()

    def _remember(self, key_hash: bytes, found: Admission | Stranger) -> Caller | Stranger:
        if isinstance(found, Stranger):
            _put(self._strangers, key_hash, found)
            return found
        caller = Caller(key_hash, found, pseudonym(self._pepper, found.subject))
        _put(self._callers, key_hash, caller)
        return caller


def _put(memory: OrderedDict[bytes, T], key_hash: bytes, item: T) -> None:
    memory[key_hash] = item
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
