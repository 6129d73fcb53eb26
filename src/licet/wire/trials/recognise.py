"""Which format a file is in, by what it begins with."""

from __future__ import annotations

import re
from enum import StrEnum

LOOK = 1 << 16
"""So many bytes are looked at."""


class Format(StrEnum):
    """The formats that trials are read from."""

    LINES = "lines"
    INSPECT = "inspect"
    GARAK = "garak"
    PROMPTFOO = "promptfoo"


def recognise(beginning: bytes) -> Format | None:
    """The format of a file that begins so; None where it is none of those that are known."""
    if beginning.startswith(b"PK\x03\x04"):
        return Format.INSPECT
    first = beginning.lstrip(b" \t\r\n")[:LOOK]
    line = first.partition(b"\n")[0]
    if re.match(rb'\{\s*"trials"\s*:', line):
        return Format.LINES
    if re.search(rb'"entry_type"\s*:', line):
        return Format.GARAK
    if not first.startswith(b"{"):
        return None
    if re.search(rb'^\{\s*"evalId"\s*:', first) or re.search(rb'^\{\s*"results"\s*:', first):
        return Format.PROMPTFOO
    if re.search(rb'^\{\s*"version"\s*:\s*\d+\s*,\s*"status"\s*:', first) or re.search(rb'"eval_id"\s*:', first):
        return Format.INSPECT
    return None
