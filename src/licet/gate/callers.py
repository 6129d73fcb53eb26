"""Who asks: keys, tokens and facts, kept in memory for as long as no event says that they changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from collections.abc import Set as AbstractSet
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from licet.core.delegation import Party
from licet.core.facts import Value
from licet.core.rulebook import Rulebook
from licet.engines.points import Vector
from licet.gate.circumstances import IP_COUNTRY
from licet.gate.ports import Points
from licet.gate.tokens import Tokens, Untrusted
from licet.services.admit import Admission, Stranger
from licet.services.identity.carriers.admission import is_token
from licet.services.keys import keyed_hash, parse

REMEMBERED = 65_536
"""Callers, and separately strangers' keys, that one worker remembers."""

COUNTRIES = 64
"""Countries for which one caller's facts are remembered as vectors; then all are forgotten and it begins again."""

STREAM = "stream"
"""A fact about a request: whether its answer is asked for as a stream."""

T = TypeVar("T")
Admit = Callable[[bytes, Rulebook, datetime], Admission | Stranger]
InThread = Callable[[Callable[[], Admission | Stranger]], Awaitable[Admission | Stranger]]


class Presented(NamedTuple):
    """What somebody asks with: the keyed hash of a key, or of a token, and that token, which is asked about again."""

    hash: bytes
    token: str | None = None


class Vectors(NamedTuple):
    """What of the facts matters: of who asks, and of the person for whom they act."""

    own: Vector
    person: Vector | None


class Caller:
    """Somebody with a valid key or token, and their facts as the rulebook's vectors.

    `pseudonym` is theirs, `beside` that of the person for whom they act.
    """

    __slots__ = ("_rulebook", "_vectors", "admission", "beside", "presented", "pseudonym")

    def __init__(self, presented: Presented, admission: Admission, pseudonym: str, beside: str | None = None) -> None:
        self.presented = presented
        self.admission = admission
        self.pseudonym = pseudonym
        self.beside = beside
        self._rulebook: Rulebook | None = None
        self._vectors: dict[str | None, tuple[Vectors, Vectors]] = {}

    def vectors(self, points: Points, rulebook: Rulebook, stream: bool, country: str | None = None) -> Vectors:
        """What of the facts matters, for a request that is for a stream or is not, from a country or an unknown one."""
        if self._rulebook is not rulebook:
            self._vectors, self._rulebook = {}, rulebook
        found = self._vectors.get(country)
        if found is None:
            found = self._met(points, country)
        return found[stream]

    def _met(self, points: Points, country: str | None) -> tuple[Vectors, Vectors]:
        facts, person = self.admission.facts, self.admission.person

        def vectors(stream: bool) -> Vectors:
            seen: dict[str, Value] = {STREAM: stream} if STREAM in facts else {}
            if country is not None and IP_COUNTRY in facts:
                seen[IP_COUNTRY] = country
            own = points.vector({**facts, **seen})
            return Vectors(own, None if person is None else points.vector({**person.facts, **seen}))

        plain = vectors(False)
        found = (plain, vectors(True) if STREAM in facts else plain)
        if len(self._vectors) >= COUNTRIES:
            self._vectors.clear()
        self._vectors[country] = found
        return found

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whose facts decide: the key's subject, and the person for whom it acts."""
        person = self.admission.person
        return (self.admission.subject,) if person is None else (self.admission.subject, person.subject)

    def subject(self, whose: Party | None) -> str:
        """Whose decision it is."""
        person = self.admission.person
        return person.subject if whose is Party.PERSON and person is not None else self.admission.subject

    def pseudonyms(self, whose: Party | None) -> tuple[str, str | None]:
        """What the journal calls whose decision it is, and the other party."""
        return (self.beside, self.pseudonym) if whose is Party.PERSON and self.beside else (self.pseudonym, self.beside)

    def holds_at(self, now: datetime) -> bool:
        """Whether nothing about this caller expired yet."""
        return self.admission.until is None or now < self.admission.until


