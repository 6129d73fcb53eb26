"""What stands in a field of an entry: how it is read strictly, and how it is written. `spec/record-entries.md`.

Reading takes the JSON value and raises `Malformed` with the field as its place, which `entries` completes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from licet.core.roles import Deed
from licet.record.refusal import Malformed, OutOfRange
from licet.record.signed.keys import SIGNATURE_SIZE, KeyKind, NoteKey, read_key
from licet.record.spelling import base64, canonical, json_tree, shown, to_base64
from licet.record.tree.merkle import HASH_SIZE

KINDS = (
    "fact",
    "definition",
    "model",
    "release",
    "order",
    "licence",
    "mandate",
    "trust",
    "lift",
    "property",
    "safeguard",
    "threshold",
    "assessment",
    "finding",
    "patch",
    "calendar",
    "form",
    "criteria",
    "procedure",
)
"""The kinds of documents that may be published: all that are enacted; never `subject`, which is about somebody."""

GROUNDS = ("founding", "narrows", "two officers", "one officer", "not recorded")
"""On what an enactment stands."""

DEEDS = tuple(deed.value for deed in Deed)
"""What an officer can do."""

OUTCOMES = ("alone", "proposed", "approved", "withdrawn")
"""How it stands with what an officer did: done by one alone, waiting for a second one, or settled."""

_name = re.compile(r"[A-Za-z0-9._@/:()+-]{1,256}")
_control = re.compile("[\x00-\x1f\x7f]")
_instant = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.(?!000000)[0-9]{6})?Z")
_digest = re.compile(r"sha256:[0-9a-f]{64}")
_salted = re.compile(r"salted:[0-9a-f]{64}")
_content = re.compile(r"(?:sha256|salted):[0-9a-f]{64}")


class Actor(NamedTuple):
    """Who acted, without a name: the role, and a pseudonym that stays the same for the same person."""

    role: str
    pseudonym: str


class Form(NamedTuple):
    """A kind of value: from JSON (with the place) and to JSON."""

    read: Callable[[Any, str], Any]
    write: Callable[[Any], Any]


def read_text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value or _control.search(value):
        raise Malformed(place, "not a text: a string that is not empty, without control characters")
    return value


def read_string(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise Malformed(place, "not a string")
    return value


def read_number(value: Any, place: str) -> int:
    if type(value) is not int or value < 0:  # `bool` is a subclass of `int`; 2^53 is the parser's limit
        raise Malformed(place, "not a whole number from 0 to 2^53 - 1")
    return value


def read_instant(value: Any, place: str) -> datetime:
    try:
        if isinstance(value, str) and _instant.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise Malformed(place, "not an instant in UTC, `YYYY-MM-DDThh:mm:ss[.ffffff]Z`")


def write_instant(value: datetime) -> str:
    """The one spelling of an instant. Raises `OutOfRange` unless it is in UTC."""
    if value.utcoffset() != timedelta(0):
        raise OutOfRange("instant", f"{value} is not in UTC")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _matching(pattern: re.Pattern[str], what: str) -> Form:
    def read(value: Any, place: str) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise Malformed(place, f"not {what}")
        return value

    return Form(read, str)


def _one_of(words: tuple[str, ...]) -> Form:
    def read(value: Any, place: str) -> str:
        if value not in words:
            raise Malformed(place, f"not one of {', '.join(f'`{each}`' for each in words)}")
        return str(value)

    return Form(read, str)


def _base64(size: int) -> Form:
    def read(value: Any, place: str) -> bytes:
        return base64(read_string(value, place), place, size)

    return Form(read, to_base64)


def many(form: Form, *, least: int = 0, sorted_: bool = False) -> Form:
    """A list of at least `least` values, each once, in alphabetical order if `sorted_`."""

    def read(value: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise Malformed(place, f"not a list{' that is not empty' * bool(least)}")
        found = tuple(form.read(each, f"{place} {at}") for at, each in enumerate(value))
        if len(set(found)) != len(found):
            raise Malformed(place, "something stands in it twice")
        if sorted_ and list(found) != sorted(found):
            raise Malformed(place, "not in alphabetical order")
        return found

    return Form(read, lambda values: [form.write(each) for each in values])


def or_null(form: Form) -> Form:
    """A value, or null."""
    return Form(
        lambda value, place: None if value is None else form.read(value, place),
        lambda value: None if value is None else form.write(value),
    )


def _read_object(value: Any, place: str) -> bytes:
    if not isinstance(value, dict):
        raise Malformed(place, "not an object")
    return canonical(value, place)


def _read_actor(value: Any, place: str) -> Actor:
    if not isinstance(value, dict) or value.keys() != {"role", "pseudonym"}:
        raise Malformed(place, "not an object of `role` and `pseudonym`")
    return Actor(NAME.read(value["role"], f"{place} `role`"), NAME.read(value["pseudonym"], f"{place} `pseudonym`"))


def _read_log_key(value: Any, place: str) -> NoteKey:
    key = read_key(read_string(value, place), place)
    if key.kind is not KeyKind.LOG:
        raise Malformed(place, f"the key of {shown(key.name)} is not a log's, of type 0x01")
    return key


TEXT = Form(read_text, str)
STRING = Form(read_string, str)
NUMBER = Form(read_number, int)
INSTANT = Form(read_instant, write_instant)
NAME = _matching(_name, "a name: 1 to 256 ASCII letters, digits and `._-@/:()+`")
DIGEST = _matching(_digest, "a digest: `sha256:` and 64 hexadecimal digits in small letters")
SALTED = _matching(_salted, "a commitment: `salted:` and 64 hexadecimal digits in small letters")
CONTENT = _matching(_content, "a digest or a commitment: `sha256:` or `salted:` and 64 hexadecimal digits")
KIND = _one_of(KINDS)
GROUND = _one_of(GROUNDS)
DEED = _one_of(DEEDS)
OUTCOME = _one_of(OUTCOMES)
HASH = _base64(HASH_SIZE)
SIGNATURE = _base64(SIGNATURE_SIZE)
OBJECT = Form(_read_object, lambda content: json_tree(content, "object"))
ACTOR = Form(_read_actor, lambda actor: actor._asdict())
LOG_KEY = Form(_read_log_key, str)
