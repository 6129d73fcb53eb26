"""The pace of the wall clock, kept in a file of the state directory, so that a restart forgets no jump."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import msgspec

from licet.services.cases.pace import Pace, paced

FILE = "clock-pace.json"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class PaceFile:
    """See the module."""

    def __init__(self, state: Path) -> None:
        self._path = state / FILE
        self._boot = BOOT_ID.read_text().strip()

    def look(self) -> Pace:
        """The pace now. Without a file this is the first look; with one that cannot be read nobody knows what was,
        and that counts as a jump.
        """
        running = time.clock_gettime(time.CLOCK_BOOTTIME)
        try:
            found = paced(self._kept(), self._boot, time.time(), running)
        except (OSError, msgspec.DecodeError):
            found = replace(paced(None, self._boot, time.time(), running), jumped=running)
        self._keep(found)
        return found

    def confirm(self) -> Pace:
        """The pace now, taken for right."""
        found = self.look().confirmed()
        self._keep(found)
        return found

    def _kept(self) -> Pace | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Pace)
        except FileNotFoundError:
            return None

    def _keep(self, pace: Pace) -> None:
        new = self._path.with_name(f"{FILE}.{os.getpid()}")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(pace))
        new.replace(self._path)
