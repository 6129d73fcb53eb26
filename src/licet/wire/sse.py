"""Where events end in a stream of server-sent events (WHATWG HTML, section 9.2.5), over whatever chunks it comes in."""

from __future__ import annotations

import re

_boundary = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n|\r\n\n")


class EventBoundary:
    """Follows a stream of bytes; `closed` says whether everything so far ends with a blank line (or is nothing)."""

    __slots__ = ("_tail",)

    def __init__(self) -> None:
        self._tail = b"\n\n"

    @property
    def closed(self) -> bool:
        """Whether an event of ours may follow here without running into one that is open."""
        return self._tail.endswith((b"\n\n", b"\r\n\r\n", b"\r\r", b"\n\r\n"))

    def feed(self, chunk: bytes) -> None:
        """Take note of a chunk that was passed on."""
        self._tail = chunk[-4:] if len(chunk) >= 4 else (self._tail + chunk)[-4:]

    def until_closed(self, chunk: bytes) -> bytes | None:
        """The part of the next chunk up to the end of the open event; None if it does not end there."""
        joined = self._tail + chunk
        for match in _boundary.finditer(joined):
            if match.end() > len(self._tail):
                return joined[len(self._tail) : match.end()]
        return None
