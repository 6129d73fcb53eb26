"""JSON that every parser reads alike, from bytes that somebody signed: RFC 8259 within RFC 7493, read once.

Refused on top of what is not JSON: encodings other than UTF-8, keys that occur twice, halves of surrogate pairs,
numbers past 64 bits or a double, nesting past `DEPTH`.
"""

from __future__ import annotations

import re
from itertools import accumulate
from json import JSONDecoder, dumps
from math import isinf
from typing import Any, NoReturn

from licet.credentials.refusal import CredentialRefused, Reason, refused

Tree = dict[str, Any]
"""A JSON object."""

DEPTH = 20
"""Deepest nesting; `verified_claims` with evidence (OpenID Identity Assurance) needs 10."""

DIGITS = 40
"""Longest number with a fraction or an exponent."""


def read_json(content: bytes, what: str) -> Any:
    """The JSON value that the whole of `content` is. Raises `CredentialRefused` about `what`."""
    text = _text(content)
    if text is None:
        raise refused(Reason.MALFORMED, what)
    _check_depth(text, what)
    found = _decoded(text)
    if isinstance(found, _Wrong):
        raise refused(found.reason, what)
    if _SURROGATE.search(text) and not _whole(found):
        raise refused(Reason.MALFORMED, what)
    return found


def read_object(content: bytes, what: str) -> Tree:
    """The JSON object that the whole of `content` is. Raises `CredentialRefused` about `what`."""
    found = read_json(content, what)
    if not isinstance(found, dict):
        raise refused(Reason.MALFORMED, what)
    return found


class _Wrong(Exception):
    """What is wrong with a text; it never leaves this module, for what raised it holds the text."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _check_depth(text: str, what: str) -> None:
    if text.count("{") + text.count("[") <= DEPTH:
        return
    brackets = _NOT_BRACKETS.sub("", _STRING.sub("", text))
    if max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > DEPTH:
        raise refused(Reason.TOO_DEEP, what)


def _decoded(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except _Wrong as wrong:
        return wrong
    except (ValueError, RecursionError):
        return _Wrong(Reason.MALFORMED)


def _object(pairs: list[tuple[str, Any]]) -> Tree:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise _Wrong(Reason.DUPLICATE_KEY)
    return tree


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) >= 2**63:
        raise _Wrong(Reason.NUMBER)
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > DIGITS or isinf(float(digits)):
        raise _Wrong(Reason.NUMBER)
    return float(digits)


def _constant(_: str) -> NoReturn:
    raise _Wrong(Reason.MALFORMED)


def _whole(found: Any) -> bool:
    """Whether no string has half of a surrogate pair."""
    try:
        dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


_DECODER = JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant, strict=True
)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS = re.compile(r"[^\[\]{}]+")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}

__all__ = ["DEPTH", "CredentialRefused", "Tree", "read_json", "read_object"]
