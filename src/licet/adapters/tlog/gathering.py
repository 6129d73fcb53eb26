"""Entries of many who wait, appended together: one append takes as long for a hundred entries as for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from licet.adapters.tlog.apart import PublishingLog
from licet.core.errors import LicetError
from licet.services.record.ports import LogUnavailable, NotPublished

GATHER_SECONDS = 0.006
"""How long the first entry of a group waits for others; those that came during an append have waited already."""

WAITING_LIMIT = 64 * 2**20
"""How many bytes of entries may wait; who comes then is told to come back."""

RETRY_SECONDS = 5.0
"""How long after the last append, or after a failed publishing, the log is published and settled, if nobody appends."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of an entry: its index, and whether the published checkpoint has it yet."""

    index: int
    published: bool


@dataclass(slots=True)
class _Group:
    entries: list[bytes]
    waiting: list[asyncio.Future[Appended]]
    size: int = 0
    begun: float = 0.0


class Gathering:
    """Appends entries to a log in groups. Belongs to one event loop, in which `run` has to run."""

    def __init__(self, log: PublishingLog, told: Callable[[str], None]) -> None:
        """`told` gets a line about everything that goes wrong."""
        self._log = log
        self._told = told
        self._next = _Group([], [])
        self._there_is_some = asyncio.Event()
        self._owes = True  # an earlier process may have been cut short; then each append leaves something to settle

    async def append(self, entry: bytes) -> Appended:
        """Append one entry; on return it is durable and in the log for good.

        Raises `LogUnavailable` and `LogForked` where it is not; nobody knows of it then.
        """
        group = self._next
        if group.size + len(entry) > WAITING_LIMIT:
            raise LogUnavailable("too many entries are waiting to be appended: try again")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Appended] = loop.create_future()
        if not group.entries:
            group.begun = loop.time()
        group.entries.append(entry)
        group.waiting.append(done)
        group.size += len(entry)
        self._there_is_some.set()
        return await done

    async def run(self) -> None:
        """Append what waits, group by group, until it is cancelled."""
        while True:
            try:
                async with asyncio.timeout(RETRY_SECONDS if self._owes else None):
                    await self._there_is_some.wait()
            except TimeoutError:
                await self._publish()
                continue
            await asyncio.sleep(self._next.begun + GATHER_SECONDS - asyncio.get_running_loop().time())
            group, self._next = self._next, _Group([], [])
            self._there_is_some.clear()
            await self._append(group)

    async def _append(self, group: _Group) -> None:
        self._owes, published = True, True
        try:
            appended = await asyncio.to_thread(self._log.append, group.entries)
        except NotPublished as error:
            self._told(str(error))
            appended, published = error.appended, False
        except Exception as error:
            self._told(_said(error))
            for done in group.waiting:
                if not done.done():
                    done.set_exception(error)
            return
        for index, done in zip(appended, group.waiting, strict=True):
            if not done.done():  # who asked may have left
                done.set_result(Appended(index, published))

    async def _publish(self) -> None:
        try:
            await asyncio.to_thread(self._log.publish)
            self._owes = False
        except Exception as error:
            self._told(_said(error))


def _said(error: Exception) -> str:
    """What is told of an error; one that nobody foresaw must not end the loop, or everybody would wait for ever."""
    return str(error) if isinstance(error, LicetError) else repr(error)
