"""Where publishing is done: a lock, and a file with what was found in the log last. Losing it costs only time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from licet.services.record.ports import LogUnavailable

LOCK = "publishing"
MEMORY = "published.json"


class DeskFolder:
    """`services.record.publishing.publish.Desk` in a folder of mode 0700, which others may use, too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def turn(self) -> Iterator[None]:
        """See the port."""
        path = self._folder / LOCK
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LogUnavailable(f"cannot lock `{path}`: {error.strerror}") from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                other = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
                raise LogUnavailable(f"another process ({other}) publishes just now: try again, or end it") from error
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def load(self) -> bytes | None:
        """See the port."""
        try:
            return (self._folder / MEMORY).read_bytes()
        except OSError:
            return None

    def keep(self, content: bytes) -> None:
        """See the port. What cannot be kept is read from the log again."""
        draft = self._folder / f".{MEMORY}"
        with suppress(OSError):
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            draft.replace(self._folder / MEMORY)
