"""A case as JSON: all its entries as they are kept, and the digest of the whole. `spec/redaction.md`.

The digest is over bytes that nobody can guess (the blind) and the case in its one spelling, so that it says nothing of
what is withheld, and whoever is shown the whole with its blind can check it against what was published.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from licet.core.cases.entry import Entry

FORMAT: Final = "licet-case-v1"

Tree = dict[str, Any]


def case_tree(case: str, procedure: str, entries: Sequence[Entry]) -> Tree:
    """A whole case. `procedure` is the digest of the procedure that it was opened under."""
    ordered = sorted(entries, key=lambda each: each.number)
    return {"format": FORMAT, "case": case, "procedure": procedure, "entries": [entry_tree(each) for each in ordered]}


def entry_tree(entry: Entry) -> Tree:
    """An entry; what it does not have is left out."""
    tree: Tree = {
        "number": entry.number,
        "event": entry.event,
        "role": entry.role,
        "actor": entry.actor,
        "at": _instant(entry.at),
        "happened": _instant(entry.happened),
        "fields": dict(entry.fields),
    }
    for name in ("party", "second", "late", "act"):
        if getattr(entry, name) is not None:
            tree[name] = getattr(entry, name)
    if entry.clock is not None:
        tree["clock"] = {"clock": entry.clock.clock, "started_by": entry.clock.started_by}
        if entry.clock.again:
            tree["clock"]["again"] = entry.clock.again
    if entry.exhibits:
        tree["exhibits"] = [
            {"name": each.name, "media_type": each.media_type, "size": each.size, "digest": each.digest}
            for each in entry.exhibits
        ]
    return tree


def spelled(tree: Tree) -> bytes:
    """A case in its one spelling: RFC 8785.

    The names of members are ASCII and there are no fractions in a case, so that sorting by characters and the
    standard library's numbers are what RFC 8785 asks for; it is many times faster. Raises `ValueError` for half a
    surrogate pair.
    """
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest_of(tree: Tree, blind: bytes) -> str:
    """The digest of a whole case: SHA-256 over its blind (32 bytes) and its one spelling."""
    return "sha256:" + sha256(blind + spelled(tree)).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
