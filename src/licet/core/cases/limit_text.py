"""The text of a limit: `72 h`, `90 d`, `2 working days`, `4 weeks`, `6 months`, `5 years`. One spelling each."""

from __future__ import annotations

import re
from collections.abc import Mapping

from licet.core.cases.clock import Base, Limit
from licet.core.errors import LicetError

UNITS: Mapping[Base, tuple[str, str]] = {
    Base.HOURS: ("h", "h"),
    Base.DAYS: ("d", "d"),
    Base.WORKING_DAYS: ("working day", "working days"),
    Base.WEEKS: ("week", "weeks"),
    Base.MONTHS: ("month", "months"),
    Base.YEARS: ("year", "years"),
}
"""What stands after a 1, and after every other number."""

LARGEST: Mapping[Base, int] = {
    Base.HOURS: 9_999,
    Base.DAYS: 9_999,
    Base.WORKING_DAYS: 9_999,
    Base.WEEKS: 1_000,
    Base.MONTHS: 1_200,
    Base.YEARS: 100,
}
"""No clock of any law is longer; past it, a digit too many was typed."""

ALLOWED = "a whole number from 1 with a unit: `72 h`, `90 d`, `2 working days`, `4 weeks`, `6 months`, `5 years`"
WRITTEN = re.compile(r"([1-9][0-9]{0,6}) ([a-z]+(?: [a-z]+)?)")


class LimitRejected(LicetError):
    """A text that is no limit; it says what is allowed."""


def read_limit(text: str) -> Limit:
    """A limit from its text. Raises `LimitRejected`."""
    found = WRITTEN.fullmatch(text)
    base = _base(found[2]) if found else None
    if found is None or base is None:
        raise LimitRejected(f"`{text}` is no limit; allowed: {ALLOWED}")
    limit = Limit(int(found[1]), base)
    if limit.count > LARGEST[base]:
        raise LimitRejected(f"`{text}` is too long; the most allowed is `{limit_text(Limit(LARGEST[base], base))}`")
    if limit_text(limit) != text:
        raise LimitRejected(f"`{text}` is written `{limit_text(limit)}`")
    return limit


def limit_text(limit: Limit) -> str:
    """The text of a limit, from which `read_limit` reads it again."""
    one, more = UNITS[limit.base]
    return f"{limit.count} {one if limit.count == 1 else more}"


def _base(unit: str) -> Base | None:
    return next((base for base, units in UNITS.items() if unit in units), None)
