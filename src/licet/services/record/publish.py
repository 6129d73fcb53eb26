"""Publishing: from the store and the sealed journal to entries of the public log, each exactly once."""

from __future__ import annotations

from typing import Protocol

from licet.services.record.ports import Log


class GrowingLog(Log, Protocol):
    """A log that can also be begun, and finished where an append was cut short."""

    def create(self) -> None:
        """Begin the log with a checkpoint of size 0. Raises `LogUnavailable` where it was begun already."""

    @property
    def has_begun(self) -> bool:
        """Whether a checkpoint of this log was ever signed here. Raises `LogUnavailable`."""

    def publish(self) -> bytes:
        """Finish what an append could not, and publish; the published checkpoint. Raises as `append` does."""
