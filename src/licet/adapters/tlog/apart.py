"""A log that is appended to by a process of its own, so that whoever takes entries never waits for the interpreter.

The process is forked, because a key in a token cannot be handed over. It ends when its parent does, whatever ends that.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any, Protocol

from licet.core.errors import LicetError
from licet.record.tree.tiles import TileReader
from licet.services.record.ports import Log, LogForked, LogUnavailable, NotPublished


class PublishingLog(Log, Protocol):
    """A log that can also finish what an append could not."""

    def publish(self) -> bytes:
        """See `FolderLog.publish`."""


class LogApart:
    """A `PublishingLog` whose `append` and `publish` are carried out by a child of this process.

    To be made before there are threads and sockets, which the child would have, too.
    """

    def __init__(self, log: PublishingLog) -> None:
        self._log = log
        self._turn = Lock()
        self._way, other = get_context("fork").Pipe()
        self._process = get_context("fork").Process(target=_work, args=(log, other, self._way), name="log", daemon=True)
        self._process.start()
        other.close()

    @property
    def origin(self) -> str:
        """See the port."""
        return self._log.origin

    @property
    def tiles(self) -> TileReader:
        """See the port."""
        return self._log.tiles

    def checkpoint(self) -> bytes:
        """See the port."""
        return self._log.checkpoint()

    def append(self, entries: Sequence[bytes]) -> range:
        """See the port."""
        start, stop = self._asked(list(entries))
        return range(start, stop)

    def publish(self) -> bytes:
        """See `FolderLog.publish`."""
        published: bytes = self._asked(None)
        return published

    def close(self) -> None:
        """Let what is under way end, then the process."""
        with self._turn:
            self._way.close()
        self._process.join()

    def _asked(self, entries: list[bytes] | None) -> Any:
        try:
            with self._turn:
                self._way.send(entries)
                said, value = self._way.recv()
        except (OSError, EOFError) as error:
            raise LogUnavailable(
                "the process that appends to the log has ended: start `licet record serve` again, "
                "and read the log before anything is appended again"
            ) from error
        if said == "done":
            return value
        if said == "not published":
            start, stop, why = value
            raise NotPublished(range(start, stop), why)
        raise {"forked": LogForked, "unavailable": LogUnavailable}.get(said, LicetError)(value)


def _work(log: PublishingLog, way: Connection, parents: Connection) -> None:
    """The child: one request after the other, until nobody can ask any more."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parent decides; it closes the way when it has answered everybody
    parents.close()
    with suppress(EOFError, OSError):
        while True:
            way.send(_answer(log, way.recv()))
    os._exit(0)


def _answer(log: PublishingLog, entries: list[bytes] | None) -> tuple[str, object]:
    """What became of a request, in values that get through a pipe."""
    try:
        if entries is None:
            return "done", log.publish()
        appended = log.append(entries)
        return "done", (appended.start, appended.stop)
    except NotPublished as error:
        return "not published", (error.appended.start, error.appended.stop, error.why)
    except LogForked as error:
        return "forked", str(error)
    except LogUnavailable as error:
        return "unavailable", str(error)
    except Exception as error:
        return "other", str(error) if isinstance(error, LicetError) else repr(error)
