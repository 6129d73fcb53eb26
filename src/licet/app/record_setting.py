"""The settings `record:` of the configuration: their readers, and their defaults below the state directory."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from licet.app.setting import Wrong, read_directory, read_url, read_whole
from licet.record.refusal import Malformed
from licet.record.signed.keys import check_name
from licet.services.record.settings import RecordSettings, Withholding

ALL = "all"
"""In place of fields that are withheld: every field, and the document's name."""

WITHHOLDING = ("document", "fields", "reason", "authority")
PKCS11 = "pkcs11:"
PLACES = {
    "folder": "record",
    "lock": "record-lock",
    "staging": "record-staging",
    "segments": "segments",
    "openings": "record-openings",
    "key": "record.key",
}
"""Where each part lies below the state directory, unless it is set."""


def record_settings(values: Mapping[str, Any], base: Path, state: Path, public_url: str) -> RecordSettings:
    """The settings with their defaults. Paths are relative to `base`; `public_url` is the gate's."""
    found = dict(values)
    places: dict[str, Any] = {
        name: _place(base, found.pop(name)) if name in found else state / default for name, default in PLACES.items()
    }
    if "policy" in found:
        found["policy"] = _place(base, found["policy"])
    found.setdefault("origin", f"{urlsplit(found.get('public_url') or public_url).hostname}/record")
    return RecordSettings(**found, **places)


def _place(base: Path, written: str) -> Path | str:
    return written if written.startswith(PKCS11) else base.joinpath(written).absolute()


def _origin(value: Any) -> str:
    try:
        check_name(value if isinstance(value, str) else "", "origin")
    except Malformed:
        raise Wrong("a name without spaces and `+`, as in `models.example/record`") from None
    return str(value)


def _key(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise Wrong("a file, relative to the configuration's directory, or a key in a token, `pkcs11:…`")
    return value


def _file(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise Wrong("a file, relative to the configuration's directory")
    return value


def _withhold(value: Any) -> tuple[Withholding, ...]:
    if not isinstance(value, list):
        raise Wrong("a list of mappings with `document`, `fields`, `reason` and `authority`")
    found = tuple(_withholding(each, number) for number, each in enumerate(value, 1))
    names = [each.document for each in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Wrong(f"each document once; `{twice}` is there twice")
    return found


def _withholding(value: Any, number: int) -> Withholding:
    place = f"in mapping {number}"
    if not isinstance(value, dict) or value.keys() != set(WITHHOLDING):
        raise Wrong(f"{place} exactly `document`, `fields`, `reason` and `authority`")
    for name in ("document", "reason", "authority"):
        if not _is_text(value[name]):
            raise Wrong(f"{place} `{name}`: a text without control characters")
    return Withholding(value["document"], _fields(value["fields"], place), value["reason"], value["authority"])


def _fields(value: Any, place: str) -> tuple[str, ...]:
    if value == ALL:
        return ()
    if not isinstance(value, list) or not value or not all(map(_is_text, value)) or len(set(value)) != len(value):
        raise Wrong(f"{place} `fields`: `{ALL}`, or a list of names of fields, each once")
    return tuple(sorted(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not re.search("[\x00-\x1f\x7f]", value)


RECORD: dict[str, Callable[[Any], Any]] = {
    "origin": _origin,
    "folder": read_directory,
    "lock": read_directory,
    "staging": read_directory,
    "segments": read_directory,
    "openings": read_directory,
    "key": _key,
    "policy": _file,
    "retention_days": read_whole(1, 36_525),
    "withhold": _withhold,
    "public_url": read_url,
}
"""Every setting below `record:`."""
