"""Choosing among the newest records of the journal: by how a decision ended, or by whom it was about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from licet.services.identity.pseudonyms import Generations, pseudonyms
from licet.services.status import JournalView
from licet.wire.journal import DecisionRecord, Entry

READ_FOR_EACH = 50
"""Records read for each that is shown, where only some are asked for."""


def newest_records(
    journal: JournalView,
    generations: Callable[[], Generations],
    count: int,
    *,
    outcome: str | None,
    subject: str | None,
) -> Sequence[Entry]:
    """The newest records, at most so many; of decisions that ended so, or about a subject, where that is asked."""
    marks = None if subject is None else pseudonyms(generations(), subject)
    chosen = outcome is not None or marks is not None
    entries = journal.tail(count * READ_FOR_EACH if chosen else count)
    return [each for each in entries if not chosen or _matches(each, outcome, marks)][-count:]


def _matches(entry: Entry, outcome: str | None, marks: Collection[str] | None) -> bool:
    if not isinstance(entry, DecisionRecord):
        return False
    return (outcome is None or entry.outcome == outcome) and (
        marks is None or entry.subject in marks or entry.beside in marks
    )
