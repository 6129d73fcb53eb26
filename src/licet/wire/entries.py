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

import msgspec

from licet.core.cases.entry import Entry

FORMAT: Final = "licet-case-v1"

SAFE: Final = 2**53 - 1
"""The largest number that RFC 8785 knows exactly."""

Tree = dict[str, Any]

_encoder = msgspec.json.Encoder(order="sorted")


def case_tree(case: str, procedure: str, entries: Sequence[Entry]) -> Tree:
    """A whole case. `procedure` is the digest of the procedure that it was opened under."""
    ordered = sorted(entries, key=lambda each: each.number)
    return {"format": FORMAT, "case": case, "procedure": procedure, "entries": [entry_tree(each) for each in ordered]}


def entry_tree(entry: Entry) -> Tree:
    """An entry; what it does not have is left out."""
    at = _instant(entry.at)
    tree: Tree = {
        "number": entry.number,
        "event": entry.event,
        "role": entry.role,
        "actor": entry.actor,
        "at": at,
        "happened": at if entry.happened == entry.at else _instant(entry.happened),
        "fields": dict(entry.fields),
    }
    if entry.party is not None:
        tree["party"] = entry.party
    if entry.second is not None:
        tree["second"] = entry.second
    if entry.late is not None:
        tree["late"] = entry.late
    if entry.act is not None:
        tree["act"] = entry.act
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
    return _fast(tree) if _is_simple(tree) else _slow(tree)


def _is_simple(value: Any) -> bool:
    """Whether it is of texts, of numbers without fractions that fit into 64 bits, and of lists and members of such."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return abs(int(value)) <= SAFE
    if kind is dict:
        return all(type(name) is str and _is_simple(each) for name, each in value.items())
    return kind is list and all(_is_simple(each) for each in value)


def _fast(tree: Tree) -> bytes:
    return _encoder.encode(tree)


def _slow(tree: Tree) -> bytes:
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest_of(tree: Tree, blind: bytes) -> str:
    """The digest of a whole case (`case_tree`): SHA-256 over its blind (32 bytes) and its one spelling."""
    is_simple = all(_is_simple(each["fields"]) for each in tree["entries"])  # all else in it is plain by its making
    return "sha256:" + sha256(blind + (_fast(tree) if is_simple else _slow(tree))).hexdigest()


def _instant(at: datetime) -> str:
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()
