"""The value of one field: read strictly, by its kind, into plain JSON of one spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from licet.core.cases.procedure import FieldKind, FieldRule
from licet.core.errors import LicetError
from licet.core.facts import COUNTRY, LARGEST_INTEGER
from licet.core.form import Shape
from licet.core.shape import DIGEST, INSTANT, NAMES

LINE: Final = 500
"""Characters of a line, at most."""

TEXT: Final = 20_000
"""Characters of a text, at most."""

ITEMS: Final = 1_000
"""Items of a list, at most."""

CASE: Final = re.compile(r"C-[1-9][0-9]{0,15}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_turning = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing: with them, what is read is not what is written."""
_unseen = frozenset("\u200b\u2060\u2061\u2062\u2063\u2064\u180e\ufeff\ufff9\ufffa\ufffb")
"""Letters without width that no language is written with: with them, two names that look the same are two."""


class WrongValue(LicetError):
    """A value that a field cannot have; the message says what it can."""


def allowed(rule: FieldRule) -> str:
    """What a field takes, in words."""
    match rule.kind:
        case FieldKind.CHOICE:
            return "one of " + ", ".join(f"`{each}`" for each in rule.values)
        case FieldKind.CHOICES:
            return "a list, each once, of " + ", ".join(f"`{each}`" for each in rule.values)
        case kind:
            return ALLOWED[kind]


ALLOWED: Final[Mapping[FieldKind, str]] = {
    FieldKind.LINE: f"a line of 1 to {LINE} characters",
    FieldKind.TEXT: f"a text of 1 to {TEXT} characters",
    FieldKind.BOOLEAN: "`true` or `false`",
    FieldKind.INTEGER: f"a whole number from -{LARGEST_INTEGER} to {LARGEST_INTEGER}",
    FieldKind.INSTANT: Shape.INSTANT.value,
    FieldKind.DATE: Shape.DATE.value,
    FieldKind.LINES: f"a list of at most {ITEMS} lines",
    FieldKind.COUNTRIES: "a list of countries, each as two capital letters (ISO 3166-1 alpha-2)",
    FieldKind.ORGANISATION: f"an organisation: a line of 1 to {LINE} characters",
    FieldKind.SUBJECT: Shape.SUBJECT_NAME.value,
    FieldKind.MODELS: Shape.MODEL_NAMES.value,
    FieldKind.INSTRUMENTS: Shape.INSTRUMENT_NAMES.value,
    FieldKind.CASES: "a list of cases, as in `C-17`, each once",
    FieldKind.DIGEST: Shape.DIGEST.value,
}


def read_value(rule: FieldRule, value: Any) -> Any:
    """A value in its one spelling: texts in NFC without spaces around them, instants in UTC, sets in order.

    Raises `WrongValue`.
    """
    return _READERS[rule.kind](rule, value)


def _wrong(rule: FieldRule, value: Any) -> WrongValue:
    found = repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."
    return WrongValue(f"`{found}` is not allowed; allowed: {allowed(rule)}")


def _plain(rule: FieldRule, value: Any, longest: int, also: str = "") -> str:
    if not isinstance(value, str):
        raise _wrong(rule, value)
    if len(value) > 4 * longest:
        raise WrongValue(f"{len(value)} characters are too many; allowed: {allowed(rule)}")
    strange = next((each for each in value if each not in also and _is_strange(each)), None)
    if strange is not None:
        name = unicodedata.name(strange, "a control character")
        raise WrongValue(f"the character U+{ord(strange):04X} ({name}) is not allowed; allowed: {allowed(rule)}")
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        raise WrongValue(f"it is empty; allowed: {allowed(rule)}")
    if len(text) > longest:
        raise WrongValue(f"{len(text)} characters are too many; allowed: {allowed(rule)}")
    return text


def _is_strange(each: str) -> bool:
    return unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") or each in _turning or _is_unseen(each)


def _is_unseen(each: str) -> bool:
    return each in _unseen or "\U000e0000" <= each <= "\U000e007f"


def _line(rule: FieldRule, value: Any) -> str:
    return _plain(rule, value, LINE)


def _text(rule: FieldRule, value: Any) -> str:
    return _plain(rule, value.replace("\r\n", "\n") if isinstance(value, str) else value, TEXT, "\n\t")


def _boolean(rule: FieldRule, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(rule, value)
    return value


def _integer(rule: FieldRule, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
        raise _wrong(rule, value)
    return value


def _instant(rule: FieldRule, value: Any) -> str:
    if isinstance(value, str) and INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        except (ValueError, OverflowError):
            pass
    raise _wrong(rule, value)


def _date(rule: FieldRule, value: Any) -> str:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise _wrong(rule, value)


def _choice(rule: FieldRule, value: Any) -> str:
    if not isinstance(value, str) or value not in rule.values:
        raise _wrong(rule, value)
    return value


def _list(rule: FieldRule, value: Any, one: Callable[[FieldRule, Any], str]) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _wrong(rule, value)
    if len(value) > ITEMS:
        raise WrongValue(f"{len(value)} items are too many; allowed: at most {ITEMS}")
    return [one(rule, each) for each in value]


def _each_once(rule: FieldRule, value: Any, one: Callable[[FieldRule, Any], str]) -> list[str]:
    found = _list(rule, value, one)
    twice = next((each for position, each in enumerate(found) if each in found[:position]), None)
    if twice is not None:
        raise WrongValue(f"`{twice}` is there twice; allowed: {allowed(rule)}")
    return found


def _choices(rule: FieldRule, value: Any) -> list[str]:
    found = _each_once(rule, value, _choice)
    return [each for each in rule.values if each in found]


def _like(pattern: re.Pattern[str]) -> Callable[[FieldRule, Any], str]:
    def read(rule: FieldRule, value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _wrong(rule, value)
        return value

    return read


_country, _model, _instrument = _like(COUNTRY), _like(NAMES[Shape.MODEL_NAME]), _like(NAMES[Shape.INSTRUMENT_NAME])
_case = _like(CASE)
_READERS: Final[Mapping[FieldKind, Callable[[FieldRule, Any], Any]]] = {
    FieldKind.LINE: _line,
    FieldKind.TEXT: _text,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.INTEGER: _integer,
    FieldKind.INSTANT: _instant,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.LINES: lambda rule, value: _list(rule, value, _line),
    FieldKind.CHOICES: _choices,
    FieldKind.COUNTRIES: lambda rule, value: sorted(_each_once(rule, value, _country)),
    FieldKind.ORGANISATION: _line,
    FieldKind.SUBJECT: _like(NAMES[Shape.SUBJECT_NAME]),
    FieldKind.MODELS: lambda rule, value: sorted(_each_once(rule, value, _model)),
    FieldKind.INSTRUMENTS: lambda rule, value: sorted(_each_once(rule, value, _instrument)),
    FieldKind.CASES: lambda rule, value: _each_once(rule, value, _case),
    FieldKind.DIGEST: _like(DIGEST),
}
