"""Cases as the public sees them. Nothing in here is withheld from anybody: whatever is not public became `Hidden`
before it got here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from licet.core.cases.clock import Running


class Hidden(NamedTuple):
    """What stands where something is withheld: its class, and why."""

    secrecy: str
    why: str


class ShownField(NamedTuple):
    """A field of an entry or of a decision: its name, what it says in words, and its JSON value or `Hidden`."""

    name: str
    meaning: str
    value: Any


class ShownShift(NamedTuple):
    """How a late entry moved a deadline, in words, or that this is withheld."""

    clock: str
    before: str | Hidden
    after: str | Hidden


class ShownEntry(NamedTuple):
    """An entry as the public sees it. `role` is a title; `who` the party, or which officer; None: the clock itself.

    `before` and `after` are titles of states; `late` says that it was recorded late, and why or that this is withheld.
    """

    number: int
    event: str
    title: str
    role: str
    who: str | Hidden | None
    at: datetime
    happened: datetime
    before: str
    after: str
    fields: tuple[ShownField, ...] = ()
    exhibits: int = 0
    overtaken: bool = False
    backdated: bool = False
    late: str | Hidden | None = None
    shifts: tuple[ShownShift, ...] = ()


class ShownDeadline(NamedTuple):
    """A deadline as the public sees it; `overdue` where it ran out and what is owed is still not done.

    Where its instants would give something away that is withheld, `hidden` says so, and there are none. `tolled` are
    what for, since when, until when.
    """

    clock: str
    title: str
    owner: str
    started_by: int
    running: Running
    ended: datetime | None
    overdue: bool
    started: datetime | None
    due: datetime | None
    because: str
    tolled: tuple[tuple[str, datetime, datetime | None], ...]
    calendar: str
    hidden: Hidden | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still matters that it is met."""
        return self.running in (Running.RUNNING, Running.TOLLED)


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """What was found of a criterion, by its catalogue and its identifier in that."""

    catalogue: str
    criterion: str
    title: str
    verdict: str
    reasons: str | Hidden


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision by its six elements (in their order), what was found of each criterion, and what else it says."""

    number: int
    at: datetime
    kind: str
    title: str
    elements: tuple[ShownField, ...]
    judged: tuple[ShownVerdict, ...]
    more: tuple[ShownField, ...] = ()

    @property
    def summary(self) -> str | None:
        """The decision in a sentence, where that is public."""
        found = self.elements[0].value if self.elements else None
        return found if isinstance(found, str) else None


class ShownObligation(NamedTuple):
    """A condition or an undertaking as it stands. What is withheld of it has no instants."""

    id: str | Hidden
    kind: str
    owner: str | Hidden
    text: str | Hidden
    due: datetime | None
    kept: str
    overdue: bool


class ShownLink(NamedTuple):
    """A relation to something else."""

    relation: str
    target: str | Hidden


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as the public sees it.

    `public` is the public version as plain JSON (`spec/redaction.md`), and everything else here says nothing that is
    not in it or in the procedure. Of an `erased` case only numbers, events and instants are left.
    """

    id: str
    procedure: str
    procedure_title: str
    procedure_digest: str
    state_title: str
    meaning: str
    final: bool
    outcome: str | None
    opened: datetime
    updated: datetime
    entries: tuple[ShownEntry, ...]
    deadlines: tuple[ShownDeadline, ...]
    obligations: tuple[ShownObligation, ...]
    decisions: tuple[ShownDecision, ...]
    links: tuple[ShownLink, ...]
    withheld: tuple[tuple[int, str, Hidden], ...]
    """What is withheld: of which entry (0: of the case), what, and why."""

    whole: str | None
    """The digest of the whole; None where that was destroyed."""

    public: Mapping[str, Any] = field(hash=False)
    erased: datetime | None = None

    is_overdue: bool = field(init=False)
    """Whether something of it is overdue."""

    overdue_since: datetime | None = field(init=False)
    """Since when something of it is overdue, as far as that is public: the earliest."""

    next_due: datetime | None = field(init=False)
    """When something of it is due next, overdue ones included, as far as that is public."""

    def __post_init__(self) -> None:
        """Say once what several files say."""
        late = [each.due for each in self.deadlines if each.overdue]
        late += [each.due for each in self.obligations if each.overdue]
        clocks = [each.due for each in self.deadlines if each.due is not None and (each.overdue or each.is_open)]
        owed = [each.due for each in self.obligations if each.due is not None]
        object.__setattr__(self, "is_overdue", bool(late))
        object.__setattr__(self, "overdue_since", min([each for each in late if each is not None], default=None))
        object.__setattr__(self, "next_due", min([*clocks, *owed], default=None))
