"""The journal's writer: records go in on the event loop, one thread makes them durable in groups.

One group at a time is on its way to the disk while the next one collects. Lone records leave at once; once several are
awaited together, they leave at a pace, so under load each write, wake-up and hand-over is shared by many. An `end`
record, which no answer waits for, goes with the next group. Failure is final: see docs/adr/0002.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple, TypeVarTuple

from licet.adapters.journal_file import JournalFile
from licet.wire.journal import EndRecord, JournalUnavailable, Record, encode

Ts = TypeVarTuple("Ts")

WORKER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Rotation:
    """When a worker begins its next file: past this many bytes, or with a record this much younger than the file."""

    bytes: int = 256 * 1024 * 1024
    age: timedelta = timedelta(hours=24)


class _Append(NamedTuple):
    frame: bytes
    at: datetime
    durable: asyncio.Future[None]


class _Stop(NamedTuple):
    at: datetime
    stopped: asyncio.Future[None]


_GROUP_LIMIT = 4096
"""About the most records in one group: it bounds what one write holds in memory (a record has at most 64 KiB)."""


_PATIENCE = 0.05
"""Seconds that an `end` record waits at most for a group to go with."""

_PACE = 0.002
"""Seconds from a group of several to the next, at least. Answers wait for their upstream meanwhile, which is longer."""


class JournalWriter:
    """Appends records durably. Its methods belong to one event loop; `open_journal` makes it.

    Once a write or a sync fails, the writer is done: what was in the air and every later append raises
    `JournalUnavailable`, and `failure` says why. It never tries the same file again, because a kernel that reported
    an error once may have dropped the pages and report success the next time.
    """

    def __init__(self, file: JournalFile, rotation: Rotation, loop: asyncio.AbstractEventLoop) -> None:
        self.failure: str | None = None
        self._file = file
        self._rotation = rotation
        self._loop = loop
        self._queue: SimpleQueue[list[_Append] | _Stop] = SimpleQueue()
        self._collected: list[_Append] = []
        self._away = False
        self._not_before = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._hurried = False
        self._awaited = 0
        self._create_future = loop.create_future
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def writable(self) -> bool:
        """Whether a record can still become durable."""
        return self.failure is None

    @property
    def path(self) -> Path:
        """The file that is written now."""
        return self._file.path

    def append(self, record: Record) -> asyncio.Future[None]:
        """A future that resolves once the record is durable, or raises `JournalUnavailable`.

        The record is written even if nobody waits any more. Raises `RecordTooLong` at once, with nothing written.
        """
        durable = self._create_future()
        if self.failure is not None:
            durable.set_exception(JournalUnavailable(self.failure))
            return durable
        self._collected.append(_Append(encode(record), record.at, durable))
        awaited = not isinstance(record, EndRecord)
        self._awaited += awaited
        if not self._away and not self._hurried:
            self._schedule(hurry=awaited)
        elif awaited:
            self._hurried = True
        return durable

    async def close(self, now: datetime) -> None:
        """Write what is queued, then the `closed` record; later appends raise. Harmless after a failure."""
        if self.failure is not None:
            return
        self.failure = "the journal is closed"
        self._flush()
        stopped = self._create_future()
        self._queue.put(_Stop(now, stopped))
        await stopped
        self._thread.join()

    def _schedule(self, *, hurry: bool) -> None:
        """Let what is collected leave when the pace allows it, or, if nobody waits for it, after a while."""
        wait = self._not_before - self._loop.time() if hurry else _PATIENCE
        if self._timer is not None:
            if not hurry:
                return
            self._timer.cancel()
        self._hurried = hurry
        if wait <= 0:
            self._flush()
        else:
            self._timer = self._loop.call_later(wait, self._flush)

    def _flush(self) -> None:
        """Give everything to the thread."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._hurried = False
        if self._collected:
            self._away = True
            self._not_before = self._loop.time() + _PACE if self._awaited > 1 else 0.0
            self._awaited = 0
            self._queue.put(self._collected)
            self._collected = []

    def _arrived(self, group: Sequence[_Append]) -> None:
        """On the loop: a group is durable."""
        for item in group:
            if not item.durable.done():
                item.durable.set_result(None)
        self._away = False
        if self._collected:
            self._schedule(hurry=self._hurried)

    def _run(self) -> None:
        """The writer thread. The loop learns everything through `_tell`; nothing else is shared but the queue."""
        group: list[_Append] = []
        stop: _Stop | None = None
        try:
            while stop is None:
                group, stop = self._next_group()
                if group:
                    self._write(group)
                    self._tell(self._arrived, group)
            self._file.finish(stop.at)
        except Exception as error:
            self._file.abandon()
            self._tell(self._fail, f"the journal cannot be written: {_reason(error)}", group)
        if stop is not None:
            self._tell(_release, stop.stopped)

    def _next_group(self) -> tuple[list[_Append], _Stop | None]:
        """Wait for a record, then take everything that is there."""
        item = self._queue.get()
        group: list[_Append] = []
        with suppress(Empty):
            while not isinstance(item, _Stop):
                group += item
                if len(group) >= _GROUP_LIMIT:
                    return group, None
                item = self._queue.get_nowait()
            return group, item
        return group, None

    def _write(self, group: Sequence[_Append]) -> None:
        file = self._file
        newest = group[-1].at
        if file.size >= self._rotation.bytes or newest - file.opened.at >= self._rotation.age:
            self._file = JournalFile.create(file.path.parent, file.opened.worker, newest, file.opened.segment + 1)
            file.finish(newest)
        self._file.append(b"".join([item.frame for item in group]), len(group))

    def _tell(self, callback: Callable[[*Ts], object], *arguments: *Ts) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(callback, *arguments)

    def _fail(self, reason: str, group: Sequence[_Append]) -> None:
        """On the loop: appends made after the thread gave up are in the queue, and none can follow."""
        self.failure = reason
        self._flush()
        _reject(group, reason)
        with suppress(Empty):
            while True:
                item = self._queue.get_nowait()
                _release(item.stopped) if isinstance(item, _Stop) else _reject(item, reason)


def open_journal(folder: Path, worker: str, now: datetime, rotation: Rotation | None = None) -> JournalWriter:
    """A writer on a new file `<folder>/<utc-start>-<worker>.journal`, for the running event loop.

    Raises `JournalUnavailable` where the file cannot be made durable, and ValueError for a worker's name that does
    not fit in a file's.
    """
    if not WORKER_NAME.fullmatch(worker):
        raise ValueError(f"the worker name `{worker}` is not letters, digits, `.`, `_` and `-`, at most 64")
    loop = asyncio.get_running_loop()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = JournalFile.create(folder, worker, now, 0)
    except OSError as error:
        raise JournalUnavailable(f"the journal in `{folder}` cannot be opened: {_reason(error)}") from error
    return JournalWriter(file, rotation or Rotation(), loop)


def _reject(group: Sequence[_Append], reason: str) -> None:
    for item in group:
        if not item.durable.done():
            item.durable.set_exception(JournalUnavailable(reason))
            item.durable.exception()  # whoever waits still gets it; where nobody does, that is no error of the program


def _release(stopped: asyncio.Future[None]) -> None:
    if not stopped.done():
        stopped.set_result(None)


def _reason(error: Exception) -> str:
    return error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error) or repr(error)
