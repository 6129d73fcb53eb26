"""Who asks, and by which law: nothing is decided before both are known, and fresh."""

from __future__ import annotations

import asyncio

from licet.gate.callers import Caller, Presented
from licet.gate.enforced import Enforced
from licet.gate.parts import Parts
from licet.gate.refused import Refused, unavailable
from licet.gate.strangers import not_let_in
from licet.gate.watch import Watch, stale_failure
from licet.services.identity.carriers.admission import KeysUnavailable, is_token
from licet.services.ports import StoreUnavailable


async def who_asks(parts: Parts, key: str) -> Caller:
    """Who asks by a key or a token, from memory or the store. Raises `Refused` with 401 or 503.

    After it returns from memory, nothing can change until the caller of this awaits something.
    """
    law(parts.watch)
    callers = parts.callers
    now = parts.clock.now()
    found = callers.known(key, now)
    while isinstance(found, Presented):
        try:
            async with asyncio.timeout(parts.limits.connect_seconds):
                found = await callers.look_up(found, parts.watch.rulebook, now)
        except KeysUnavailable:
            raise unavailable("keys_unavailable", "who you are cannot be checked now; try again", 10) from None
        except (StoreUnavailable, TimeoutError):
            raise unavailable("store_unavailable", "who you are cannot be looked up now; try again", 5) from None
    if not isinstance(found, Caller):
        raise Refused(not_let_in(found, token=is_token(key)))
    return found


def law(watch: Watch) -> Enforced:
    """The rulebook in force. Raises `Refused` with 503 if it is not known, or not fresh."""
    if watch.enforced is None or watch.stale:
        raise Refused(stale_failure(watch.age))
    return watch.enforced
