"""The public register as a value, but for the cases themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from licet.core.cases.register.in_force import CalendarInForce, CriteriaInForce, InForce
from licet.core.cases.register.lists import FeedDecision, Month, Overdue


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
