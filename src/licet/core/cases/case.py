"""A case as it stands: what its entries amount to, by its procedure, at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from licet.core.cases.clock import Deadline
from licet.core.cases.decision import Decision, Obligation
from licet.core.cases.entry import Entry
from licet.core.cases.procedure import EventRule, Procedure, State


class Shift(NamedTuple):
    """What a late entry changed of a deadline: what it was before, and what it is with it."""

    clock: str
    started_by: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with what it did: the state before and after it.

    `overtaken`: an entry of the clock that has no effect, because a later record shows that the clock had not run out.
    `backdated`: it was recorded after it happened; `shifts` say what that changed. `title` is what its event is called
    in the procedure that the case had then.
    """

    entry: Entry
    before: str
    after: str
    overtaken: bool = False
    backdated: bool = False
    shifts: tuple[Shift, ...] = ()
    title: str = ""


class Link(NamedTuple):
    """A relation to something else: `appeals`, `concerns`, `part of`, `follows`, `licensed by`, `ordered by`."""

    relation: str
    target: str


class Decided(NamedTuple):
    """A decision that was made, and the number of the entry that made it."""

    number: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class Case:
    """A case at an instant. `number` is that of its newest entry. `entries` are in the order in which they happened.
    `fields` are the newest value of each field that events gave, as plain JSON (None: not known), without decisions;
    `parties` the newest party of each role; `holds` the legal holds on it, by name, with why. `as_of` is that instant.
    """

    id: str
    procedure: Procedure
    state: State
    opened: datetime
    updated: datetime
    entries: tuple[Placed, ...]
    deadlines: tuple[Deadline, ...]
    obligations: tuple[Obligation, ...]
    decisions: tuple[Decided, ...]
    links: tuple[Link, ...]
    fields: Mapping[str, Any] = field(hash=False)
    parties: Mapping[str, str] = field(hash=False)
    holds: Mapping[str, str] = field(hash=False)
    as_of: datetime | None = None

    @property
    def number(self) -> int:
        """The number of its newest entry: who acts on it says this number, so that nobody acts on what they have not
        seen.
        """
        return len(self.entries)


class Possible(NamedTuple):
    """An event that can happen now, and who can cause it. `not_yet` says what keeps it from somebody, in a sentence."""

    event: EventRule
    roles: tuple[str, ...]
    not_yet: str | None = None
