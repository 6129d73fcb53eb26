"""The rulebook in force, read again only where there is a new epoch."""

from __future__ import annotations

from threading import Lock

from licet.core.rulebook import Rulebook
from licet.services.ports import Store
from licet.services.rulebooks import epoch_of, in_force


class Law:
    """The rulebook of the store. Safe for several threads; blocks, so it is asked in one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._held: tuple[int, Rulebook] | None = None

    def rulebook(self) -> Rulebook:
        """The one of the newest epoch. Raises as `services.rulebooks.in_force` does."""
        with self._lock:
            epoch = epoch_of(self._store)
            if self._held is None or self._held[0] != epoch:
                self._held = (epoch, in_force(self._store))
            return self._held[1]
