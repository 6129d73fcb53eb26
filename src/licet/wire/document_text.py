"""Documents as YAML text that reads back as it was: what is drafted by Licet, for people to read and to enact.

One spelling, whatever the version of a library: a scalar is plain where nobody can mistake it, a block where it has
several lines of plain text, and otherwise in quotes as JSON writes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9 _.@/()-]*[A-Za-z0-9)]")
INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.+-]+")
NOT_TEXT: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "none", "y", "n"))
BLOCK: Final = re.compile(r"\S[^\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff]*\S")
"""Text that a literal block keeps as it is: without blanks at its ends, and without letters that nobody sees."""

UNSEEN: Final = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""What is written by its code, since YAML has it no other way, or nobody would see it."""


def text_of(documents: Iterable[Mapping[str, Any]]) -> str:
    """Documents one after the other, as a file. Reading it gives the same trees."""
    return "---\n".join("".join(_member(key, value) for key, value in tree.items()) for tree in documents)


def _member(key: str, value: Any) -> str:
    if isinstance(value, str) and "\n" in value and BLOCK.fullmatch(value) and not _has_trailing(value):
        lines = "".join(f"  {line}\n" if line else "\n" for line in value.split("\n"))
        return f"{key}: |-\n{lines}"
    return f"{key}: {_written(value)}\n"


def _has_trailing(value: str) -> bool:
    """Whether a line ends or begins in blanks, which a reader of the file would not see."""
    return any(line != line.strip() for line in value.split("\n"))


def _written(value: Any) -> str:
    match value:
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_written(each)}' for key, each in value.items())}}}"
        case str() if INSTANT.fullmatch(value) or (PLAIN.fullmatch(value) and value.lower() not in NOT_TEXT):
            return value
        case _:
            return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
