"""What cases need of the store, beside `services.ports.Store`. The same stores implement it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from licet.core.cases.calendar import Calendar, Table
from licet.core.cases.case import Link
from licet.core.cases.entry import ClockKey, Entry
from licet.core.errors import LicetError
from licet.core.shape import Draft
from licet.services.stored import StoredDocument, StoredList


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that is to be opened: the digest of its procedure, its first entry, and 32 bytes that nobody can guess.

    They are hashed with the whole case, so that the digest beside the public version says nothing of what is withheld.
    """

    procedure: str
    entry: Entry
    blind: bytes


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case as it is kept: its name (`C-17`), the digest of the procedure that it was opened under, all its entries.

    `erased`: when its content was destroyed after its retention; what is left are numbers, events and instants.
    """

    id: str
    procedure: str
    entries: tuple[Entry, ...]
    blind: bytes
    erased: datetime | None = None


class CaseRow(NamedTuple):
    """A case in a list: derived from its entries each time one is appended, and made again from them at any time."""

    case: str
    topic: str
    procedure: str
    """The name with its version under which it goes now."""

    state: str
    final: bool
    title: str
    party: str
    opened: datetime
    updated: datetime
    number: int
    parent: str | None


class DueRow(NamedTuple):
    """Something that is due: a clock's deadline (`key` names it), or an obligation (its ID stands as the clock's name).

    `fires`: whether `licet serve` makes an entry when it runs out. `calendar`: the digest of the table it came from.
    """

    case: str
    key: ClockKey
    title: str
    owner: str
    due: datetime
    warned_from: datetime
    fires: bool
    calendar: str


class DuePlace(NamedTuple):
    """The place of something in all that is due: soonest first, then by case, and by its key."""

    due: datetime
    case: str
    key: ClockKey


def place_of(row: DueRow) -> DuePlace:
    """Where something stands in all that is due."""
    return DuePlace(row.due, row.case, row.key)


class CaseCount(NamedTuple):
    """How many cases are in a state of a procedure (its name with its version)."""

    procedure: str
    state: str
    final: bool
    cases: int


class Linked(NamedTuple):
    """That a case (`row`) is linked to something: a link, seen from its target."""

    relation: str
    target: str
    row: CaseRow


class Derived(NamedTuple):
    """What is derived of a case, so that it can be listed and found: by what is due in it, by what it is linked to."""

    row: CaseRow
    due: tuple[DueRow, ...]
    links: tuple[Link, ...]


class Letter(NamedTuple):
    """A message that is to be sent: to whom (an address), about which entry of which case, and its two texts."""

    id: str
    case: str
    number: int
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Appending:
    """What becomes of one case in one transaction: its new entries, which begin at `expected + 1`, and what is derived
    from all of its entries then.
    """

    case: str
    expected: int
    entries: tuple[Entry, ...]
    row: CaseRow
    due: tuple[DueRow, ...]
    letters: tuple[Letter, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that is opened, with what is derived from its first entries. `row.case` and the like are still empty, and
    the texts of letters say `NAMED_LATER`: the store names the case.

    `following` are entries that it has at once beside the first: what it is linked to.
    """

    opening: Opening
    row: CaseRow
    due: tuple[DueRow, ...]
    letters: tuple[Letter, ...] = ()
    following: tuple[Entry, ...] = ()
    links: tuple[Link, ...] = ()


NAMED_LATER = "{case}"
"""What stands for the name of a case in the letters about its opening."""


class KeptLaw(NamedTuple):
    """What cases under a procedure go by: its digest, and it with everything that it refers to, in canonical form."""

    procedure: str
    documents: tuple[StoredDocument, ...]


