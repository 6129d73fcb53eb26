"""Decisions: the six elements without which none can be signed, conditions, undertakings, and what they oblige to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from licet.core.cases.clock import Limit
from licet.core.cases.criteria import Judged
from licet.core.cases.procedure import Deciding


class Element(StrEnum):
    """What every decision says (15 CFR 750.6(a), for an intent to deny; here for every decision)."""

    DECISION = "the decision"
    BASIS = "the statutory and regulatory basis"
    CONSIDERATIONS = "the specific considerations"
    RECONSIDERATION = "what change would allow reconsideration"
    OFFICIAL = "a named official"
    APPEAL = "how to appeal"


class Promised(StrEnum):
    """Where an obligation comes from."""

    CONDITION = "condition"
    """Imposed by the decision; it can be appealed."""

    UNDERTAKING = "undertaking"
    """Offered by the holder."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A condition or an undertaking of a decision: who has to do what, by when or how long after the decision.

    `every`: it recurs. `cure`: how long they have to put a breach right before it can suspend (None: a breach does not
    suspend).
    """

    id: str
    kind: Promised
    owner: str
    text: str
    within: Limit | None = None
    by: datetime | None = None
    every: Limit | None = None
    cure: Limit | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a grant permits: the licence that it writes."""

    licence: str
    relieves: tuple[str, ...]
    models: tuple[str, ...]
    families: tuple[str, ...]
    operations: tuple[str, ...]
    to: str
    """The condition that says who the holders are, as conditions are written."""

    since: datetime
    until: datetime | None
    review_by: datetime | None = None
    supersedes: tuple[str, ...] = ()
    uses: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """What the names of the condition stand for: definitions by name and version, or lists pinned by digest."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What a decision ends: the lift that it writes, the instruments that this ends, and from when."""

    lift: str
    ends: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision, or the draft of one.

    `summary` is the decision in a sentence; `basis` are clauses; `considerations` the reasons; `reconsideration` what
    change would allow another decision (of a grant: what would end or vary it); `official` a name with a way to reach
    them; `appeal` how, where and until when.
    """

    kind: Deciding
    summary: str
    basis: tuple[str, ...]
    considerations: str
    reconsideration: str
    official: str
    appeal: str
    judged: tuple[Judged, ...] = ()
    promises: tuple[Promise, ...] = ()
    terms: Terms | None = None
    ending: Ending | None = None


class Kept(StrEnum):
    """How an obligation stands."""

    OWED = "owed"
    OVERDUE = "overdue"
    BROKEN = "broken"
    """A breach was noted; the time to put it right runs, or ran out."""

    DISCHARGED = "discharged"
    ENDED = "ended"
    """What it was a condition of is no longer in force."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A condition or an undertaking as it stands: `due` next, `cure_by` where a breach runs, `since` the decision."""

    id: str
    promise: Promise
    decided_by: int
    """The number of the entry that made it."""

    since: datetime
    due: datetime | None
    kept: Kept
    discharged: tuple[datetime, ...] = ()
    cure_by: datetime | None = None
