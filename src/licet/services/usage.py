"""How often each subject asked for each model lately, as the journal has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from licet.services.drill_report import JournalReader
from licet.wire.journal import DecisionRecord

LEAST_DAYS = 1.0
"""A journal of less than a day counts as one of a day: nothing is extrapolated from an hour."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a journal says of the last `days`: how often each subject asked for each model, by whatever name of it.

    Subjects are pseudonyms, as in the journal.
    """

    days: float
    asked: Mapping[tuple[str, str], int]


def usage(journal: JournalReader, now: datetime, most_days: int) -> Usage | None:
    """The requests of the days that the journal covers, at most so many before `now`; None if it has none of them."""
    since = now - timedelta(days=most_days)
    first, asked = now, Counter[tuple[str, str]]()
    for _, entry in journal.entries(since):
        if isinstance(entry, DecisionRecord) and entry.subject is not None and since <= entry.at <= now:
            first = min(first, entry.at)
            asked[entry.subject, entry.requested] += 1
    if not asked:
        return None
    return Usage(max((now - first) / timedelta(days=1), LEAST_DAYS), asked)
