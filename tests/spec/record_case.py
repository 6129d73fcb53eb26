"""One case of `vectors/record/` before it is answered."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

Json = dict[str, Any]
Case = tuple[bool, Json]
"""Whether it must be accepted, and the case without what is expected."""


def good(name: str, why: str, **inputs: Any) -> Case:
    return True, {"name": name, "why": why, **inputs}


def bad(name: str, why: str, **inputs: Any) -> Case:
    return False, {"name": name, "why": why, **inputs}


def as_field(name: str, content: bytes) -> Json:
    """Bytes as a field of JSON: as text, or in base64 where they are not UTF-8."""
    try:
        return {name: content.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": b64encode(content).decode()}
