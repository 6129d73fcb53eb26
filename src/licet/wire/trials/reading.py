"""What a file of trials gave: its sources, its trials, and what is missing of it or was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.trial import Source, Trial


@dataclass(frozen=True, slots=True)
class Reading:
    """The trials of one file or of several, where they come from, and the holes that the files themselves show.

    Holes that only a suite or an inquiry shows (items not run, too few tries) are found by whoever judges.
    """

    sources: tuple[Source, ...]
    trials: Sequence[Trial]
    holes: tuple[Hole, ...] = ()


def changed(said: str, items: Sequence[str] = (), count: int = 0, arm: str = "") -> Hole:
    """A log is not what it was."""
    names = tuple(dict.fromkeys(items))
    return Hole(Gap.LOG_CHANGED, said, arm, names, count or len(names))


def incomplete(said: str, items: Sequence[str] = (), count: int = 0) -> Hole:
    """A log does not hold all that it should."""
    names = tuple(dict.fromkeys(items))
    return Hole(Gap.LOG_INCOMPLETE, said, "", names, count or len(names))
