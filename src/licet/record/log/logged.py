"""What a log says of segments and of epochs, by what it is about: as far as claims need it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from licet.record.log.entries import Acknowledged, Deletion, Enacted, Entry, JournalSegment, SubjectFacts


@dataclass(slots=True)
class Logged:
    """What the log's entries say, as far as claims need it."""

    segments: dict[str, JournalSegment] = field(default_factory=dict)
    facts: dict[str, SubjectFacts] = field(default_factory=dict)
    deletions: dict[str, Deletion] = field(default_factory=dict)
    enacted: list[tuple[datetime, int]] = field(default_factory=list)
    acknowledged: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)


def logged(entries: Iterable[tuple[int, Entry]]) -> Logged:
    """The same by what it is about; of instants and epochs, each with the highest epoch up to then."""
    found = Logged()
    for _, entry in entries:
        match entry:
            case JournalSegment():
                found.segments[entry.segment] = entry
            case SubjectFacts():
                found.facts[entry.segment] = entry
            case Deletion():
                found.deletions[entry.segment] = entry
            case Enacted():
                found.enacted.append((entry.at, entry.epoch))
            case Acknowledged():
                found.acknowledged.setdefault(entry.worker, []).append((entry.at, entry.epoch))
            case _:
                pass
    for steps in (found.enacted, *found.acknowledged.values()):
        steps.sort()
        highest = 0
        for at, (instant, epoch) in enumerate(steps):
            highest = max(highest, epoch)
            steps[at] = (instant, highest)
    return found
