"""What ties entries of one log to each other. What ties the fields of one entry is checked where it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, assert_never

from licet.record.log.entries import (
    Acknowledged,
    Act,
    Correction,
    Deletion,
    Enacted,
    Entry,
    Instrument,
    JournalSegment,
    KeyHandOver,
    ListPart,
    PublishedList,
    SubjectFacts,
    WithheldInstrument,
    WithheldList,
)
from licet.record.log.findings import Finding
from licet.record.log.list_parts import Joining
from licet.record.refusal import NotProven
from licet.record.signed.keys import NoteKey
from licet.record.spelling import shown


class Acknowledgements(NamedTuple):
    """A run of acknowledgements, of which these rules need the highest epoch and the lowest, with their indices."""

    highest: tuple[int, int]
    lowest: tuple[int, int]


Sealed = tuple[str, bytes, int]
"""What these rules need of a `JournalSegment`: its name, its root and how many records it has."""

FactsOf = str
"""What these rules need of a `SubjectFacts`: the name of its segment."""

Rare = (
    Instrument
    | WithheldInstrument
    | PublishedList
    | ListPart
    | WithheldList
    | Enacted
    | Act
    | Correction
    | Deletion
    | KeyHandOver
)

Matter = Entry | Acknowledgements | Sealed | FactsOf
"""An entry, or what the rules need of it: plain values of the frequent types, which another process sends fast."""


def condensed(entries: Iterable[tuple[int, Entry]]) -> Iterator[tuple[int, Matter]]:
    """What the rules need of successive entries; acknowledgements in a row become one."""
    highest: tuple[int, int] | None = None
    lowest = (0, 0)
    for at, entry in entries:
        if isinstance(entry, Acknowledged):
            if highest is None:
                highest = lowest = (entry.epoch, at)
            elif entry.epoch > highest[0]:
                highest = (entry.epoch, at)
            elif entry.epoch < lowest[0]:
                lowest = (entry.epoch, at)
            continue
        if highest is not None:
            yield highest[1], Acknowledgements(highest, lowest)
            highest = None
        if isinstance(entry, JournalSegment):
            yield at, (entry.segment, entry.root, entry.records)
        elif isinstance(entry, SubjectFacts):
            yield at, entry.segment
        else:
            yield at, entry
    if highest is not None:
        yield highest[1], Acknowledgements(highest, lowest)


class Rules:
    """The entries of one log so far. `see` each in its order; what is wrong is given back, and never raised.

    `epoch` is the newest enacted (0: none), `handed_over` each hand-over with its index, in order.
    """

    def __init__(self) -> None:
        self.epoch = 0
        self.handed_over: list[tuple[int, NoteKey, NoteKey]] = []
        self._contents: set[str] = set()
        self._joining = Joining()
        self._segments: dict[str, Sealed] = {}
        self._indices: dict[str, int] = {}
        self._facts: set[str] = set()
        self._deleted: set[str] = set()
        self._acts: dict[str, tuple[str, str]] = {}
        """Of each act its kind, and how it stands."""

    def see(self, at: int, matter: Matter) -> Sequence[Finding]:
        """What is wrong with the entry `at`, given those below it."""
        if type(matter) is str:  # the frequent ones first
            return self._facts_of(at, matter)
        match matter:
            case Acknowledgements():
                return tuple(self._acknowledged(matter))
            case tuple():
                return self._sealed(at, matter)
            case str(segment) | SubjectFacts(segment=segment):
                return self._facts_of(at, segment)
            case Acknowledged(epoch=epoch):
                return tuple(self._acknowledged(Acknowledgements((epoch, at), (epoch, at))))
            case JournalSegment():
                return self._sealed(at, (matter.segment, matter.root, matter.records))
            case _:
                return tuple(self._rare(at, matter))

    def _rare(self, at: int, entry: Rare) -> Iterator[Finding]:
        match entry:
            case Instrument(digest=content) | PublishedList(digest=content):
                self._contents.add(content)
            case WithheldInstrument(commitment=content) | WithheldList(commitment=content):
                self._contents.add(content)
            case ListPart():
                yield from self._part(at, entry)
            case Enacted():
                yield from self._enacted(f"entry {at}", entry)
            case Act():
                yield from self._act(f"entry {at}", entry)
            case Correction(entry=index):
                yield from _below(at, index)
            case Deletion():
                yield from _below(at, entry.entry)
                yield from self._deletion(f"entry {at}", entry)
            case KeyHandOver():
                yield from self._hand_over(at, entry)
            case _ as unreachable:
                assert_never(unreachable)

    def _sealed(self, at: int, sealed: Sealed) -> Sequence[Finding]:
        segment = sealed[0]
        before = self._indices.get(segment)
        if before is not None:
            return (Finding(f"entry {at}", f"the segment {shown(segment)} is in entry {before}, too"),)
        self._segments[segment] = sealed
        self._indices[segment] = at
        return ()

    def _facts_of(self, at: int, segment: str) -> Sequence[Finding]:
        if segment not in self._indices:
            return (Finding(f"entry {at}", f"no `journal-segment` {shown(segment)} is below it"),)
        if segment in self._facts:
            return (Finding(f"entry {at}", f"the facts of the segment {shown(segment)} were committed to before"),)
        self._facts.add(segment)
        return ()

    def _acknowledged(self, run: Acknowledgements) -> Iterator[Finding]:
        epoch, at = run.highest
        if epoch > self.epoch:
            yield Finding(f"entry {at}", f"epoch {epoch} is acknowledged, but was not enacted below it")
        if run.lowest[0] < 1:
            yield Finding(f"entry {run.lowest[1]}", f"epoch {run.lowest[0]} is acknowledged; there is no such epoch")

    def _enacted(self, place: str, entry: Enacted) -> Iterator[Finding]:
        if entry.epoch != self.epoch + 1:
            yield Finding(place, f"epoch {entry.epoch} follows epoch {self.epoch}; epochs grow by one")
        self.epoch = max(self.epoch, entry.epoch)
        for what, contents in (("document", entry.documents), ("list", entry.lists)):
            for content in contents:
                if content not in self._contents:
                    yield Finding(place, f"the {what} {shown(content)} that it names is not below it")

    def _act(self, place: str, entry: Act) -> Iterator[Finding]:
        before = self._acts.get(entry.act)
        if entry.settles and before != (entry.kind, "proposed"):
            yield Finding(place, f"the act {shown(entry.act)} was not proposed below it, or was settled before")
        elif not entry.settles and before is not None:
            yield Finding(place, f"the act {shown(entry.act)} is below it, too")
        self._acts[entry.act] = (entry.kind, entry.outcome)

    def _part(self, at: int, entry: ListPart) -> Iterator[Finding]:
        try:
            if self._joining.take(at, entry) is not None:
                self._contents.add(entry.digest)
        except NotProven as error:
            yield Finding(error.place, error.why)

    def _deletion(self, place: str, entry: Deletion) -> Iterator[Finding]:
        sealed = (entry.segment, entry.root, entry.records)
        if self._segments.get(entry.segment) != sealed or self._indices[entry.segment] != entry.entry:
            yield Finding(place, f"entry {entry.entry} is no segment {shown(entry.segment)} with that root and count")
        elif entry.segment in self._deleted:
            yield Finding(place, f"the segment {shown(entry.segment)} was deleted before")
        self._deleted.add(entry.segment)

    def _hand_over(self, at: int, entry: KeyHandOver) -> Iterator[Finding]:
        if self.handed_over and self.handed_over[-1][2] != entry.old:
            before, _, key = self.handed_over[-1]
            why = f"the key {entry.old.id.hex()} hands over, but entry {before} handed over to {key.id.hex()}"
            yield Finding(f"entry {at}", why)
        self.handed_over.append((at, entry.old, entry.new))


def _below(at: int, index: int) -> Iterator[Finding]:
    if index >= at:
        yield Finding(f"entry {at}", f"it names entry {index}, which is not below it")
