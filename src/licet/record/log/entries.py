"""What the log holds: one frozen value for each type of entry. `spec/record-entries.md`; bytes are `entry_spelling`'s.

What ties the fields of an entry together is checked when it is made, whoever makes it: `Malformed` names the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import ClassVar

from licet.record.log.fields import Actor, write_instant
from licet.record.refusal import Malformed, NotSigned
from licet.record.signed.keys import NoteKey, Signer
from licet.record.spelling import json_object, shown


@dataclass(frozen=True, slots=True)
class Instrument:
    """A document that was published whole; `document` is its canonical form, `digest` that form's."""

    TYPE: ClassVar = "instrument"
    kind: str
    name: str
    digest: str
    document: bytes

    def __post_init__(self) -> None:
        if digest_of(self.document) != self.digest:
            raise Malformed("`digest`", f"the document's is {digest_of(self.document)}")
        if json_object(self.document, "`document`").get(self.kind) != self.name:
            raise Malformed("`name`", f"the document is not called that: its key {shown(self.kind)} has another value")


@dataclass(frozen=True, slots=True)
class WithheldInstrument:
    """A document that may not be published whole: what may, what may not, why, on whose authority.

    `commitment` is to the whole canonical form; `public` the canonical form of those fields that are published.
    """

    TYPE: ClassVar = "instrument-withheld"
    kind: str
    name: str | None
    commitment: str
    public: bytes
    withheld: tuple[str, ...]
    reason: str
    authority: str

    def __post_init__(self) -> None:
        shown_too = json_object(self.public, "`public`").keys() & set(self.withheld)
        if shown_too:
            raise Malformed("`withheld`", f"{shown(min(shown_too))} is in `public`, too")


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list that instruments name: its text, and the digest of that."""

    TYPE: ClassVar = "list"
    digest: str
    text: str

    def __post_init__(self) -> None:
        if digest_of(self.text.encode("utf-8", "surrogatepass")) != self.digest:
            raise Malformed("`digest`", "it is not the digest of `text`")


@dataclass(frozen=True, slots=True)
class ListPart:
    """A part of a list that one entry cannot hold: `part` of `parts`, counted from 1; `digest` is the whole list's."""

    TYPE: ClassVar = "list-part"
    digest: str
    part: int
    parts: int
    text: str

    def __post_init__(self) -> None:
        if self.parts < 2:
            raise Malformed("`parts`", "a list in fewer than two parts is published whole")
        if not 1 <= self.part <= self.parts:
            raise Malformed("`part`", f"not a number from 1 to {self.parts}")
        if not self.text:
            raise Malformed("`text`", "a part that is empty")


@dataclass(frozen=True, slots=True)
class WithheldList:
    """A list that may not be published; `commitment` is to its bytes."""

    TYPE: ClassVar = "list-withheld"
    commitment: str
    reason: str
    authority: str


@dataclass(frozen=True, slots=True)
class Enacted:
    """Documents were put in force. `documents` and `lists` are named as their entries name them."""

    TYPE: ClassVar = "enactment"
    epoch: int
    at: datetime
    by: tuple[Actor, ...]
    ground: str
    documents: tuple[str, ...]
    lists: tuple[str, ...]
    rulebook: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A gate process enforces an epoch since an instant."""

    TYPE: ClassVar = "acknowledgement"
    epoch: int
    worker: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """What an officer did, or what became of it. `act` is the same in what was proposed and in what became of that.

    `content` is a commitment to what exactly it was: acts are about persons; None where that was erased before.
    """

    TYPE: ClassVar = "act"
    act: str
    kind: str
    outcome: str
    at: datetime
    by: tuple[Actor, ...]
    content: str | None

    @property
    def settles(self) -> bool:
        """Whether it says what became of an act that was proposed before."""
        return self.outcome in ("approved", "withdrawn")


@dataclass(frozen=True, slots=True)
class JournalSegment:
    """A commitment to a sealed segment: `root` over its salted `records`, and the file that holds it."""

    TYPE: ClassVar = "journal-segment"
    segment: str
    worker: str
    file: str
    first: datetime
    last: datetime
    records: int
    root: bytes
    bytes: int
    sha256: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Malformed("`last`", "before `first`")
        if self.records == 0:
            raise Malformed("`records`", "a segment has at least one")


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """A commitment to what was attested, by the time of sealing, of every subject that a segment's decisions name."""

    TYPE: ClassVar = "subject-facts"
    segment: str
    subjects: int
    root: bytes

    def __post_init__(self) -> None:
        if self.subjects == 0:
            raise Malformed("`subjects`", "there is at least one, or there is no such entry")


@dataclass(frozen=True, slots=True)
class Correction:
    """The entry with the index `entry` is wrong; it stays."""

    TYPE: ClassVar = "correction"
    entry: int
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Deletion:
    """The segment that the entry with the index `entry` commits to was deleted, under a rule of retention."""

    TYPE: ClassVar = "deletion"
    entry: int
    segment: str
    root: bytes
    records: int
    at: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class KeyHandOver:
    """From the next entry on, `new` signs the log's checkpoints; both keys signed that."""

    TYPE: ClassVar = "key-hand-over"
    at: datetime
    old: NoteKey
    new: NoteKey
    why: str
    signed_by_old: bytes
    signed_by_new: bytes

    def __post_init__(self) -> None:
        if self.old.name != self.new.name or self.old == self.new:
            raise Malformed("`new`", "not another key of the same name")
        statement = hand_over_statement(self.old, self.new, self.at, self.why)
        try:
            self.old.check(statement, self.signed_by_old, "`signed_by_old`")
            self.new.check(statement, self.signed_by_new, "`signed_by_new`")
        except NotSigned as error:
            raise Malformed(error.place, error.why) from None


Entry = (
    Instrument
    | WithheldInstrument
    | PublishedList
    | ListPart
    | WithheldList
    | Enacted
    | Acknowledged
    | Act
    | JournalSegment
    | SubjectFacts
    | Correction
    | Deletion
    | KeyHandOver
)


def digest_of(content: bytes) -> str:
    """The digest of bytes: `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{sha256(content).hexdigest()}"


def hand_over_statement(old: NoteKey, new: NoteKey, at: datetime, why: str) -> bytes:
    """What both keys sign; no checkpoint reads like that, because its second line is a number."""
    return f"licet/key-hand-over/v1\n{old}\n{new}\n{write_instant(at)}\n{why}\n".encode()


def hand_over(old: Signer, new: Signer, at: datetime, why: str) -> KeyHandOver:
    """The entry by which one key hands over to another. Raises `Malformed`."""
    statement = hand_over_statement(old.key, new.key, at, why)
    return KeyHandOver(at, old.key, new.key, why, old.sign(statement), new.sign(statement))


def instrument(kind: str, name: str, document: bytes) -> Instrument:
    """The entry that publishes a document, given its canonical form. Raises `Malformed`."""
    return Instrument(kind, name, digest_of(document), document)
