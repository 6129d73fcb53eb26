"""Work that may wait for an issuer: in threads of its own, so that one who hangs holds up nobody who needs none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

THREADS = 16
"""How many may wait for issuers at once; whoever comes then waits for them, and all other work goes on."""

P = ParamSpec("P")
T = TypeVar("T")

_THREADS = ThreadPoolExecutor(THREADS, "issuers")


async def asking(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns, as `asyncio.to_thread`, and raises what it raises."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, partial(work, *args, **kwargs))
