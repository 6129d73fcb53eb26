"""Duties to report incidents, as dated data: since when, who to, what triggers them, and what a report must say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from licet.core.conditions import Condition


class Standing(StrEnum):
    """How law stands on the day that its description was written."""

    IN_FORCE = "in force"
    ENACTED = "enacted"
    """Made, and in force from a later day."""

    PASSED = "passed"
    """Passed; whether it was signed is not verified."""

    INTRODUCED = "introduced"
    DRAFT = "draft"
    CONTESTED = "contested"
    """Its dates are contested."""


@dataclass(frozen=True, slots=True)
class DutyTest:
    """One thing that must hold for a duty to apply: a threshold or a trigger, over the fields of the incident form."""

    name: str
    title: str
    condition: Condition
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty to report incidents.

    `since`: the first day on which it is in force (None: not known, or none yet). `to`: who is told. `tests`: what must
    hold, all of them. `reports`: by the name of the event that makes a report, the fields that it must say. `begins`:
    by the name of an event that starts clocks, the form's instants of which the earliest known one says when it
    happened; the one of them that opens a case is what triggers the duty.
    """

    jurisdiction: str
    to: str
    standing: Standing
    since: date | None
    standing_note: str
    tests: tuple[DutyTest, ...]
    reports: Mapping[str, tuple[str, ...]] = field(hash=False)
    begins: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


class Applies(StrEnum):
    """Whether a duty applies to an incident."""

    YES = "applies"
    NO = "does not apply"
    UNKNOWN = "cannot be told yet"
    """What is not known about the incident decides; until it is known, the clock runs as if it applied."""

    NOT_LAW = "not law"
    """It would apply, or may, if it were in force on the day of the incident."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one test says of an incident: `holds` is None where fields are unknown; `unknown` names them.

    `text` is the condition as it is written, where it is one.
    """

    test: str
    title: str
    holds: bool | None
    says: str
    unknown: tuple[str, ...] = ()
    text: str = ""
    source: str = ""
