"""What the journal calls subjects: by the newest key of pseudonyms, which can be changed while the gate runs."""

from __future__ import annotations

from collections.abc import Callable

from licet.services.keys import pseudonym


class Naming:
    """Gives pseudonyms. `current` reads the newest generation and its key; it raises `StoreUnavailable`."""

    def __init__(self, current: Callable[[], tuple[int, bytes]]) -> None:
        self._current = current
        self._key = current()[1]

    def __call__(self, subject: str) -> str:
        """What a subject is called now."""
        return pseudonym(self._key, subject)

    def renew(self) -> None:
        """The keys changed. Blocks. Those who were named before keep their names until they are named again."""
        self._key = self._current()[1]
