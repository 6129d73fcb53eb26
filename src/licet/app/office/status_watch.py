"""Status lists, read again and again as long as the office lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from licet.services.identity.carriers.statuses import Statuses
from licet.services.ports import Clock, StoreUnavailable


async def watch_statuses(statuses: Statuses, wall: Clock, seconds: float, tell: Callable[..., None]) -> None:
    """A round every so many seconds, without an end. What goes wrong with one is said, and the next one comes.

    Were this to stop, nothing would be served that should not be: what is not confirmed stops to count by itself.
    """
    while True:
        try:
            await asyncio.to_thread(statuses.round, wall.now())
        except StoreUnavailable as error:
            tell("status lists not read", level="warning", error=str(error))
        except Exception as error:  # the office lives on, and says so
            tell("status lists not read", level="error", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(seconds)
