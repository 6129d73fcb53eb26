"""The public register as values: cases as the public sees them, times against the clocks, what is in force, what is
overdue. Nothing in here is withheld from anybody: whatever is not public became `Hidden` before it got here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from licet.core.cases.calendar import Calendar
from licet.core.cases.clock import Running
from licet.core.cases.criteria import Criteria
from licet.core.cases.procedure import Procedure


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


@dataclass(frozen=True, slots=True)
class ShownEntry:
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


@dataclass(frozen=True, slots=True)
class ShownDeadline:
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

    id: str
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

    @property
    def is_overdue(self) -> bool:
        """Whether something of it is overdue."""
        return any(each.overdue for each in self.deadlines) or any(each.overdue for each in self.obligations)

    @property
    def overdue_since(self) -> datetime | None:
        """Since when something of it is overdue, as far as that is public: the earliest."""
        missed = [each.due for each in self.deadlines if each.overdue and each.due is not None]
        owed = [each.due for each in self.obligations if each.overdue and each.due is not None]
        return min([*missed, *owed], default=None)

    @property
    def next_due(self) -> datetime | None:
        """When something of it is due next, overdue ones included, as far as that is public."""
        clocks = [each.due for each in self.deadlines if each.due is not None and (each.overdue or each.is_open)]
        owed = [each.due for each in self.obligations if each.due is not None]
        return min([*clocks, *owed], default=None)


class CaseLine(NamedTuple):
    """A case in a list. `since` is when it was overdue first, as far as that is public."""

    case: str
    procedure: str
    procedure_title: str
    state: str
    outcome: str | None
    final: bool
    opened: datetime
    updated: datetime
    due: datetime | None
    overdue: bool
    since: datetime | None
    erased: bool


class Overdue(NamedTuple):
    """Something that was due and is not done: of which case, which clock or obligation, who owes it, since when (None:
    that is withheld).
    """

    due: datetime | None
    case: str
    procedure_title: str
    what: str
    owner: str | Hidden


class Spread(NamedTuple):
    """The median and the worst of times, in seconds; `at_least` where the true one can only be longer."""

    median: float
    median_at_least: bool
    worst: float
    worst_at_least: bool


@dataclass(frozen=True, slots=True)
class ClockTimes:
    """How the starts of one clock of one procedure came out.

    `open` are all that run or are tolled or are missed and not done; `tolled` and `overdue` are among them. `missed`
    counts every start that was not met in time, done by now or not. `net` leaves out what did not count, `gross` does
    not; `shares` are net times as parts of what was allowed, of at most a hundred starts, evenly chosen, ascending,
    with whether they still run. `untimed` are those whose times are withheld: they are counted, and in no time.
    """

    clock: str
    title: str
    owner: str
    limit: str
    source: str
    started: int
    met: int
    missed: int
    stopped: int
    open: int
    tolled: int
    overdue: int
    untimed: int
    gross: Spread | None
    net: Spread | None
    share: Spread | None
    shares: tuple[tuple[float, bool], ...]

    @property
    def decided(self) -> int:
        """Starts of which it is known whether they were met in time."""
        return self.met + self.missed


@dataclass(frozen=True, slots=True)
class InForce:
    """A procedure in the register: `since` when it is in force (None: it came with Licet), and how its cases stand.

    `current`: new cases are opened under it; others are here because cases still go under them.
    """

    procedure: Procedure
    since: datetime | None
    current: bool
    cases: int
    open: int
    erased: int
    states: Mapping[str, int] = field(hash=False)
    outcomes: Mapping[str, int] = field(hash=False)
    decisions: Mapping[str, int] = field(hash=False)
    events: Mapping[str, int] = field(hash=False)
    clocks: tuple[ClockTimes, ...]


class CriteriaInForce(NamedTuple):
    """A catalogue of criteria and since when it is in force."""

    criteria: Criteria
    since: datetime | None


class CalendarInForce(NamedTuple):
    """A calendar, since when it is in force, and the digests of the tables by which deadlines were computed."""

    calendar: Calendar
    since: datetime | None
    tables: tuple[str, ...]


class FeedDecision(NamedTuple):
    """A decision for the feed: the instant it was recorded, its case, the number of its entry, and what it is."""

    at: datetime
    case: str
    number: int
    kind: str
    title: str
    procedure_title: str
    summary: str | None


class Month(NamedTuple):
    """Cases that were opened in a month (UTC): how many, and how many of them are open."""

    first: date
    cases: int
    open: int


@dataclass(frozen=True, slots=True)
class Register:
    """The whole of it, but for the cases themselves. `at` is the instant as of which it is true."""

    at: datetime
    base_url: str | None
    cases: int
    open: int
    erased: int
    procedures: tuple[InForce, ...]
    criteria: tuple[CriteriaInForce, ...]
    calendars: tuple[CalendarInForce, ...]
    overdue: tuple[Overdue, ...]
    months: tuple[Month, ...]
    decisions: tuple[FeedDecision, ...]
