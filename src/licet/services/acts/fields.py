"""Readers of the fields of an act's content: each gives the one spelling of a value, or refuses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from licet.core.roles import KeyKind, Role
from licet.core.trust import LEVELS
from licet.services.acts.refusal import ActRefused
from licet.services.acts.spelling import from_text
from licet.wire.canonical import canonical
from licet.wire.values import ValueFormError, from_json, to_json

Read = Callable[[Any], Any]
"""From a value of JSON to the same value in its one spelling. Raises `ActRefused`; the caller names the field."""

LINE = 500
TEXT = 4_000
MOST = 10_000
"""Longest line, longest text (characters), and most members of a list."""


def line(value: Any) -> str:
    """One line of text without what steers a terminal."""
    if isinstance(value, str) and 0 < len(value) <= LINE and value.isprintable() and value.strip() == value:
        return value
    raise ActRefused(f"a line of 1 to {LINE} printable characters, without spaces around it")


def text(value: Any) -> str:
    """A text of one or more lines."""
    if isinstance(value, str) and value.strip() and len(value) <= TEXT:
        kept = value.strip()
        if all(each.isprintable() for each in kept.split("\n")):
            return kept
    raise ActRefused(f"a text of 1 to {TEXT} printable characters")


def instant(value: Any) -> str:
    """RFC 3339, in UTC."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise ActRefused("an instant with its offset from UTC, as in `2026-06-12T17:21:00-04:00`")
    return found.astimezone(UTC).isoformat()


def level(value: Any) -> str:
    """An assurance level that there is."""
    if isinstance(value, str) and value in LEVELS:
        return value
    raise ActRefused("one of " + ", ".join(f"`{each}`" for each in LEVELS))


def digest(value: Any) -> str:
    """`sha256:` and 64 hexadecimal digits."""
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return value
    raise ActRefused("`sha256:` and 64 hexadecimal digits")


_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def hash_(value: Any) -> str:
    """32 bytes as hexadecimal digits."""
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value, re.ASCII):
        return value
    raise ActRefused("64 hexadecimal digits")


def key_name(value: Any) -> str:
    """The public name of an API key."""
    if isinstance(value, str) and re.fullmatch(r"[a-z2-7]{8}", value, re.ASCII):
        return value
    raise ActRefused("the name of an API key: 8 letters of base32")


def whole(value: Any) -> int:
    """A whole number from 0 on."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    raise ActRefused("a whole number from 0 on")


def role(value: Any) -> str:
    """A role."""
    if isinstance(value, str) and value in list(Role):
        return str(value)
    raise ActRefused("one of " + ", ".join(f"`{each}`" for each in Role))


def values(value: Any) -> dict[str, Any]:
    """Facts with their values, as `spec/facts.md` spells them in JSON; not unknown."""
    if not isinstance(value, dict) or not value or len(value) > MOST:
        raise ActRefused("facts by name, each with its value")
    try:
        found = {line(name): to_json(from_json(each)) for name, each in value.items()}
    except ValueFormError as error:
        raise ActRefused(f"facts with values: {error}") from error
    if {"unknown": True} in found.values():
        raise ActRefused("facts with values that are known; `licet retract` withdraws one")
    return found


def one_of(*words: str) -> Read:
    """One of these words."""

    def read(value: Any) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise ActRefused("one of " + ", ".join(f"`{each}`" for each in words))

    return read


def maybe(inner: Read) -> Read:
    """The same, or null."""
    return lambda value: None if value is None else inner(value)


def any_number(inner: Read) -> Read:
    """A list of these, each once."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > MOST:
            raise ActRefused(f"a list of up to {MOST:,}")
        found = [inner(each) for each in value]
        if len({canonical(each) for each in found}) != len(found):
            raise ActRefused("a list that names nothing twice")
        return found

    return read


def some(inner: Read) -> Read:
    """The same, with at least one."""

    def read(value: Any) -> list[Any]:
        found: list[Any] = any_number(inner)(value)
        if not found:
            raise ActRefused("a list with something in it")
        return found

    return read


def record(**members: Read) -> Read:
    """An object with exactly these members."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or value.keys() != members.keys():
            raise ActRefused("an object with " + ", ".join(f"`{name}`" for name in members))
        return {name: inner(value[name]) for name, inner in members.items()}

    return read


def public(value: Any) -> str:
    """A public key: base64url without padding."""
    try:
        if isinstance(value, str) and 0 < len(value) <= LINE * 4 and from_text(value):
            return value
    except ValueError:
        pass
    raise ActRefused("base64url without padding")


document = record(kind=line, name=line, digest=digest)
officer = record(
    name=line,
    roles=any_number(role),
    keys=any_number(record(id=line, kind=one_of(*KeyKind), public=public)),
    accounts=any_number(record(issuer=line, mark=hash_)),
)
