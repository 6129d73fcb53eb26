"""Fact values as plain JSON: one spelling each way, for stores, vectors, CSV and the wire."""

from __future__ import annotations

from licet.core.errors import LicetError
from licet.core.facts import LARGEST_INTEGER, UNKNOWN, Members, Unknown, Value


class ValueFormError(LicetError, ValueError):
    """A JSON tree (or a value) that no fact can have in the one spelling; the message quotes it."""


def to_json(value: Value) -> object:
    """A value as JSON: `true`, `3`, `"x"`, `{"known": [...], "complete": bool}`, `{"unknown": true}`.

    Members are sorted, so that equal values have equal bytes. Raises `ValueFormError` for an integer past 2**53 - 1.
    """
    match value:
        case Unknown():
            return {"unknown": True}
        case Members(known, complete):
            return {"known": sorted(known), "complete": complete}
        case bool() | str():
            return value
        case int():
            return _exact(value)


def from_json(tree: object) -> Value:
    """The value that a JSON tree spells; the reverse of `to_json`. Raises `ValueFormError` for every other tree."""
    match tree:
        case bool() | str():
            return tree
        case int():
            return _exact(tree)
        case {"unknown": bool(unknown), **rest} if unknown and not rest:
            return UNKNOWN
        case {"known": list(known), "complete": bool(complete), **rest} if not rest:
            return Members(_members(known), complete)
    raise ValueFormError(
        f"`{tree!r}` is not a value: use true, false, a whole number, a string,"
        ' {"known": [...], "complete": true or false} or {"unknown": true}'
    )


def _exact(value: int) -> int:
    if abs(value) > LARGEST_INTEGER:
        raise ValueFormError(f"`{value}` is too large: whole numbers go from -{LARGEST_INTEGER} to {LARGEST_INTEGER}")
    return value


def _members(known: list[object]) -> frozenset[str]:
    members = [member for member in known if isinstance(member, str)]
    if len(members) != len(known):
        raise ValueFormError(f"`{known!r}` is not a set of strings")
    if len(set(members)) != len(members):
        raise ValueFormError(f"`{known!r}` names a member twice")
    return frozenset(members)
