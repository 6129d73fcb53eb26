"""The simplest somebody of whom a formula holds: wishes that are granted one after the other, as far as they can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import z3

from licet.engines.smt.logic import Holds

Ask = Callable[[Sequence[z3.BoolRef]], Holds | None]
"""What holds of somebody of whom all this does; None if nobody was found."""


class Wishes:
    """What is settled about somebody. What holds of whoever was found last is granted without a question."""

    def __init__(self, ask: Ask, settled: Sequence[z3.BoolRef], found: Holds) -> None:
        """To begin with, `found` is somebody of whom `settled` holds."""
        self._ask = ask
        self._settled = [*settled]
        self.found = found

    def settle(self, wish: z3.BoolRef) -> bool:
        """Grant a wish where it can be granted, and say whether it was."""
        if not self.found(wish) and not self._can_be(wish):
            return False
        self._settled.append(wish)
        return True

    def settle_first(self, flags: Sequence[z3.BoolRef], contraries: Sequence[z3.BoolRef]) -> None:
        """Settle on the first of some flags that can be, where one of them always is, and only one."""
        place = self._place(flags)
        while place > 0 and self._can_be(*contraries[place:]):
            place = self._place(flags)
        self._settled.append(flags[place])

    def _place(self, flags: Sequence[z3.BoolRef]) -> int:
        return next(place for place, flag in enumerate(flags) if self.found(flag))

    def _can_be(self, *wishes: z3.BoolRef) -> bool:
        found = self._ask([*self._settled, *wishes])
        if found is None:
            return False
        self.found = found
        return True
