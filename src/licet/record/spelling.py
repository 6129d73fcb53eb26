"""The one spelling of numbers, base64, hexadecimal and canonical JSON, as `spec/record.md` has it.

Every reader here takes the place of what it reads and raises `Malformed` with it.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as BinasciiError
from typing import Any, NoReturn

import rfc8785

from licet.record.refusal import Malformed

NUMBER_LIMIT = 2**63
"""Sizes and indices are below it."""

DEPTH_LIMIT = 64
"""Deepest nesting of JSON that is read; documents have at most 32 levels."""

_number = re.compile(r"0|[1-9][0-9]{0,18}")
_hexadecimal = re.compile(r"[0-9a-f]*")


def shown(text: str) -> str:
    """A text as messages quote it: in backticks, cut to what a line holds, without anything that is not printable."""
    cut = text if len(text) <= 80 else text[:79] + "…"
    return "`" + "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in cut) + "`"


def number(text: str, place: str) -> int:
    """A decimal number from 0 to 2^63 - 1: `0`, or without a leading zero; no sign."""
    value = int(text) if _number.fullmatch(text) else NUMBER_LIMIT
    if value >= NUMBER_LIMIT:
        raise Malformed(place, f"{shown(text)} is not a number: decimal, below 2^63, no leading zero, no sign")
    return value


def base64(text: str, place: str, size: int | None = None) -> bytes:
    """The bytes (`size` of them, if given) that padded base64 stands for."""
    try:
        content = b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, BinasciiError, ValueError):
        content = None
    if content is None or b64encode(content).decode() != text:
        raise Malformed(place, f"{shown(text)} is not base64 in its one spelling")
    if size is not None and len(content) != size:
        raise Malformed(place, f"base64 of {len(content)} bytes where {size} are needed")
    return content


def to_base64(content: bytes) -> str:
    """The one spelling of bytes in base64."""
    return b64encode(content).decode()


def hexadecimal(text: str, place: str, size: int) -> bytes:
    """The `size` bytes that small hexadecimal digits stand for."""
    if len(text) != 2 * size or not _hexadecimal.fullmatch(text):
        raise Malformed(place, f"{shown(text)} is not {2 * size} hexadecimal digits in small letters")
    return bytes.fromhex(text)


def text(content: bytes, place: str) -> str:
    """The text of UTF-8 bytes."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(place, f"byte {error.start} is not UTF-8") from None


def canonical(tree: Any, place: str = "json") -> bytes:
    """The canonical form of a JSON tree (RFC 8785). Raises `Malformed` where it has none."""
    try:
        return rfc8785.dumps(tree)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise Malformed(place, f"has no canonical form: {error}") from None


def json_object(content: bytes, place: str) -> dict[str, Any]:
    """The object whose canonical form these bytes are, and nothing else."""
    tree = json_tree(content, place)
    if not isinstance(tree, dict):
        raise Malformed(place, "not a JSON object")
    if not _is_plain(tree, content) and canonical(tree, place) != content:
        raise Malformed(place, "not in the canonical form of RFC 8785")
    return tree


def json_tree(content: bytes, place: str) -> Any:
    """The value of strict JSON: no key twice, no constants, whole numbers within 2^53, no deep nesting."""
    decoded = text(content, place)
    if decoded.count("[") + decoded.count("{") > DEPTH_LIMIT:
        _check_depth(decoded, place)
    try:
        return _decoder.decode(decoded)
    except Malformed as error:
        raise Malformed(place, error.why) from None
    except json.JSONDecodeError as error:
        raise Malformed(place, f"not JSON at character {error.pos}: {error.msg[:1].lower()}{error.msg[1:]}") from None
    except ValueError:
        raise Malformed(place, "holds a number that is too long") from None


def _is_plain(tree: dict[str, Any], content: bytes) -> bool:
    """Whether these are ASCII bytes that the standard library writes alike: then RFC 8785 writes them so, too.

    The two differ in the order of keys beyond the BMP and in numbers; ASCII has none of the former, and of numbers
    `json_tree` lets only whole ones pass that both write alike.
    """
    return content.isascii() and _write(tree) == content.decode("ascii")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        keys = [key for key, _ in pairs]
        raise Malformed("", f"key {shown(next(key for key in keys if keys.count(key) > 1))} occurs twice in one object")
    return tree


def _integer(digits: str) -> int:
    if len(digits) > 17 or not -(2**53) < int(digits) < 2**53:
        raise Malformed("", f"number {shown(digits)} is not within 2^53")
    return int(digits)


def _float(digits: str) -> NoReturn:
    raise Malformed("", f"number {shown(digits)} is not whole")


def _constant(name: str) -> NoReturn:
    raise Malformed("", f"`{name}` is not JSON")


def _check_depth(decoded: str, place: str) -> None:
    depth = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', decoded, re.DOTALL):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(bracket, 0)
        if depth > DEPTH_LIMIT:
            raise Malformed(place, f"nested deeper than {DEPTH_LIMIT}")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant, strict=True
)
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False).encode
