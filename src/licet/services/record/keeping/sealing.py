"""Seal: closed files of the journal become segments, with commitments that the log can hold. `spec/segments.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from licet.record.log.entries import JournalSegment, SubjectFacts
from licet.record.log.entry_spelling import encode
from licet.record.refusal import RecordRefused
from licet.record.sealed.commitment import SEED_SIZE
from licet.record.sealed.facts import BEFORE, SubjectLeaf, facts_head, within
from licet.record.sealed.segment import Blocks
from licet.services.keys import pseudonym
from licet.services.ports import Store
from licet.services.record.keeping.logged import Logged
from licet.services.record.keeping.weighed import Weighing
from licet.services.record.ports import Hole, Sealed, Segments

MOST_REMEMBERED = 200_000
"""Subjects whose facts a run remembers, for the next segments that name them."""

_EARLIEST = datetime.min.replace(tzinfo=UTC)

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Packed:
    """A journal file whose records are in their Parquet file, durably, checked by reading them back.

    `roots` are the block roots of what was read back; `subjects` the pseudonyms that its decisions name, in order.
    """

    segment: str
    journal: str
    worker: str
    file: str
    first: datetime
    last: datetime
    records: int
    roots: bytes
    bytes: int
    sha256: str
    subjects: tuple[str, ...]
    damage: tuple[Hole, ...]


class Trouble(NamedTuple):
    """A journal file that is not as it should be, and what was found, or could not be done."""

    journal: str
    why: str


class Sealing(Segments, Protocol):
    """What sealing needs of the disk. Each call that changes something is durable on return."""

    def alone(self) -> AbstractContextManager[None]:
        """Be the only one that seals, holds or deletes. Raises `SegmentsUnusable` where another process does."""

    def prepare(self, now: datetime) -> tuple[Trouble, ...]:
        """Repair the journal files of dead workers, and clear drafts away that nobody finishes; what was found."""

    def pack(self, seed: Callable[[], bytes]) -> Iterator[Packed | Trouble]:
        """Write, check and keep the records of each closed journal file that is not sealed, as each is done.

        A seed is drawn for each file that has none from an earlier, interrupted attempt.
        """

    def keep_facts(self, segment: str, seed: bytes, leaves: Sequence[bytes]) -> None:
        """Keep the opened facts of a segment, in the place of those of an earlier attempt."""

    def commit(self, sealed: Sealed) -> None:
        """The last step: from here on the segment is sealed."""

    def has_journal(self, sealed: Sealed) -> bool:
        """Whether the journal file that a segment was made of is still there."""

    def matches_journal(self, sealed: Sealed) -> bool:
        """Whether that file holds exactly the records that were sealed, and nothing else."""

    def remove_journal(self, sealed: Sealed) -> None:
        """Delete it."""


@dataclass(frozen=True, slots=True)
class SealReport:
    """What was sealed now, in which `unnamed` subjects nobody knows any more, and what was found to be wrong."""

    sealed: tuple[Sealed, ...]
    troubles: tuple[Trouble, ...]
    unnamed: int


@dataclass(frozen=True, slots=True)
class Removal:
    """Journal files that were removed, and those that stay, with the reason."""

    removed: tuple[str, ...]
    kept: tuple[Trouble, ...]


def seal(folder: Sealing, store: Store, keys: Iterable[bytes], random_bytes: RandomBytes, now: datetime) -> SealReport:
    """Seal what can be sealed; running it again does nothing twice. `keys` are all generations' keys of pseudonyms.

    Raises `SegmentsUnusable`, `StoreUnavailable`. What goes wrong with one file is reported and keeps no other from
    being sealed.
    """
    with folder.alone():
        troubles = list(folder.prepare(now))
        done: list[Sealed] = []
        people = _People(store, keys)
        for packed in folder.pack(lambda: random_bytes(SEED_SIZE)):
            if isinstance(packed, Trouble):
                troubles.append(packed)
                continue
            try:
                sealed = _sealed(folder, packed, people, random_bytes)
            except RecordRefused as error:
                troubles.append(Trouble(packed.journal, f"the log could not hold its entry: {error}"))
                continue
            folder.commit(sealed)
            done.append(sealed)
    return SealReport(tuple(sorted(done, key=lambda each: each.name)), tuple(troubles), people.unnamed)


def remove_journals(folder: Sealing, logged: Mapping[str, Logged]) -> Removal:
    """Remove the journal files whose segments are in the log, and that still hold exactly what is sealed."""
    removed: list[str] = []
    kept: list[Trouble] = []
    with folder.alone():
        for sealed in folder.sealed():
            if not folder.has_journal(sealed):
                continue
            why = _why_kept(folder, sealed, logged.get(sealed.name))
            if why is None:
                folder.remove_journal(sealed)
                removed.append(sealed.journal)
            else:
                kept.append(Trouble(sealed.journal, why))
    return Removal(tuple(removed), tuple(kept))


def _why_kept(folder: Sealing, sealed: Sealed, logged: Logged | None) -> str | None:
    if logged is None or logged.entry != sealed.entry or (sealed.facts is not None and logged.facts != sealed.facts):
        return "its segment is not in the log yet: run `licet record publish` first"
    if sealed.damage:
        return "it is damaged, and people may still find something in it"
    if not folder.matches_journal(sealed):
        return "it does not hold what was sealed: somebody changed it since, or it is damaged"
    return None


class _People:
    """Who is behind the journal's pseudonyms, and what was attested of them, as of one run.

    A journal file was closed before the run began, so whoever its decisions name, and whatever the gate then knew of
    them, was in the store before.
    """

    def __init__(self, store: Store, keys: Iterable[bytes]) -> None:
        self._store = store
        self._keys = tuple(keys)
        self._weighing = Weighing(store)
        self._names: dict[str, str] | None = None
        self._known: dict[str, _Known] = {}
        self._nobody: set[str] = set()

    @property
    def unnamed(self) -> int:
        """Behind how many pseudonyms nobody is known."""
        return len(self._nobody)

    def leaves(self, pseudonyms: Sequence[str], since: datetime, until: datetime) -> list[bytes]:
        """The spelled leaf of each, in the same order, with what counts in [`since`, `until`]."""
        missing = [each for each in pseudonyms if each not in self._known]
        if len(self._known) + len(missing) > MOST_REMEMBERED:
            self._known = {}
            missing = list(pseudonyms)
        self._known |= self._read(missing)
        return [self._known[each].spelled(since, until) for each in pseudonyms]

    def _read(self, pseudonyms: Sequence[str]) -> dict[str, _Known]:
        if self._names is None:
            names = self._store.subject_names()
            self._names = {pseudonym(key, name): name for name in names for key in self._keys}
        asked: dict[str, list[str]] = {}  # after a rotation, a segment may know one subject by two names
        for each in pseudonyms:
            if each in self._names:
                asked.setdefault(self._names[each], []).append(each)
        found: dict[str, _Known] = {}
        for history in self._store.histories(sorted(asked)):
            attested = self._weighing.attested(history)
            leaves = (SubjectLeaf(mark, history.id, history.kind, attested) for mark in asked[history.id])
            found |= {leaf.subject: _Known(leaf) for leaf in leaves}
        nobody = [each for each in pseudonyms if each not in found]
        self._nobody.update(nobody)
        return found | {each: _Known(SubjectLeaf(each, None, None, ())) for each in nobody}


class _Known:
    """All that was attested of somebody, and its spelling where nothing needs to be left out."""

    __slots__ = ("_latest", "_leaf", "_whole")

    def __init__(self, leaf: SubjectLeaf) -> None:
        facts = {each.fact for each in leaf.attested}
        self._leaf = leaf
        self._latest = max((each.at for each in leaf.attested), default=_EARLIEST)
        self._whole = bytes(leaf) if len(facts) == len(leaf.attested) else None

    def spelled(self, since: datetime, until: datetime) -> bytes:
        if self._whole is not None and self._latest <= until:
            return self._whole
        return bytes(within(self._leaf, since, until))


def _sealed(folder: Sealing, packed: Packed, people: _People, random_bytes: RandomBytes) -> Sealed:
    """Raises `RecordRefused` where an entry has no spelling: a journal file can say anything of its worker."""
    entry = _entry(packed)
    encode(entry)
    return Sealed(packed.journal, entry, _keep_facts(folder, packed, people, random_bytes), packed.damage)


def _keep_facts(folder: Sealing, packed: Packed, people: _People, random_bytes: RandomBytes) -> SubjectFacts | None:
    if not packed.subjects:
        return None
    leaves = people.leaves(packed.subjects, packed.first - BEFORE, packed.last)
    seed = random_bytes(SEED_SIZE)
    folder.keep_facts(packed.segment, seed, leaves)
    head = facts_head(leaves, seed)
    return SubjectFacts(packed.segment, head.size, head.root)


def _entry(packed: Packed) -> JournalSegment:
    head = Blocks(packed.records, packed.roots).head
    return JournalSegment(
        packed.segment,
        packed.worker,
        packed.file,
        packed.first,
        packed.last,
        packed.records,
        head.root,
        packed.bytes,
        packed.sha256,
    )
