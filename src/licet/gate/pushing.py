"""What one worker wrote itself, all workers hear of at once: a push for many writes, and never two side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

PAUSE_SECONDS = 0.05
"""Between two pushes: what is written meanwhile goes with the next one."""


class Pushing:
    """Belongs to one event loop; `push` tells every worker that the store changed.

    A push that fails is made up for by each worker's heartbeat.
    """

    def __init__(self, push: Callable[[], Awaitable[object]]) -> None:
        self._push = push
        self._loop = asyncio.get_running_loop()
        self._wanted = False
        self._running: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        """Something was written, in any thread."""
        self._loop.call_soon_threadsafe(self._ask)

    def _ask(self) -> None:
        self._wanted = True
        if self._running is None:
            self._running = self._loop.create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                await self._push()
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            self._running = None
