"""The order in which entries count: when they happened, and at the same instant the clock last, then by number.

What is done at the instant at which it is due is in time, so the clock comes after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from licet.core.cases.entry import Entry


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in the order in which they count."""
    return sorted(entries, key=place)


def place(entry: Entry) -> tuple[datetime, bool, int]:
    """What an entry is ordered by."""
    return entry.happened, entry.clock is not None, entry.number


def is_backdated(entry: Entry) -> bool:
    """Whether somebody recorded it after it happened. (What a clock enters is always about an instant before.)"""
    return entry.clock is None and entry.happened < entry.at
