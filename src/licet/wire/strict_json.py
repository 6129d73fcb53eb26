"""JSON that every parser reads the same way: RFC 8259 without what RFC 7493 (I-JSON) calls unpredictable.

Refused on top of what is not JSON: byte order marks, encodings other than UTF-8, duplicate keys at any depth, lone
surrogates, numbers past the range of a double or of 64 bits, nesting deeper than `DEPTH_LIMIT`. The scanning is the
standard library's C scanner; only the outermost object is walked here, because the places of its values matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from json import JSONDecodeError, JSONDecoder, decoder, dumps
from math import isinf
from typing import Any, NamedTuple, NoReturn

from licet.core.errors import LicetError

DEPTH_LIMIT = 100
"""Deepest nesting of arrays and objects; common parsers give up between 128 (serde_json) and 10,000 (Go)."""

INTEGER_RANGE = range(-(2**63), 2**64)
"""Integers that 64-bit parsers hold; others round, wrap or refuse."""


class StrictJsonError(LicetError):
    """Text that is not JSON, or that two parsers could read differently; `at` counts characters from 0."""

    def __init__(self, message: str, at: int | None = None) -> None:
        super().__init__(message if at is None else f"{message} at character {at}")
        self.at = at


class Member(NamedTuple):
    """One member of the outermost object; `[start, end)` is where its value stands in the text."""

    key: str
    value: object
    start: int
    end: int
    key_start: int


def decode(data: bytes) -> str:
    """The text of UTF-8 bytes without a byte order mark. Raises `StrictJsonError`."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise StrictJsonError("body begins with a byte order mark; send UTF-8 without one", 0)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StrictJsonError(f"body is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}") from None


def members(text: str) -> tuple[Member, ...]:
    """The members of the object that the whole text is. Raises `StrictJsonError`."""
    check_depth(text)
    try:
        found = _members(text)
    except JSONDecodeError as error:
        raise StrictJsonError(f"body is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", error.pos) from None
    except RecursionError:
        raise StrictJsonError(f"body is nested deeper than {DEPTH_LIMIT}") from None
    if _surrogate.search(text):
        _check_surrogates(found)
    return found


def check_depth(text: str) -> None:
    """Raises `StrictJsonError` if brackets outside of strings nest deeper than `DEPTH_LIMIT`."""
    if text.count("{") + text.count("[") <= DEPTH_LIMIT:
        return
    brackets = _not_brackets.sub("", _string.sub("", text))
    if max(accumulate(map(_step.__getitem__, brackets)), default=0) > DEPTH_LIMIT:
        raise StrictJsonError(f"body is nested deeper than {DEPTH_LIMIT}")


def _members(text: str) -> tuple[Member, ...]:
    index = _skip_space(text, 0)
    if text[index : index + 1] != "{":
        raise StrictJsonError("body is not a JSON object: it must begin with `{`", index)
    found: list[Member] = []
    index = _skip_space(text, index + 1)
    if text[index : index + 1] == "}":
        index += 1
    else:
        index = _walk(text, index, found)
    index = _skip_space(text, index)
    if index != len(text):
        raise StrictJsonError("body goes on after its JSON object", index)
    return tuple(found)


def _walk(text: str, index: int, found: list[Member]) -> int:
    """Reads members from the first key on; returns the place after the closing brace."""
    seen: set[str] = set()
    while True:
        if text[index : index + 1] != '"':
            raise StrictJsonError("a key in quotes is missing", index)
        key_start = index + 1
        key, index = _scan_string(text, key_start, True)
        if index - key_start - 1 != len(key):
            raise StrictJsonError(f"key `{key}` is written with an escape; write it plainly", key_start)
        if key in seen:
            raise StrictJsonError(f"key `{key}` occurs twice", key_start)
        seen.add(key)
        index = _expect(text, _skip_space(text, index), ":")
        start = _skip_space(text, index)
        value, end = _value(text, start)
        found.append(Member(key, value, start, end, key_start))
        index = _skip_space(text, end)
        if text[index : index + 1] == "}":
            return index + 1
        index = _skip_space(text, _expect(text, index, ","))


def _value(text: str, start: int) -> tuple[object, int]:
    try:
        return _scan(text, start)
    except StopIteration:
        raise StrictJsonError("a value is missing", start) from None


def _expect(text: str, index: int, what: str) -> int:
    if text[index : index + 1] != what:
        raise StrictJsonError(f"`{what}` is missing", index)
    return index + 1


def _skip_space(text: str, index: int) -> int:
    if text[index : index + 1] not in _SPACES:
        return index
    match = _space.match(text, index)
    return match.end() if match else index


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise StrictJsonError(f"key `{twice}` occurs twice in one object")
    return tree


def _float(digits: str) -> float:
    value = float(digits)
    if isinf(value):
        raise StrictJsonError(f"number `{digits[:40]}` is larger than a double holds")
    return value


def _integer(digits: str) -> int:
    value = int(digits) if len(digits) <= 20 else None
    if value is None or value not in INTEGER_RANGE:
        raise StrictJsonError(f"number `{digits[:40]}` does not fit into 64 bits")
    return value


def _constant(name: str) -> NoReturn:
    raise StrictJsonError(f"`{name}` is not JSON")


def _check_surrogates(found: tuple[Member, ...]) -> None:
    for member in found:
        try:
            dumps(member.value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise StrictJsonError(f"value of `{member.key}` holds half of a surrogate pair", member.start) from None


_reader: Any = JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_constant, strict=True
)
_scan: Callable[[str, int], tuple[object, int]] = _reader.scan_once
_scan_string: Callable[[str, int, bool], tuple[str, int]] = decoder.scanstring  # type: ignore[attr-defined]
_SPACES = frozenset(" \t\n\r")
_space = re.compile(r"[ \t\n\r]*")
_surrogate = re.compile(r"\\u[dD][89a-fA-F]")
_string = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_not_brackets = re.compile(r"[^\[\]{}]+")
_step = {"[": 1, "{": 1, "]": -1, "}": -1}
