"""Rulebooks: the one that the store holds, and the one that it would hold with some more documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from licet.core.instruments import Instrument
from licet.core.properties import Property
from licet.core.rulebook import Rulebook
from licet.core.subjects import Subject
from licet.services.lapses import Turn, turns
from licet.services.ports import Store
from licet.services.stored import StoredDocument, StoredList
from licet.wire.documents import (
    Reading,
    SourceFile,
    Written,
    draft_digest,
    read_files,
    read_proposed,
    read_stored,
    rulebook_from,
    shipped,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What some files would change: the rulebook before and after, and the documents that are new, in their order.

    `rulebook.epoch` is the epoch that the enactment would have. `subjects`, and `read` (suites and inquiries), are read
    but never enacted. `properties` are all that stand, those enacted before included.
    """

    before: Rulebook
    rulebook: Rulebook
    written: tuple[Written, ...]
    subjects: tuple[Subject, ...]
    properties: tuple[Property, ...] = ()
    read: tuple[Written, ...] = ()

    @property
    def documents(self) -> tuple[StoredDocument, ...]:
        """The new documents, as the store keeps them."""
        return tuple(StoredDocument(each.kind, each.name, each.digest, each.canonical) for each in self.written)

    def told_apart(self) -> tuple[tuple[Written, ...], tuple[Written, ...]]:
        """The new documents that the files hold, and those that come with Licet."""
        with_licet = {draft_digest(draft) for draft in shipped()}
        return (
            tuple(each for each in self.written if each.digest not in with_licet),
            tuple(each for each in self.written if each.digest in with_licet),
        )

    @property
    def lists(self) -> tuple[StoredList, ...]:
        """The lists that they use."""
        contents = {digest: content for each in self.written for digest, content in each.lists.items()}
        return tuple(StoredList(digest, content) for digest, content in contents.items())


@dataclass(frozen=True, slots=True)
class Change:
    """What is different from an instant on: the instruments that begin there, and those that end; and the releases
    that permit, or stop permitting, because of what they require.
    """

    at: datetime
    begins: tuple[Instrument, ...]
    ends: tuple[Instrument, ...]
    turns: tuple[Turn, ...] = ()


def in_force(store: Store) -> Rulebook:
    """The rulebook of the newest epoch; an empty one, of epoch 0, if nothing was enacted yet.

    Raises `StoreUnavailable`, and `DocumentsRejectedError` if stored documents no longer read.
    """
    epoch = epoch_of(store)
    return rulebook_from(store.documents(epoch), store.list_content, epoch)


def standing(store: Store) -> tuple[Property, ...]:
    """The properties that were enacted, by name. Raises as `in_force` does."""
    stored = store.documents(epoch_of(store))
    return read_stored(stored, lambda _, digest: store.list_content(digest) if digest else None).documents.properties


def propose(store: Store | None, files: Iterable[SourceFile]) -> Proposal:
    """What files would add to a store (None: to nothing). Raises `DocumentsRejectedError` with every problem."""
    epoch = epoch_of(store) if store else 0
    stored = store.documents(epoch) if store else ()
    content = store.list_content if store else _no_list
    reading = read_files(files, stored, lambda _, digest: content(digest) if digest else None)
    return _proposal(rulebook_from(stored, content, epoch), reading)


def propose_again(store: Store, proposed: Iterable[StoredDocument]) -> Proposal:
    """What documents that were proposed earlier would add to a store as it is now.

    Raises `DocumentsRejectedError` where they no longer fit.
    """
    epoch = epoch_of(store)
    stored, content = store.documents(epoch), store.list_content
    reading = read_proposed(proposed, stored, lambda _, digest: content(digest) if digest else None)
    return _proposal(rulebook_from(stored, content, epoch), reading)


def _proposal(before: Rulebook, reading: Reading) -> Proposal:
    documents = reading.documents
    after = reading.rulebook(before.epoch + 1)
    return Proposal(before, after, reading.written, documents.subjects, documents.properties, reading.read)


def change_at(rulebook: Rulebook, at: datetime, turning: tuple[Turn, ...]) -> Change:
    """What begins and ends at an instant; `turning`: everything that turns by itself at whatever instant."""
    spans = rulebook.spans
    lasting = [each for each in rulebook.instruments if not spans[each.name].is_empty]
    return Change(
        at,
        tuple(each for each in lasting if spans[each.name].start == at),
        tuple(each for each in lasting if spans[each.name].end == at),
        tuple(each for each in turning if each.at == at),
    )


def changes_after(rulebook: Rulebook, now: datetime) -> tuple[Change, ...]:
    """Everything that is yet to come by itself, in order."""
    turning = turns(rulebook)
    return tuple(change_at(rulebook, boundary, turning) for boundary in rulebook.boundaries if boundary > now)


def epoch_of(store: Store) -> int:
    """The newest epoch; 0 before the first enactment."""
    enactments = store.enactments()
    return enactments[-1].epoch if enactments else 0


def _no_list(_: str) -> bytes | None:
    return None
