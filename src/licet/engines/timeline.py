"""A rulebook through time: compiled for now, and for what comes after the next boundary before it comes."""

from __future__ import annotations

from datetime import datetime

from licet.core.rulebook import Rulebook
from licet.engines.points import Points, compile_points
from licet.engines.signature import Signatures


class Timeline:
    """The compiled rulebook of each instant. `prepare` may run in another thread than `at`; each swap is one
    assignment, so a decision sees the rulebook of one side of a boundary or of the other, whole. Vectors are good for
    all of its time.
    """

    def __init__(self, rulebook: Rulebook, now: datetime) -> None:
        self.rulebook = rulebook
        self._signatures = Signatures(rulebook)
        self._current = compile_points(rulebook, now, self._signatures)
        self._ahead: Points | None = None

    @property
    def next_boundary(self) -> datetime | None:
        """The next instant at which what is in force changes."""
        return self._current.end

    def prepare(self) -> None:
        """Compile what comes after the next boundary, unless that has been done. Takes milliseconds."""
        boundary = self._current.end
        ahead = self._ahead
        if boundary is not None and (ahead is None or ahead.start != boundary):
            self._ahead = compile_points(self.rulebook, boundary, self._signatures)

    def at(self, now: datetime) -> Points:
        """What is compiled for this instant, which may also lie before the last one."""
        current = self._current
        if current.start <= now and (current.end is None or now < current.end):
            return current
        ahead = self._ahead
        if ahead is None or now < ahead.start or (ahead.end is not None and now >= ahead.end):
            ahead = compile_points(self.rulebook, now, self._signatures)
        self._current = ahead  # not read again: another thread may ask for another instant meanwhile
        return ahead
