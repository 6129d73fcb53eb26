"""Procedures, criteria and calendars in the register, and since when they are in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from licet.core.cases.calendar import Calendar
from licet.core.cases.criteria import Criteria
from licet.core.cases.procedure import Procedure
from licet.core.cases.register.times import ClockTimes


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
