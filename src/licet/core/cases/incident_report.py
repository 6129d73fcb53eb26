"""The report of an incident under one duty, as values: what it says, what is unknown or withheld, what has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from licet.core.cases.assessment import Assessment, Clocked


class Given(StrEnum):
    """How a field of a report stands."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    """It was looked for and is not known, or nobody has said it: a report says the same of both."""

    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class ReportField:
    """One field of a report: what it asks, its value as plain JSON and in words, and how it stands.

    `why`: where it is withheld, its class and the reason; where nobody has said it, that.
    """

    name: str
    meaning: str
    value: Any
    words: str
    given: Given
    why: str = ""


class FieldChange(NamedTuple):
    """A field that another report said otherwise before; both in words."""

    name: str
    before: str
    after: str


class Earlier(NamedTuple):
    """What was reported before: how many reports, when the last was made, and what they said by now."""

    made: int
    at: datetime
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """A report, ready to be read.

    `event` is the event of the duty's procedure that it makes, `title` what that is called; `about` what the incident
    is called, `incident` and `case` the cases of the incident and of the duty, where there are any. `number` counts the
    reports of this duty from 1. `amends`: when the report before it was made. `clock` is what it meets, if that runs.
    `is_public`: what is not public is withheld.
    """

    assessment: Assessment
    event: str
    title: str
    about: str
    incident: str | None
    case: str | None
    at: datetime
    number: int
    amends: datetime | None
    clock: Clocked | None
    fields: tuple[ReportField, ...]
    changes: tuple[FieldChange, ...]
    is_public: bool

    @property
    def to(self) -> str:
        """Whom it goes to."""
        duty = self.assessment.procedure.duty
        return f"{duty.to} ({duty.jurisdiction})" if duty is not None else ""

    @property
    def kind(self) -> str:
        """What kind of report it is: `report`, `amendment`, `update`, `final report`."""
        return self.event.replace("_", " ")

    def named(self, given: Given) -> tuple[str, ...]:
        """The fields that stand like this."""
        return tuple(each.name for each in self.fields if each.given is given)
