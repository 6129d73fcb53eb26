"""Statuses: every status list in use is read again and again, and what it takes back is withdrawn at once.

`spec/status-lists.md`. A reference counts until the instant that the last reading confirmed, whoever is alive by then:
so a list that cannot be read makes facts unknown by itself once the trust document's grace is over.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from licet.core.attestations import Attestation, Carrier
from licet.core.errors import LicetError
from licet.core.facts import UNKNOWN
from licet.core.trust import Trust
from licet.credentials.refusal import CredentialRefused
from licet.credentials.status_list import Status, StatusList, read_status_list
from licet.credentials.trusting import Keys
from licet.services.announce import announce
from licet.services.identity.carriers.attesting import People
from licet.services.ports import Clock, Workers

ACTOR = "status lists"
"""Who withdraws and confirms, in the events."""

UNDER_WAY_SECONDS = 1800.0
"""How long after its status was checked something may still be on its way into the store."""

SLOW_SECONDS = 2.0
"""What a server may take to fail, and still be asked for its other lists in the same round."""


class StatusUnreadable(LicetError):
    """A status list that cannot be had, or is not believed; the message says which and why."""


class StatusLists(Protocol):
    """Where status lists come from. Nothing of them is believed. Every call is bounded in bytes and time."""

    def fetch(self, uri: str) -> str:
        """The token at this address as it is now. Raises `StatusUnreadable`."""

    def last(self, uri: str) -> str | None:
        """What was remembered last of this address."""

    def remember(self, uri: str, text: str) -> None:
        """Keep a token, durably, in the place of an older one. Raises `StatusUnreadable`."""


@dataclass(frozen=True, slots=True)
class StatusWorld:
    """What reading status lists needs of the world.

    `clock` is the gate's, by which facts count; lists are judged by the time that issuers go by, which is given with
    each call. `trusts` are the trust documents in force at an instant of the gate's; `stopwatch` gives seconds that
    only grow; `tell` writes a line of the log.
    """

    store: People
    workers: Workers
    lists: StatusLists
    keys: Keys
    clock: Clock
    trusts: Callable[[datetime], Sequence[Trust]]
    stopwatch: Callable[[], float]
    tell: Callable[..., None]


class Round(NamedTuple):
    """What one round did: lists read, lists that could not be, attestations withdrawn."""

    read: int
    failed: int
    withdrawn: int


class _Read(NamedTuple):
    """A list that was read: when (by the stopwatch), by which trust documents it is believed, and its digest."""

    found: StatusList
    at: float
    trusts: frozenset[str]
    digest: str
    withdrawn: int


class Statuses:
    """All status lists in use. Safe for several threads; one list is read by one of them at a time."""

    def __init__(self, world: StatusWorld, *, every: float) -> None:
        """`every`: after so many seconds a list is read again, or sooner, where its issuer asks for that."""
        self._world = world
        self._every = every
        self._known: defaultdict[str, _Known] = defaultdict(_Known)

    def check(self, trust: Trust, uri: str, positions: Collection[int], now: datetime) -> dict[int, Status]:
        """What the issuer of a trust document says of these positions, by a list that is fresh; it counts from now on.

        `now` is the time that issuers go by. A position that is not in the list is `OTHER`, which is never valid.
        Raises `StatusUnreadable`, on which nothing that refers to the list may be attested; `StoreUnavailable`.
        """
        known = self._known[uri]
        with known.lock:
            read = known.read
            at = self._world.clock.now()
            is_confirmed = self._world.store.confirmed().get(uri, at) > at
            if read is None or not self._is_fresh(read, now) or trust.digest not in read.trusts or not is_confirmed:
                read = self._refresh(uri, known, now, (trust,))
            if trust.digest not in read.trusts:
                raise StatusUnreadable(f"the status list `{uri}` is not that of the credential's issuer")
            for position in positions:
                known.checked[position] = self._world.stopwatch()
            known.is_used = True
            return {position: _status(read.found, position) for position in positions}

    def round(self, now: datetime) -> Round:
        """Read every list in use whose time has come; `now` is as in `check`. Raises `StoreUnavailable`.

        Of a server that does not answer, one list is waited for, and the others have their turn in later rounds: so
        that whoever has many lists holds nobody else's up.
        """
        read = failed = withdrawn = 0
        slow: set[str] = set()
        for uri in sorted(self._world.store.confirmed(), key=lambda each: (self._known[each].tried, each)):
            known, server = self._known[uri], urlsplit(uri).netloc
            with known.lock:
                if server in slow or not self._is_due(known, now):
                    continue
                began = self._world.stopwatch()
                try:
                    withdrawn += self._refresh(uri, known, now, ()).withdrawn
                    read += 1
                except StatusUnreadable as error:
                    failed += 1
                    self._note_failure(uri, known, error)
                    if self._world.stopwatch() - began >= SLOW_SECONDS:
                        slow.add(server)
        return Round(read, failed, withdrawn)

    def _is_fresh(self, read: _Read, now: datetime) -> bool:
        may_stay = read.found.until is None or now < read.found.until
        return may_stay and self._world.stopwatch() - read.at < self._every

    def _is_due(self, known: _Known, now: datetime) -> bool:
        if not known.is_used:
            return False
        if known.failing is not None:
            return self._world.stopwatch() - known.tried >= self._every
        return known.read is None or not self._is_fresh(known.read, now)

    def _refresh(self, uri: str, known: _Known, now: datetime, also: Iterable[Trust]) -> _Read:
        """Fetch, check, compare, withdraw, and only then confirm. Raises `StatusUnreadable`, `StoreUnavailable`."""
        world = self._world
        known.tried = world.stopwatch()
        text, at = world.lists.fetch(uri), world.clock.now()
        trusts = {trust.digest: trust for trust in (*also, *world.trusts(at)) if Carrier.SD_JWT_VC in trust.carriers}
        found, believing = self._believed(text, uri, trusts.values(), now)
        if known.newest is None:
            known.newest = _issued(world.lists.last(uri))
        if found.issued_at < known.newest:
            raise StatusUnreadable(f"the status list `{uri}` is older than one that was read before")
        digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        issuers = {each.attester for each in believing}
        silent = {each.attester for each in trusts.values()} - issuers
        withdrawn = self._compare(uri, known, found, digest, issuers, silent, at)
        grace = min(each.grace for each in believing)
        self._confirm(uri, text, digest, grace, at, at_once=withdrawn > 0)
        known.newest = found.issued_at
        known.read = _Read(found, known.tried, frozenset(each.digest for each in believing), digest, withdrawn)
        if known.failing is not None:
            known.failing = None
            world.tell("status list read again", list=uri)
        return known.read

    def _believed(
        self, text: str, uri: str, trusts: Iterable[Trust], now: datetime
    ) -> tuple[StatusList, tuple[Trust, ...]]:
        """The list, and the trust documents whose issuer signed it. Raises `StatusUnreadable` if there are none."""
        found: list[tuple[StatusList, Trust]] = []
        why = "no trust document in force believes its issuer"
        for trust in trusts:
            try:
                found.append((read_status_list(text, trust, self._world.keys, uri=uri, now=now), trust))
            except LicetError as error:  # not this issuer's, or its keys cannot be had
                why = str(error)
        if not found:
            raise StatusUnreadable(f"the status list `{uri}` is not believed: {why}")
        return found[0][0], tuple(trust for _, trust in found)

    def _compare(
        self,
        uri: str,
        known: _Known,
        found: StatusList,
        digest: str,
        issuers: Collection[str],
        silent: Collection[str],
        now: datetime,
    ) -> int:
        """Withdraw what the list no longer vouches for; how many attestations.

        `issuers` signed it, the `silent` ones are trusted as well and did not: where a credential of theirs refers to
        this list, it is not confirmed by somebody else's. Raises `StatusUnreadable`.
        Nothing is gone through where no status changed, but for what was checked lately: that may have been attested
        after the last comparison.
        """
        signed = repr((sorted(issuers), sorted(silent))).encode()
        statuses = hashlib.sha256(bytes([found.bits]) + found.content + signed).digest()
        old = self._world.stopwatch() - UNDER_WAY_SECONDS
        known.checked = {position: at for position, at in known.checked.items() if at >= old}
        lost = any(_status(found, position) is not Status.VALID for position in known.checked)
        if known.compared == statuses and not lost:
            return 0
        referring = self._referring(uri)
        if any(each.attested_by in silent for each in referring):
            raise StatusUnreadable(f"the status list `{uri}` is not that of every issuer whose credentials refer to it")
        words = tuple(
            _withdrawal(each, status, digest, now)
            for each in referring
            if each.attested_by in issuers and (status := _status_of(found, each)) is not Status.VALID
        )
        if words:
            self._world.store.attest(words, actor=ACTOR, at=now)
            announce(self._world.workers, stopwatch=self._world.stopwatch)
            self._world.tell("facts withdrawn", list=uri, attestations=len(words))
        known.compared, known.is_used = statuses, len(referring) > len(words) or bool(known.checked)
        return len(words)

    def _referring(self, uri: str) -> tuple[Attestation, ...]:
        return tuple(each for use in self._world.store.status_uses() if use.uri == uri for each in use.attestations)

    def _confirm(self, uri: str, text: str, digest: str, grace: timedelta, now: datetime, *, at_once: bool) -> None:
        """Say that references count for another grace: rarely, so that the store does not grow by the second."""
        world = self._world
        until = world.store.confirmed().get(uri)
        if not at_once and until is not None and grace * 2 / 3 < until - now <= grace:
            return
        world.lists.remember(uri, text)
        world.store.confirm_status(uri, digest=digest, until=now + grace, actor=ACTOR, at=now)
        if until is not None and until <= now:  # what had stopped to count counts again
            announce(world.workers, stopwatch=world.stopwatch)

    def _note_failure(self, uri: str, known: _Known, error: StatusUnreadable) -> None:
        """A line when it begins, and another one when what refers to the list stops to count."""
        now = self._world.clock.now()
        until = self._world.store.confirmed().get(uri, now)
        is_over = until <= now
        if known.failing is not is_over:
            what = "facts are unknown, as a status list cannot be read" if is_over else "status list not read"
            level = "error" if is_over else "warning"
            self._world.tell(what, level=level, list=uri, why=str(error), counts_until=until.isoformat())
        known.failing = is_over


@dataclass(slots=True)
class _Known:
    """What is remembered of one list.

    `compared` is a hash of the statuses with which everything that refers to it was compared last; `checked` are the
    positions that were asked for lately, and when; `newest` is when the newest list was issued that was read, also
    before this process was started; `failing` says, where it could not be read last time, whether the grace is over.
    Not `is_used`: nothing refers to it any more, and it is not read until something is to.
    """

    lock: Lock = field(default_factory=Lock)
    read: _Read | None = None
    compared: bytes | None = None
    checked: dict[int, float] = field(default_factory=dict)
    newest: datetime | None = None
    failing: bool | None = None
    is_used: bool = True
    tried: float = 0.0


def _status(found: StatusList, position: int) -> Status:
    try:
        return found.at(position)
    except CredentialRefused:
        return Status.OTHER


def _status_of(found: StatusList, each: Attestation) -> Status:
    return Status.OTHER if each.status is None else _status(found, each.status.position)


def _withdrawal(each: Attestation, status: Status, digest: str, now: datetime) -> Attestation:
    """The word by which an issuer takes a fact back, as its list says."""
    return replace(each, value=UNKNOWN, how=f"status list: {status.value}", at=now, until=None, digest=digest)


def _issued(text: str | None) -> datetime:
    """When a token that was believed once was issued; long ago where that cannot be told."""
    try:
        payload = json.loads(base64.urlsafe_b64decode((text or "").split(".")[1] + "=="))
        return datetime.fromtimestamp(payload["iat"], UTC)
    except (ValueError, LookupError, TypeError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=UTC)
