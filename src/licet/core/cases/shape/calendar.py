"""The shapes of calendars and of what else is about days: days, countries, weekdays, days set by hand, time zones."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shaping import Shaping, Tree, mapping, text

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
COUNTRY = re.compile(r"[A-Z]{2}")
ZONE = re.compile(r"UTC|[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z0-9_+-]*){1,2}")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OVERRIDE = {"day", "holiday", "why", "source"}


def day(shaping: Shaping, path: Path, value: Tree) -> str:
    """A day of the calendar."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise shaping.wrong(path, value, Shape.DATE.value)
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise shaping.report(path, f"`{value}` is no day: {error}") from error


def country(shaping: Shaping, path: Path, value: Tree) -> str:
    """A country's code. Whether there are holidays of it is known to those who have the tables."""
    if not isinstance(value, str) or not COUNTRY.fullmatch(value):
        raise shaping.wrong(path, value, Shape.COUNTRY.value)
    return value


def zone(shaping: Shaping, path: Path, value: Tree) -> str:
    """A time zone that the tz database of this machine has: a deadline in an unknown zone could not be computed."""
    if not isinstance(value, str) or not ZONE.fullmatch(value):
        raise shaping.wrong(path, value, Shape.ZONE.value)
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError) as error:
        raise shaping.report(path, f"there is no time zone `{value}` in the tz database of this machine") from error


def weekdays(shaping: Shaping, path: Path, value: Tree) -> list[str]:
    """Weekdays, each once, in the order of the week; not all seven."""
    if not isinstance(value, list) or not value:
        raise shaping.wrong(path, value, Shape.WEEKDAYS.value)
    for place, each in enumerate(value):
        if each not in WEEKDAYS:
            raise shaping.wrong((*path, place), each, Shape.WEEKDAYS.value)
        if each in value[:place]:
            raise shaping.report((*path, place), f"`{each}` is listed twice")
    if len(value) == len(WEEKDAYS):
        raise shaping.report(path, "all seven weekdays: there would be no working day; leave one out")
    return [each for each in WEEKDAYS if each in value]


def overrides(shaping: Shaping, path: Path, value: Tree) -> list[Tree]:
    """Days set by hand, each once, by their order in time."""
    if not isinstance(value, list) or not value:
        raise shaping.wrong(path, value, Shape.OVERRIDES.value)
    found: dict[str, Tree] = {}
    for place, each in enumerate(value):
        shaped = override(shaping, (*path, place), each)
        if shaped["day"] in found:
            raise shaping.report((*path, place, "day"), f"`{shaped['day']}` is set twice")
        found[shaped["day"]] = shaped
    return [found[each] for each in sorted(found)]


def override(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """One day that is set by hand."""
    fields = mapping(shaping, path, value, OVERRIDE, OVERRIDE, Shape.OVERRIDES.value)
    if not isinstance(fields["holiday"], bool):
        raise shaping.wrong((*path, "holiday"), fields["holiday"], "`true` or `false`")
    return {
        "day": day(shaping, (*path, "day"), fields["day"]),
        "holiday": fields["holiday"],
        "why": text(shaping, (*path, "why"), fields["why"]),
        "source": text(shaping, (*path, "source"), fields["source"]),
    }
