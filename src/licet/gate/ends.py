"""Records of how answers ended: nobody waits for them, so they go to the disk in company."""

from __future__ import annotations

import asyncio

from licet.gate.ports import Journal
from licet.wire.journal import EndRecord

HELD_SECONDS = 0.05
"""How long a record waits for a decision to travel with. A worker that is killed loses no more ends than that."""


class Ends:
    """Holds end records until the next decision is recorded, or a moment has passed; each saves a write of its own."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._held: list[EndRecord] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, record: EndRecord) -> None:
        """Record an end, soon."""
        self._held.append(record)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(HELD_SECONDS, self._on_time)

    def flush(self) -> None:
        """Hand over what is held; where the journal cannot be written, the next decision says so."""
        if self._held:
            held, self._held = self._held, []
            for record in held:
                if self._journal.writable:
                    self._journal.append(record)

    def _on_time(self) -> None:
        self._timer = None
        self.flush()
