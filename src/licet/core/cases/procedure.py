"""Procedures: how a case moves, as a table. What is not in it is not possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from licet.core.cases.clock import ClockRule, Limit
from licet.core.cases.duty import Duty
from licet.core.conditions import Condition
from licet.core.roles import Role

NEW = "new"
"""The state before the first event: an event `from: [new]` opens a case."""

CLOCK = "clock"
"""The role in which a clock acts that ran out."""


class FieldKind(StrEnum):
    """What a field of an event holds."""

    LINE = "line"
    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    INSTANT = "instant"
    DATE = "date"
    CHOICE = "choice"
    LINES = "list of lines"
    CHOICES = "set of choices"
    COUNTRIES = "set of countries"
    ORGANISATION = "organisation"
    SUBJECT = "subject"
    MODELS = "models"
    INSTRUMENTS = "instruments"
    CASES = "cases"
    DIGEST = "digest"


class Secrecy(StrEnum):
    """The class of a field: whether the public version shows it, and if not, why."""

    PUBLIC = "public"
    PERSONAL = "personal"
    COMMERCIAL = "commercial"
    SECURITY = "security"
    DELIBERATION = "deliberation"
    INVESTIGATION = "investigation"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field: its kind, what it says, its class, and the values that it may have where it is a choice."""

    name: str
    kind: FieldKind
    meaning: str
    secrecy: Secrecy
    values: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """A field that an event takes, and whether it must be there."""

    field: FieldRule
    required: bool


@dataclass(frozen=True, slots=True)
class CaseRole:
    """Who somebody is in a case.

    `party`: whether this is somebody outside (an applicant, an appellant, an agency), for whom an officer records what
    they did; otherwise an officer with one of the roles `held` does it. `several`: different parties may act in it, as
    agencies do; otherwise whoever is in it first stays the only one, until another takes their place. `named_by`: the
    field of the case that names who is in it.
    """

    name: str
    title: str
    party: bool
    held: frozenset[Role]
    several: bool = False
    named_by: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where a case is. `final`: nothing is pending any more; `outcome` says what it came to, for statistics."""

    name: str
    title: str
    meaning: str
    final: bool
    outcome: str | None


class Deciding(StrEnum):
    """What kind of decision an event makes, which fixes what it must say and what follows."""

    GRANT = "grant"
    """It writes a licence."""

    DENY = "deny"
    INTENT = "intent to deny"
    """The six elements, before the decision is made."""

    UPHOLD = "uphold"
    VARY = "vary"
    """It writes a licence that supersedes the earlier one."""

    REMIT = "remit"
    SUSPEND = "suspend"
    """It writes a lift of the licence."""

    STAY = "stay"
    OTHER = "other"
    """The six elements, and nothing else follows."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What must be known to hold of a case's fields before an event, in one of the states in which it can happen."""

    when: Condition
    text: str
    """The condition as it is written."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """One event of a procedure.

    `froms`: the states in which it can happen; `to`: the state that it leads to (None: it stays). `by`: the roles that
    may cause it (`clock`: nobody but the clock). `exhibits`: how many documents must be attached, at least. `second`:
    whether a second officer must agree. `unlike`: events of this case, or of the case that is appealed, whose actors
    may not do this one. `starts`, `stops`, `meets`: clocks; `tolls` and `resumes`: (clock, reason). `tells`: the roles
    that are written to. `late`: whether it may be recorded after it happened; otherwise it counts when it is recorded.
    `once`: it can happen once in a case. `guards`: by state, what must hold of the case for it to happen there.
    """

    name: str
    title: str
    meaning: str
    froms: frozenset[str]
    to: str | None
    by: frozenset[str]
    needs: Mapping[str, Need] = field(hash=False)
    exhibits: int = 0
    second: bool = False
    decides: Deciding | None = None
    unlike: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    tolls: tuple[tuple[str, str], ...] = ()
    resumes: tuple[tuple[str, str], ...] = ()
    tells: frozenset[str] = frozenset()
    late: bool = False
    once: bool = False
    source: str = ""
    guards: Mapping[str, Guard] = field(default_factory=dict, hash=False)


class Topic(StrEnum):
    """What a procedure's cases are."""

    APPLICATION = "application"
    RELEASE = "release review"
    CUSTOMER = "customer approval"
    APPEAL = "appeal"
    DISCLOSURE = "disclosure"
    INCIDENT = "incident"
    DUTY = "incident duty"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a case is kept after its latest event."""

    limit: Limit
    source: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A published procedure, in one version that never changes.

    `criteria`: the catalogues by which its decisions are judged, by name and version. `form`: the form of which its
    events may name fields. `duty`: where it is a duty to report incidents, what that duty is.
    """

    name: str
    title: str
    topic: Topic
    sources: tuple[str, ...]
    as_of: date
    zone: str
    calendar: str
    roles: Mapping[str, CaseRole] = field(hash=False)
    states: Mapping[str, State] = field(hash=False)
    events: Mapping[str, EventRule] = field(hash=False)
    clocks: Mapping[str, ClockRule] = field(hash=False)
    fields: Mapping[str, FieldRule] = field(hash=False)
    criteria: tuple[str, ...]
    retention: Retention
    digest: str
    form: str | None = None
    duty: Duty | None = None
    appeals: str | None = None
    """The procedure by which what it decides is appealed, by name and version."""

    @property
    def opening(self) -> tuple[EventRule, ...]:
        """The events that open a case."""
        return tuple(each for each in self.events.values() if NEW in each.froms)
