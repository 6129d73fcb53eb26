"""The log: one JSON object a line. No prompts, no answers, no keys, no names of people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

import msgspec


class Log:
    """Writes lines to `stream` (standard error, unless told otherwise)."""

    def __init__(self, now: Callable[[], datetime], worker: str, stream: TextIO | None = None) -> None:
        self._now = now
        self._worker = worker
        self._stream = stream or sys.stderr

    def __call__(self, event: str, **fields: object) -> None:
        """One line. A log that cannot be written stops nothing."""
        line = {"at": self._now().isoformat(timespec="milliseconds"), "worker": self._worker, "event": event, **fields}
        try:
            self._stream.write(msgspec.json.encode(line).decode() + "\n")
            self._stream.flush()
        except OSError:
            return
