"""A stretch of the cases, in the order in which they were opened."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Cases after one (None: from the first) up to and with another (None: to the last)."""

    after: str | None
    last: str | None
