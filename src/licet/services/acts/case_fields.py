"""Readers of what acts on cases say: a case to open, an entry to make. What an event takes is checked by its case."""

from __future__ import annotations

import json
import re
from typing import Any

from licet.services.acts.fields import any_number, digest, instant, line, maybe, record, text, whole
from licet.services.acts.refusal import ActRefused
from licet.wire.canonical import canonical

CASE = re.compile(r"C-[1-9][0-9]{0,11}", re.ASCII)
LONGEST = 256 << 10
"""Bytes of the fields of one entry."""


def case_name(value: Any) -> str:
    """The name of a case."""
    if isinstance(value, str) and CASE.fullmatch(value):
        return value
    raise ActRefused("the name of a case, as in `C-17`")


def plain(value: Any) -> dict[str, Any]:
    """Fields by name, as plain JSON in its one spelling."""
    try:
        content = canonical(value) if isinstance(value, dict) else None
    except (ValueError, RecursionError):  # a number that JSON does not carry through, or what is no JSON
        content = None
    if content is None or len(content) > LONGEST:
        raise ActRefused(f"fields by name, as plain JSON of at most {LONGEST:,} bytes")
    found: dict[str, Any] = json.loads(content)
    return found


ENTRY = {
    "event": line,
    "role": line,
    "fields": plain,
    "party": maybe(line),
    "happened": maybe(instant),
    "late": maybe(text),
    "exhibits": any_number(record(name=line, media_type=line, size=whole, digest=digest)),
}
new_entry = record(case=case_name, on=whole, **ENTRY)
new_case = record(procedure=digest, **ENTRY, links=any_number(record(relation=line, target=line)))
