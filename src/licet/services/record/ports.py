"""What the verbs need of a log: to append to it, durably and for good, and to read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from licet.core.errors import LicetError
from licet.record.tiles import TileReader


class LogUnavailable(LicetError):
    """The log cannot be written or read now: a disk, a lock, a key, a witness. Nothing was appended in part."""


class NotPublished(LogUnavailable):
    """The entries are in the log for good, but what shows them is not published yet; the next append goes on with that.

    They must not be appended again. `appended` are their indices.
    """

    def __init__(self, appended: range, why: str) -> None:
        super().__init__(
            f"entries {appended.start} to {appended.stop - 1} are in the log, but not published yet ({why}): "
            "do not append them again; the next append or publishing goes on"
        )
        self.appended = appended
        self.why = why


class LogForked(LicetError):
    """What lies here is not what was last signed: a restored backup, or a second writer. Nothing is signed."""


class Log(Protocol):
    """One append-only log. Raises `LogUnavailable` and `LogForked`."""

    @property
    def origin(self) -> str:
        """The log's name, the first line of its checkpoints."""

    @property
    def tiles(self) -> TileReader:
        """Its tiles and entry bundles."""

    def append(self, entries: Sequence[bytes]) -> range:
        """Append entries in this order; their indices.

        On return they are durable, a checkpoint that covers them is signed, has won the swap, and is published with
        as many cosignatures as the policy asks for.
        """

    def checkpoint(self) -> bytes:
        """The newest published checkpoint, with its signatures."""
