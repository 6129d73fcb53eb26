"""Values as plain JSON and back, by their own types: what a field means is said once, where the value is defined.

An object has every field of its value, by name; a tuple is a list; an enumeration its word; an instant RFC 3339 with
its offset. Reading is strict: an unknown field, a missing one that has no default, another type or a number that is not
finite is an error with its place.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from licet.core.errors import LicetError
from licet.core.evidence.severity import LEVEL_NAMED, Level

Value = TypeVar("Value")

LARGEST = 2**53 - 1
"""The largest whole number that RFC 8785 writes exactly."""


class NotPlain(LicetError):
    """A tree that no value of the type has, or a value that JSON cannot hold; the message begins with the place."""


def plain(value: object, place: str = "$") -> Any:
    """A value as a JSON tree. Raises `NotPlain` for a number that is not finite, and an instant without an offset."""
    match value:
        case None | bool():
            return value
        case Level():
            return value.word
        case Enum():
            return value.value
        case str():
            return value
        case int() | float():
            return _number(value, place)
        case datetime():
            return _instant(value, place)
        case tuple():
            return [plain(each, f"{place}[{at}]") for at, each in enumerate(value)]
        case frozenset():
            return sorted(plain(each, place) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        raise NotPlain(f"{place}: a `{type(value).__name__}` has no form in JSON")
    return {each.name: plain(getattr(value, each.name), f"{place}.{each.name}") for each in fields(value)}


def value_from(kind: type[Value], tree: object, place: str = "$") -> Value:
    """The value of this type that a tree spells; the reverse of `plain`. Raises `NotPlain`."""
    return cast("Value", _read(kind, tree, place))


def _number(value: float, place: str) -> float:
    if not isfinite(value) or (isinstance(value, int) and abs(value) > LARGEST):
        raise NotPlain(f"{place}: `{value}` is no number that JSON can hold")
    return value


def _instant(value: datetime, place: str) -> str:
    if value.utcoffset() is None:
        raise NotPlain(f"{place}: `{value}` has no offset")
    return value.isoformat()


def _read(kind: Any, tree: object, place: str) -> object:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _optional(kind, tree, place)
    if origin is tuple:
        return _tuple(get_args(kind), tree, place)
    if origin is frozenset:
        return frozenset(_tuple((*get_args(kind), ...), tree, place))
    if is_dataclass(kind):
        return _record(cast("type[object]", kind), tree, place)
    return _simple(kind, tree, place)


def _optional(kind: Any, tree: object, place: str) -> object:
    inner = [each for each in get_args(kind) if each is not NoneType]
    assert len(inner) == 1, f"{kind} is a union of more than a value and nothing"
    return None if tree is None else _read(inner[0], tree, place)


def _tuple(parts: tuple[Any, ...], tree: object, place: str) -> tuple[object, ...]:
    if not isinstance(tree, list):
        raise _wrong(place, tree, "a list")
    if parts[-1] is Ellipsis:
        return tuple(_read(parts[0], each, f"{place}[{at}]") for at, each in enumerate(tree))
    if len(tree) != len(parts):
        raise _wrong(place, tree, f"a list of {len(parts)}")
    return tuple(_read(part, each, f"{place}[{at}]") for at, (part, each) in enumerate(zip(parts, tree, strict=True)))


def _record(kind: type[object], tree: object, place: str) -> object:
    if not isinstance(tree, dict):
        raise _wrong(place, tree, "an object")
    known = _fields(cast("Hashable", kind))
    for name in tree:
        if name not in known:
            raise NotPlain(f"{place}: `{name}` is no field of it; it has {', '.join(known)}")
    given = {}
    for name, (field, inner) in known.items():
        if name in tree:
            given[name] = _read(inner, tree[name], f"{place}.{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise NotPlain(f"{place}: `{name}` is missing")
    try:
        return kind(**given)
    except ValueError as error:
        raise NotPlain(f"{place}: {error}") from error


@cache
def _fields(kind: Hashable) -> Mapping[str, tuple[Field[Any], Any]]:
    hints = get_type_hints(kind)
    return {each.name: (each, hints[each.name]) for each in fields(cast("Any", kind))}


def _simple(kind: Any, tree: object, place: str) -> object:
    if kind is bool and isinstance(tree, bool):
        return tree
    if kind is int and isinstance(tree, int) and not isinstance(tree, bool):
        return _number(tree, place)
    if kind is float and isinstance(tree, (int, float)) and not isinstance(tree, bool):
        return float(_number(tree, place))
    if kind is str and isinstance(tree, str):
        return tree
    if kind is datetime:
        return _moment(tree, place)
    if kind is Level:
        return _level(tree, place)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _word(kind, tree, place)
    raise _wrong(place, tree, NAMES.get(kind, str(kind)))


NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


def _moment(tree: object, place: str) -> datetime:
    try:
        found = datetime.fromisoformat(tree) if isinstance(tree, str) else None
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        raise _wrong(place, tree, "an instant with an offset")
    return found


def _level(tree: object, place: str) -> Level:
    if not isinstance(tree, str) or tree not in LEVEL_NAMED:
        raise _wrong(place, tree, f"one of {', '.join(LEVEL_NAMED)}")
    return LEVEL_NAMED[tree]


def _word(kind: type[Enum], tree: object, place: str) -> Enum:
    known = {each.value: each for each in kind}
    if not isinstance(tree, str) or tree not in known:
        raise _wrong(place, tree, f"one of {', '.join(known)}")
    return known[tree]


def _wrong(place: str, tree: object, wanted: str) -> NotPlain:
    text = repr(tree)
    shown = text if len(text) <= 60 else text[:59] + "…"
    return NotPlain(f"{place}: `{shown}` is not {wanted}")
