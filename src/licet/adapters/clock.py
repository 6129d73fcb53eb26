"""Clocks: the system's, and one that a scenario sets."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """`services.ports.Clock` on the system's time."""

    def now(self) -> datetime:
        """See the port."""
        return datetime.now(UTC)


class ScenarioClock:
    """A clock that was set to an instant and runs on from there at the speed of real time.

    Until it is set, it shows the system's time, or runs on from `start`.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = timedelta()
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """See the port."""
        return datetime.now(UTC) + self._offset

    def set(self, at: datetime) -> None:
        """Show `at` from now on. Raises `ValueError` for an instant without an offset from UTC."""
        if at.tzinfo is None:
            raise ValueError(f"`{at.isoformat()}` has no offset from UTC")
        self._offset = at.astimezone(UTC) - datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only grow, for deadlines and ages."""
    return time.monotonic()
