"""What the log already has, read from its own verified entries, so that nothing is ever appended twice or forgotten.

Reading a long log takes time, so what was found is remembered together with the head that it was found at. The memory
is believed only if the log still has that head.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from licet.record.log.entries import (
    Acknowledged,
    Act,
    Deletion,
    Enacted,
    Entry,
    Instrument,
    JournalSegment,
    ListPart,
    PublishedList,
    SubjectFacts,
    WithheldInstrument,
    WithheldList,
)
from licet.record.log.entry_spelling import read_entry
from licet.record.log.fields import read_instant, write_instant
from licet.record.log.list_parts import Joining
from licet.record.refusal import NotProven, RecordRefused
from licet.record.tree.merkle import Head, head_of
from licet.record.tree.tiles import TileReader
from licet.record.tree.verified import VerifiedTree

FORMAT = "licet-published/1"


@dataclass(slots=True)
class Published:
    """What is in the log up to `size`, as far as publishing needs it.

    `read`: the number of the last of the store's events of which everything is in the log. `epoch` is the newest that
    is enacted in the log, `at` and `rulebook` what its entry says. `documents` and `lists`: as enactments name them.
    `acknowledged` are those of events that are past `read`. `segments`, `facts` and `deleted` are names of segments.
    `acts` are what officers did, and what became of it (`step_of`).
    """

    size: int = 0
    root: str = ""
    read: int = 0
    epoch: int = 0
    at: datetime | None = None
    rulebook: str = ""
    withholds: bool = False
    documents: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    acknowledged: set[tuple[int, str]] = field(default_factory=set)
    segments: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    acts: set[str] = field(default_factory=set)

    def see(self, entry: Entry) -> None:
        """Take an entry of the log into account. Parts of lists are `Joining`'s matter."""
        match entry:
            case Instrument(digest=content):
                self.documents.add(content)
            case WithheldInstrument(commitment=content):
                self.documents.add(content)
                self.withholds = True
            case PublishedList(digest=content) | WithheldList(commitment=content):
                self.lists.add(content)
            case Enacted():
                self.epoch, self.at, self.rulebook = entry.epoch, entry.at, entry.rulebook
            case Acknowledged():
                self.acknowledged.add((entry.epoch, entry.worker))
            case JournalSegment():
                self.segments.add(entry.segment)
            case SubjectFacts():
                self.facts.add(entry.segment)
            case Deletion():
                self.deleted.add(entry.segment)
            case Act():
                self.acts.add(step_of(entry.act, settles=entry.settles))
            case _:
                pass

    def has_read(self, event: int) -> None:
        """Everything of the store's events up to `event` is in the log."""
        self.read = event
        self.acknowledged.clear()

    def remembered(self) -> bytes:
        """What `published` reads again."""
        tree = {
            "format": FORMAT,
            "size": self.size,
            "root": self.root,
            "read": self.read,
            "epoch": self.epoch,
            "at": write_instant(self.at) if self.at else None,
            "rulebook": self.rulebook,
            "withholds": self.withholds,
            "acknowledged": sorted(self.acknowledged),
            **{name: sorted(getattr(self, name)) for name in _SETS},
        }
        return json.dumps(tree, separators=(",", ":")).encode()


def step_of(act: str, *, settles: bool) -> str:
    """How `acts` names what was done, and what became of it."""
    return f"{act} settled" if settles else act


_SETS = ("documents", "lists", "segments", "facts", "deleted", "acts")


def published(tiles: TileReader, head: Head, memory: bytes | None) -> Published:
    """What a log with this head has. Raises what reading it raises, `RecordRefused` where it does not verify."""
    tree = VerifiedTree(tiles, head)
    found = _remembered(memory)
    if found.size > head.size or (found.size and head_of(found.size, tree).root.hex() != found.root):
        found = Published()
    joining = Joining()
    for at, content in tree.entries(found.size):
        entry = read_entry(content, f"entry {at}")
        found.see(entry)
        if isinstance(entry, ListPart):
            with suppress(NotProven):  # parts that do not join publish nothing; that is for verifiers to say
                if joining.take(at, entry) is not None:
                    found.lists.add(entry.digest)
    found.size, found.root = head.size, head.root.hex()
    return found


def _remembered(memory: bytes | None) -> Published:
    """A memory that cannot be read is none: the log has it all."""
    try:
        tree = json.loads(memory or b"{}")
        if tree.pop("format", None) != FORMAT:
            return Published()
        for name in _SETS:
            tree[name] = set(tree[name])
        tree["acknowledged"] = {(epoch, worker) for epoch, worker in tree["acknowledged"]}
        tree["at"] = read_instant(tree["at"], "at") if tree["at"] else None
        return Published(**tree)
    except (ValueError, TypeError, KeyError, AttributeError, RecordRefused):
        return Published()
