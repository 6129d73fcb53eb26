"""What the register lists: cases, what is overdue, decisions, months."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from licet.core.cases.register.shown import Hidden


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
