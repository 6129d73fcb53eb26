"""The log: one JSON object a line. No prompts, no answers, no keys, no names of people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

import msgspec

LEVELS = ("debug", "info", "warning", "error")
"""From what is only of interest while looking for something, to what somebody has to see to."""


class Log:
    """Writes lines of the level `least` and above to `stream` (standard error, unless told otherwise)."""

    def __init__(
        self, now: Callable[[], datetime], worker: str, stream: TextIO | None = None, least: str = "info"
    ) -> None:
        self._now = now
        self._worker = worker
        self._stream = stream or sys.stderr
        self._written = frozenset(LEVELS[LEVELS.index(least) :])

    def __call__(self, event: str, /, *, level: str = "info", **fields: object) -> None:
        """One line. A log that cannot be written stops nothing."""
        if level not in self._written:
            return
        at = self._now().isoformat(timespec="milliseconds")
        line = {"at": at, "level": level, "worker": self._worker, "event": event, **fields}
        try:
            self._stream.write(msgspec.json.encode(line).decode() + "\n")
            self._stream.flush()
        except OSError:
            return