class Cases(Protocol):
    """Cases in the store. Every writing call is one durable transaction with its events, as in `services.ports.Store`.

    Entries are only appended. `CaseRow`, `DueRow` and `Linked` are an index of them: replaced with each append, never
    relied on for what a case is.
    """

    def open_cases(
        self,
        openings: Sequence[Opened],
        files: Sequence[StoredList],
        *,
        actor: str,
        at: datetime,
        law: Sequence[KeptLaw] = (),
    ) -> tuple[str, ...]:
        """Append new cases with their first entries and their exhibits; their names, in order: `C-1`, `C-2`, ...

        `law` is kept with them, once for each procedure; so each of its documents, by its digest.
        """

    def append_entries(
        self,
        changes: Sequence[Appending],
        files: Sequence[StoredList],
        *,
        actor: str,
        at: datetime,
        law: Sequence[KeptLaw] = (),
    ) -> None:
        """Append entries to cases, all of them or none, and keep the law as `open_cases` does.

        `StoreConflict` if a case has another number of entries than was expected, or an entry of the clock for one of
        these deadlines is there already.
        """

    def keep_files(self, files: Sequence[StoredList], *, actor: str, at: datetime) -> None:
        """Keep exhibits of an act that waits, so that whoever approves it need not have them."""

    def exhibit(self, digest: str) -> bytes | None:
        """The bytes of an exhibit. None if it is not there, or no longer."""

    def kept_procedures(self) -> tuple[str, ...]:
        """The digests of the procedures of which the law is kept for their cases."""

    def kept_law(self, procedure: str) -> tuple[StoredDocument, ...]:
        """The procedure with this digest and everything that it refers to, as cases began under it; empty if not."""

    def reindex(self, cases: Iterable[Derived]) -> int:
        """Replace what is derived of these cases; how many there were. Not an event."""

    def case(self, case: str) -> StoredCase | None:
        """One case with all its entries."""

    def stored_cases(self, after: str | None = None) -> Iterator[StoredCase]:
        """All cases with all their entries, in the order in which they were opened, past `after`."""

    def case_rows(
        self,
        *,
        topic: str | None = None,
        state: str | None = None,
        parent: str | None = None,
        party: str | None = None,
        is_open: bool | None = None,
        overdue: datetime | None = None,
        cases: Collection[str] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> tuple[CaseRow, ...]:
        """Cases in the order in which they were opened; those that are all of this.

        `overdue`: something of them was due up to and with this instant. `cases`: these alone, by name.
        """

    def case_counts(
        self,
        *,
        topic: str | None = None,
        state: str | None = None,
        parent: str | None = None,
        is_open: bool | None = None,
        overdue: datetime | None = None,
    ) -> tuple[CaseCount, ...]:
        """How many cases `case_rows` would give, by where they are; the states in the order of procedure and name."""

    def due_rows(
        self,
        *,
        until: datetime | None = None,
        fires: bool | None = None,
        owner: str | None = None,
        cases: Collection[str] | None = None,
        after: DuePlace | None = None,
        limit: int | None = None,
    ) -> tuple[DueRow, ...]:
        """What is due up to and with an instant, soonest first; what comes after a place, where one is named.

        Of several at one instant those of the case that was opened first, and of one case by their keys.
        """

    def due_count(
        self, *, until: datetime | None = None, owner: str | None = None, cases: Collection[str] | None = None
    ) -> int:
        """How many rows `due_rows` would give."""

    def linked_to(
        self,
        targets: Collection[str],
        *,
        relation: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> tuple[Linked, ...]:
        """The cases that are linked to any of these (cases, instruments, documents by digest), in the order in which
        they were opened, past `after`; of one case by relation and target.
        """

    def link_counts(self, target: str) -> Mapping[str, int]:
        """How many cases are linked to something, by relation; relations in the order of their names."""

    def letters(self, *, unsent: bool) -> tuple[Letter, ...]:
        """What was, or is still, to be sent, oldest first."""

    def mark_sent(self, letter: str, *, at: datetime, refused: str | None = None) -> None:
        """Note that a letter was handed to the mail server, or refused for good and why. Not an event."""

    def erase_case(self, case: str, *, actor: str, at: datetime) -> tuple[str, ...]:
        """Destroy the content of a case; numbers, events and instants stay. `StoreConflict` if it is not there.

        What it was linked to goes with its content; that others are linked to it stays, since they say so.
        Its exhibits go, but for those that other cases have, and the contents of the acts by which it was worked on,
        but for those that are about other cases, too: their names are what this gives.
        """


class Calendars(Protocol):
    """Tables of working days: from a library of holidays, with the overrides of the calendar."""

    def table(self, calendar: Calendar, first: int, last: int) -> Table:
        """The table of a calendar over these years. Raises `CalendarUnusable`: no such country, no library."""


@dataclass(frozen=True, slots=True)
class Casework:
    """What working on cases takes of the world: tables of working days; and where letters say to look (None: no letters
    are written), and to which address those go that tell officers.

    `shipped`: the law of cases that comes with Licet; None: that of this one.
    """

    calendars: Calendars
    look_at: str | None = None
    officers_at: str | None = None
    shipped: tuple[Draft, ...] | None = None


class MailRefused(LicetError):
    """A letter was not taken. `for_good`: it never will be (a 5xx reply), so that it is not tried again by itself."""

    def __init__(self, message: str, *, for_good: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good


class Mailer(Protocol):
    """Where letters are handed in."""

    def send(self, letter: Letter, *, at: datetime) -> None:
        """Hand in a letter; the same letter twice has the same Message-ID. Raises `MailRefused`."""
