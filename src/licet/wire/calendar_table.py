"""A table of working days as JSON, and its digest: by it anybody can compute a deadline again (`spec/clocks.md`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from licet.core.cases.calendar import Table
from licet.wire.canonical import canonical, digest


def table_tree(years: tuple[int, int], weekend: Iterable[int], holidays: Mapping[date, str]) -> dict[str, Any]:
    """What the digest of a table is of: its years, the weekdays that are not worked, its days with their names."""
    days = {day.isoformat(): holidays[day] for day in sorted(holidays)}
    return {"years": list(years), "weekend": sorted(weekend), "days": days}


def table_digest(years: tuple[int, int], weekend: Iterable[int], holidays: Mapping[date, str]) -> str:
    """The digest of a table: of the canonical JSON of its tree."""
    return digest(canonical(table_tree(years, weekend, holidays)))


def read_table(calendar: str, tree: Mapping[str, Any]) -> Table:
    """A table from its tree, with the digest that this has. The tree is one that `table_tree` made."""
    first, last = tree["years"]
    days = MappingProxyType({date.fromisoformat(day): name for day, name in tree["days"].items()})
    weekend = frozenset[int](tree["weekend"])
    return Table(calendar, (first, last), weekend, days, table_digest((first, last), weekend, days))
