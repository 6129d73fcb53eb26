"""What was worked out of some objects, remembered by which objects they are.

For values that live long and are the same for very many cases (a procedure, a rule, a table): to compare them, or to
hash all that is in them, takes longer than what is worked out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

V = TypeVar("V")

MOST: Final = 1_024
"""Of how many objects in a row something is remembered, at most."""


class ByIdentity(Generic[V]):
    """It holds its objects, so that nothing else comes to have their identity while they are remembered."""

    __slots__ = ("_found", "_make")

    def __init__(self, make: Callable[..., V]) -> None:
        self._make = make
        self._found: dict[tuple[int, ...], tuple[tuple[Any, ...], V]] = {}

    def of(self, *objects: Any) -> V:
        """What was worked out of these objects, which are never changed."""
        key = tuple([id(each) for each in objects])
        found = self._found.get(key)
        if found is None:
            made = self._make(*objects)
            if len(self._found) >= MOST:
                self._found.clear()
            found = self._found[key] = objects, made
        return found[1]
