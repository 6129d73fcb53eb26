"""Calendars: which days are working days for an authority, and by which table that was computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from licet.core.errors import LicetError


class BeyondCalendar(LicetError):
    """A day that a table does not reach; it names the years that it has."""


class CalendarUnusable(LicetError):
    """There is no table of a calendar: no such country, no such kind of holidays, no library. It says what to do."""


@dataclass(frozen=True, slots=True)
class Override:
    """A day that is a holiday, or is not one, whatever the tables of holidays say; `why` and `source` say by what."""

    day: date
    holiday: bool
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar as a document says it: whose holidays, of which categories, which weekdays are not worked, and days
    that are set by hand. `weekend` counts Monday as 0.
    """

    name: str
    title: str
    country: str
    subdivision: str | None
    categories: tuple[str, ...]
    weekend: frozenset[int]
    overrides: tuple[Override, ...]
    source: tuple[str, ...]
    as_of: date
    digest: str


@dataclass(frozen=True, slots=True)
class Table:
    """The days of a calendar that are not worked, over whole years, and the digest of exactly this table.

    `holidays` are by day, with their names; overrides are in them already. `years` are the first and the last year that
    it covers: a day outside is `BeyondCalendar`, never a working day by default.
    """

    calendar: str
    years: tuple[int, int]
    weekend: frozenset[int]
    holidays: Mapping[date, str] = field(hash=False)
    digest: str

    def is_working(self, day: date) -> bool:
        """Whether a day is a working day. Raises `BeyondCalendar`."""
        first, last = self.years
        if not first <= day.year <= last:
            raise BeyondCalendar(f"the calendar `{self.calendar}` covers {first} to {last}, not {day.isoformat()}")
        return day.weekday() not in self.weekend and day not in self.holidays
