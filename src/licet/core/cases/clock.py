"""Clocks of procedures: how long somebody has, from when, what does not count, and what happens when it runs out.

A rule is a part of a procedure; a deadline is what a rule gives for one case. Deadlines are derived from the case's
events each time, never counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from licet.core.conditions import Condition


class Base(StrEnum):
    """What is counted."""

    HOURS = "hours"
    DAYS = "calendar days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of a base: `90 d`, `72 h`, `2 working days`, `4 weeks`, `5 years`."""

    count: int
    base: Base


class Roll(StrEnum):
    """What becomes of a deadline that falls on a day that is not worked."""

    NONE = "none"
    NEXT_WORKING_DAY = "next working day"
    TWO_WORKING_DAYS = "two working days"
    """The next working day; and a period of two days or more has at least two working days in it, as Regulation (EEC,
    Euratom) 1182/71, Article 3(4) and (5), have it.
    """


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a clock's limits: the limit that holds where its condition (over the case's fields) does.

    They are gone through in their order, up to the first that definitely holds; those whose condition is unknown count
    too, and the earliest of them all is the deadline: what is not known gives nobody more time.
    """

    limit: Limit
    when: Condition | None
    text: str
    """The condition as it is written; empty where it always holds."""


@dataclass(frozen=True, slots=True)
class Toll:
    """A reason for which time does not count, and how much of it at most (None: without a cap)."""

    reason: str
    title: str
    cap: Limit | None
    source: str


class Expiry(StrEnum):
    """What happens when a clock runs out."""

    BREACH = "breach"
    """The deadline is missed, and stays so; the case goes on."""

    EVENT = "event"
    """An event of the procedure happens, by the clock itself: a deemed consent, an escalation, an end."""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock of a procedure.

    `owner`: the role that has to act. `first_day`: whether the day of the start counts. `end_of_day`: when, in `zone`,
    the last day ends, for everything but hours. `tolls` by reason. `repeats`: it starts anew when it is met (an update
    every four weeks). `event`: what happens with `Expiry.EVENT`. `warns`: how long before it is announced.
    `appealable`: whether missing it can be appealed.
    """

    name: str
    title: str
    owner: str
    limits: tuple[Choice, ...]
    zone: str
    first_day: bool = False
    end_of_day: time = time(23, 59, 59)
    roll: Roll = Roll.NONE
    tolls: Mapping[str, Toll] = field(default_factory=dict, hash=False)
    expiry: Expiry = Expiry.BREACH
    event: str | None = None
    repeats: bool = False
    warns: Limit | None = None
    appealable: bool = False
    source: str = ""


class Running(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    TOLLED = "tolled"
    MET = "met"
    MISSED = "missed"
    STOPPED = "stopped"
    """It no longer matters: the case ended, or an event took it away."""


@dataclass(frozen=True, slots=True)
class Tolled:
    """Time that did not count, and why. `until` is None while it lasts; `capped` is when its cap ends it."""

    reason: str
    since: datetime
    until: datetime | None
    capped: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """One start of one clock in one case.

    `gross` is when it would be due if nothing were tolled; `due` is when it is due, with what is tolled so far, and
    while a toll lasts the latest that its cap allows (None without a cap). `ended` is when it was met or stopped.
    `started_by` is the number of the entry that started it: with the clock's name, what names this deadline for ever.
    `calendar` is the digest of the table that it was computed by. `because` names the limit and, where its condition is
    not known, that. `limited` is when the limit that it has became its limit, if that was after the start.
    """

    clock: str
    title: str
    owner: str
    started: datetime
    started_by: int
    gross: datetime
    due: datetime | None
    running: Running
    ended: datetime | None
    tolled: tuple[Tolled, ...]
    calendar: str
    because: str
    warned_from: datetime | None = None
    limited: datetime | None = None

    @property
    def runs_out(self) -> datetime | None:
        """When it runs out: when it is due, or when its limit became known, if it was past by then."""
        return self.due if self.due is None or self.limited is None else max(self.due, self.limited)

    @property
    def is_open(self) -> bool:
        """Whether it still matters that it is met."""
        return self.running in (Running.RUNNING, Running.TOLLED)
