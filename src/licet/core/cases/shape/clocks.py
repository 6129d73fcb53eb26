"""The shape of the clocks of a procedure, and of how long its cases are kept."""

from __future__ import annotations

import re
from datetime import time

from licet.core.cases.clock import Roll
from licet.core.cases.shape.limit import limit, limits
from licet.core.cases.shape.parts import Keys, Reader, by_name, flag, keyed, name, one_of
from licet.core.errors import Path
from licet.core.form import Shape
from licet.core.shaping import Shaping, Tree, text

TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
REASONS = "reasons by name, each a mapping with `title`, `source`, and optionally `cap`"
TOLL = Keys(
    "a mapping with `title`, `source`, and optionally `cap`",
    {"title": text, "cap": limit, "source": text},
    frozenset(("title", "source")),
)
RETENTION = Keys(Shape.RETENTION.value, {"limit": limit, "source": text}, frozenset(("limit", "source")))


def time_of_day(shaping: Shaping, path: Path, value: Tree) -> str:
    """A time of day, to the second."""
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise shaping.wrong(path, value, "a time of day, as in `17:00`")
    return time.fromisoformat(value).isoformat()


def tolls(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """Why time may not count, and how much of it."""
    return by_name(shaping, path, value, REASONS, lambda s, p, each: keyed(s, p, each, TOLL))


def retention(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
    """How long a case is kept after its latest event."""
    return keyed(shaping, path, value, RETENTION)


def clocks(zone: Reader) -> Reader:
    """The reader of clocks; `zone` reads the name of a time zone."""
    keys = Keys(
        "a mapping with `title`, `owner`, `limit`, `source`, and what else holds of the clock",
        {
            "title": text,
            "owner": name,
            "limit": limits,
            "source": text,
            "zone": zone,
            "first_day": flag,
            "end_of_day": time_of_day,
            "roll": one_of(*(each.value for each in Roll)),
            "tolls": tolls,
            "event": name,
            "repeats": flag,
            "warns": limit,
            "appealable": flag,
        },
        frozenset(("title", "owner", "limit", "source")),
        {
            "first_day": False,
            "end_of_day": "23:59:59",
            "roll": Roll.NONE.value,
            "repeats": False,
            "appealable": False,
        },
    )

    def one(shaping: Shaping, path: Path, value: Tree) -> dict[str, Tree]:
        read = keyed(shaping, path, value, keys)
        if read["repeats"] and "event" in read:
            message = "a clock that starts anew when it is met makes no event when it runs out; leave one of them out"
            raise shaping.report((*path, "repeats"), message, at_key=True)
        return read

    return lambda shaping, path, value: by_name(shaping, path, value, Shape.CLOCKS.value, one)
