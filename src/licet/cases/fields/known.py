"""The fields of a case as values that conditions are about: what was not given, or is not known, is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from licet.core.facts import Members, Value


def values(fields: Mapping[str, Any]) -> dict[str, Value]:
    """What is known of fields. A list is a set that is known to be complete; what is not known is left out."""
    return {name: _value(each) for name, each in fields.items() if isinstance(each, bool | int | str | list | tuple)}


def _value(value: Any) -> Value:
    if isinstance(value, list | tuple):
        return Members(frozenset(each for each in value if isinstance(each, str)), complete=True)
    found: bool | int | str = value
    return found