class Callers:
    """Keys and tokens to callers. Belongs to one event loop; looking up in the store happens in a thread.

    `forget` must be called with the subjects and keys of every event, before anything is decided under it. A lookup
    that was under way meanwhile is made again, because it may have read the state from before. `changes` counts the
    calls of `forget`: as long as it stays the same, a caller that was found is still right. `name` gives the
    pseudonym of a subject. Without `tokens` nobody comes in by one.
    """

    def __init__(
        self,
        admit: Admit,
        in_thread: InThread,
        pepper: bytes,
        name: Callable[[str], str],
        tokens: Tokens | None = None,
    ) -> None:
        self._admit = admit
        self._tokens = tokens
        self._in_thread = in_thread
        self._pepper = pepper
        self._name = name
        self._marking = pepper[:32]
        self._quick: OrderedDict[bytes, Caller] = OrderedDict()  # by a hash that is four times faster than the store's
        self._callers: OrderedDict[bytes, Caller] = OrderedDict()
        self._strangers: OrderedDict[bytes, Stranger | Untrusted] = OrderedDict()
        self.changes = 0

    def known(self, key: str, now: datetime) -> Caller | Stranger | Untrusted | Presented:
        """The caller or stranger behind a key or token, or else what `look_up` needs."""
        mark = blake2b(key.encode(), key=self._marking, digest_size=32).digest()
        caller = self._quick.get(mark)
        if caller is not None and self._callers.get(caller.presented.hash) is caller and caller.holds_at(now):
            self._callers.move_to_end(caller.presented.hash)
            return caller
        found = self._slowly(key, now)
        if isinstance(found, Caller):
            _put(self._quick, mark, found)
        return found

    def _slowly(self, key: str, now: datetime) -> Caller | Stranger | Untrusted | Presented:
        token = None
        if parse(key) is None:
            if self._tokens is None or not is_token(key):
                return Stranger.NO_SUCH_KEY
            token = key
        presented = Presented(keyed_hash(self._pepper, key), token)
        stranger = self._strangers.get(presented.hash)
        if stranger is not None and not (isinstance(stranger, Untrusted) and stranger.until <= now):
            return stranger
        return self.remembered(presented, now) or presented

    def remembered(self, presented: Presented, now: datetime) -> Caller | None:
        """A caller that is known and right now."""
        caller = self._callers.get(presented.hash)
        if caller is not None and not caller.holds_at(now):
            del self._callers[presented.hash]
            return None
        return caller

    async def look_up(
        self, presented: Presented, law: Callable[[], Rulebook], now: datetime, *, patient: bool = True
    ) -> Caller | Stranger | Untrusted:
        """Ask the store; and for a token its issuer's keys, which are waited for if `patient`.

        Raises `StoreUnavailable`, `KeysUnavailable`.
        """
        while True:
            changes = self.changes
            found = await self._asked(presented, law(), now, patient=patient)
            if changes == self.changes:
                return self._remember(presented, found) if patient or isinstance(found, Admission) else found

    async def _asked(
        self, presented: Presented, rulebook: Rulebook, now: datetime, *, patient: bool
    ) -> Admission | Stranger | Untrusted:
        if presented.token is None or self._tokens is None:
            return await self._in_thread(lambda: self._admit(presented.hash, rulebook, now))
        asked = self._tokens.admit if patient else self._tokens.readmit
        return await asked(presented.token, rulebook, now)

    def forget(self, subjects: AbstractSet[str], keys: Collection[str], *, unconfirmed: bool = False) -> None:
        """Something changed about these; keys that were unknown may be known now.

        `unconfirmed`: a status list was read, so those of whom something was not confirmed in time are asked about.
        """
        self.changes += 1
        self._strangers.clear()
        for key_hash, caller in list(self._callers.items()):
            admission = caller.admission
            if (
                not subjects.isdisjoint(caller.subjects)
                or admission.key.id in keys
                or (unconfirmed and admission.unconfirmed)
            ):
                del self._callers[key_hash]

    def forget_tokens(self) -> None:
        """The keys of some issuer changed."""
        self.changes += 1
        self._strangers.clear()
        for key_hash, caller in list(self._callers.items()):
            if caller.presented.token is not None:
                del self._callers[key_hash]

    def forget_all(self) -> None:
        """The declared facts or the trust documents changed."""
        self.changes += 1
        self._strangers.clear()
        self._callers.clear()
        self._quick.clear()

    def _remember(self, presented: Presented, found: Admission | Stranger | Untrusted) -> Caller | Stranger | Untrusted:
        if not isinstance(found, Admission):
            _put(self._strangers, presented.hash, found)
            return found
        beside = None if found.person is None else self._name(found.person.subject)
        caller = Caller(presented, found, self._name(found.subject), beside)
        _put(self._callers, presented.hash, caller)
        return caller


def _put(memory: OrderedDict[bytes, T], key_hash: bytes, item: T) -> None:
    memory[key_hash] = item
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
