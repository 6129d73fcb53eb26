"""Forgetting: what is known of a subject is erased, but for what the law needs. `spec/forgetting.md`.

In this order: nothing while a legal hold covers the subject; the store, in one transaction; every gate process; the
opened facts in sealed segments. Each step can be run again, and whoever runs the whole again finishes what was begun.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from licet.core.errors import LicetError
from licet.record.sealed.facts import SubjectLeaf
from licet.services.announce import Announcement, announce
from licet.services.identity.pseudonyms import Generations, PseudonymsRefused, pseudonyms
from licet.services.keys import RandomBytes, pseudonym
from licet.services.ports import Store, Workers
from licet.services.record.keeping.holds import Hold, Holds, active, covers
from licet.services.record.ports import Sealed, Segments, SegmentsUnusable

PREFIX = "erased-"
LETTERS = 16
"""Of 32 each, as in the names of subjects that came by a carrier."""

Decisions = Callable[[Collection[str]], Iterable[datetime]]
"""The instants of the decisions about these pseudonyms that are in the journal and not sealed yet."""


class ForgettingRefused(LicetError):
    """A subject that cannot be erased now; the message says what keeps it."""


class Archive(Segments, Holds, Protocol):
    """What forgetting needs of sealed segments and legal holds."""

    def alone(self) -> AbstractContextManager[None]:
        """Be the only one that seals, holds or deletes. Raises `SegmentsUnusable` where another process does."""

    def subjects(self, sealed: Sealed) -> Collection[str]:
        """The pseudonyms that a segment's decisions name, without those of whom was erased."""

    def erase_facts(self, sealed: Sealed, gone: Callable[[SubjectLeaf], bool]) -> int:
        """Erase, durably, what opens the leaves of these subjects; how many there were. Their hashes stay."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What an erasure did: the name that stands for the subject, how many attestations and opened facts went.

    `stands_for` is None where nobody of that name was there (any more).
    """

    stands_for: str | None
    attestations: int
    opened: int
    announced: Announcement | None


@dataclass(frozen=True, slots=True)
class Keeping:
    """What an erasure looks at besides the store, each opened when it is asked for. No archive: nothing was sealed."""

    archive: Callable[[], Archive | None]
    generations: Callable[[], Generations]
    decisions: Decisions

    def check(self, subject: str) -> None:
        """Raises `ForgettingRefused` while a legal hold covers the subject."""
        check_forgettable(self.archive(), self.generations(), subject, self.decisions)

    def finish(self, store: Store) -> int | None:
        """Erase what is left in sealed segments; how many leaves, or None where that has to be done later."""
        try:
            return finish(store, self.archive())
        except SegmentsUnusable:
            return None


def stand_in(random_bytes: RandomBytes) -> str:
    """The name that stands for somebody who was erased: `erased-` and 16 random letters."""
    return PREFIX + base64.b32encode(random_bytes(LETTERS * 5 // 8)).decode().lower()


def check_forgettable(archive: Archive | None, generations: Generations, subject: str, decisions: Decisions) -> None:
    """Raises `ForgettingRefused` while a legal hold covers the subject: one that names it, or where it occurs."""
    if archive is None:
        return
    names = pseudonyms(generations, subject)
    holding = sorted(name for name, hold in active(archive.holds()).items() if _covers(hold, archive, names, decisions))
    if holding:
        told = ", ".join(f"`{name}`" for name in holding)
        raise ForgettingRefused(
            f"`{subject}` cannot be erased while a legal hold covers what there is of it: {told}; "
            "`licet record hold release` ends a hold"
        )


def forget(
    store: Store,
    workers: Workers,
    archive: Archive | None,
    generations: Generations,
    subject: str,
    decisions: Decisions,
    *,
    actor: str,
    reason: str,
    now: datetime,
    random_bytes: RandomBytes,
    stopwatch: Callable[[], float],
    timeout: float = 5.0,
) -> Forgotten:
    """Erase a subject, tell every gate process, and erase its opened facts. Nobody there: only what is left is erased.

    Raises `ForgettingRefused`, `SegmentsUnusable`, `StoreUnavailable`.
    """
    stands_for, attestations, told = None, 0, None
    if store.kinds([subject]):
        check_forgettable(archive, generations, subject, decisions)
        erased = store.erase(subject, stand_in(random_bytes), actor=actor, at=now, reason=reason)
        stands_for, attestations = erased.subject, erased.attestations
        told = announce(workers, stopwatch=stopwatch, timeout=timeout)
    return Forgotten(stands_for, attestations, finish(store, archive), told)


def finish(store: Store, archive: Archive | None) -> int:
    """Erase the opened facts of everybody who is not in the store any more; how many there were."""
    if archive is None:
        return 0
    there = frozenset(store.subject_names())
    return _erase(archive, lambda leaf: leaf.name is not None and leaf.name not in there)


def destroy_pseudonyms(
    store: Store,
    workers: Workers,
    archive: Archive | None,
    generations: Generations,
    number: int,
    *,
    actor: str,
    now: datetime,
    stopwatch: Callable[[], float],
    timeout: float = 5.0,
) -> tuple[int, Announcement]:
    """Destroy a generation of pseudonyms with all that leads them back; how many opened facts that were.

    The opened facts go first, which need the key to be found: so running it again after a crash finishes it. Raises
    `PseudonymsRefused`, also while there is a legal hold, and what the ports raise.
    """
    if archive is not None and (held := sorted(active(archive.holds()))):
        told = ", ".join(f"`{name}`" for name in held)
        raise PseudonymsRefused(f"no generation of pseudonyms is destroyed while there are legal holds: {told}")
    generations.check_destroyable(number)
    store.pseudonyms_changed(number, "destroyed", actor=actor, at=now)
    key = generations.all()[number]
    opened = 0
    if archive is not None:
        opened = _erase(archive, lambda leaf: leaf.name is not None and leaf.subject == pseudonym(key, leaf.name))
    generations.destroy(number)
    return opened, announce(workers, stopwatch=stopwatch, timeout=timeout)


def _erase(archive: Archive, gone: Callable[[SubjectLeaf], bool]) -> int:
    with archive.alone():
        return sum(archive.erase_facts(sealed, gone) for sealed in archive.sealed())


def _covers(hold: Hold, archive: Archive, names: Collection[str], decisions: Decisions) -> bool:
    """Whether a hold keeps something about somebody with these pseudonyms."""
    if hold.subject is not None:
        return hold.subject in names
    for sealed in archive.sealed():
        there = partial(archive.subjects, sealed)
        if covers(hold, sealed, there) and not set(names).isdisjoint(there()):
            return True
    return hold.segments is None and any(_within(hold, at) for at in decisions(names))


def _within(hold: Hold, at: datetime) -> bool:
    return (hold.since is None or at >= hold.since) and (hold.until is None or at < hold.until)
