"""Tables of working days, from the package `holidays`; a calendar's own days win over it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from licet.core.cases.calendar import Calendar, CalendarUnusable, Table
from licet.wire.calendar_table import table_digest

EXTRA = "tables of holidays are an extra: `pip install 'licet[cases]'`"
LANGUAGE = "en_US"
"""In which the days are named, so that a table has the same digest wherever it is made; where the package has no such
names, it is the country's own."""


class Holidays:
    """Tables from the package `holidays` as it is installed. Implements `services.cases.ports.Calendars`.

    A table depends on nothing else: no clock, no locale, no network. The same calendar and years give the same table.
    """

    def table(self, calendar: Calendar, first: int, last: int) -> Table:
        """The table of a calendar over these years, both included. Raises `CalendarUnusable`."""
        return _table(calendar, first, last)


@lru_cache(maxsize=64)
def _table(calendar: Calendar, first: int, last: int) -> Table:
    # a table costs a tenth of a second, and nothing that it is made of changes while the process runs
    if first > last:
        raise CalendarUnusable(f"the calendar `{calendar.name}` is asked for {first} to {last}; give years in order")
    days = _library_days(calendar, first, last)
    for each in calendar.overrides:
        if each.holiday:
            days[each.day] = each.why
        else:
            days.pop(each.day, None)
    within = {day: days[day] for day in sorted(days) if first <= day.year <= last}
    return Table(
        calendar.name,
        (first, last),
        calendar.weekend,
        MappingProxyType(within),
        table_digest((first, last), calendar.weekend, within),
    )


def _library_days(calendar: Calendar, first: int, last: int) -> dict[date, str]:
    try:
        library: Any = import_module("holidays")
    except ModuleNotFoundError as error:
        raise CalendarUnusable(f"the calendar `{calendar.name}`: {EXTRA}") from error
    try:
        # a year to either side: New Year's Day that falls on a Saturday is observed in the year before
        days = library.country_holidays(
            calendar.country,
            subdiv=calendar.subdivision,
            years=range(first - 1, last + 2),
            categories=calendar.categories,
            language=LANGUAGE,
        )
    except (NotImplementedError, ValueError) as error:
        raise CalendarUnusable(f"the calendar `{calendar.name}`: {_lowered(str(error))}; {_known(library)}") from error
    if first < days.start_year or last > days.end_year:
        message = f"the calendar `{calendar.name}`: the package `holidays` knows the years {days.start_year} to"
        raise CalendarUnusable(f"{message} {days.end_year}, and {first} to {last} are asked for")
    return dict(days.items())


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


def _known(library: Any) -> str:
    return f"mend its document, or install another version of `holidays` than {library.__version__}"
