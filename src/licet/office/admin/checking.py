"""Bodies held to the schemas that the OpenAPI document publishes: the part of JSON Schema that those use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from licet.office.admin.schemas import SCHEMAS, Schema
from licet.office.problems import Problem


def check(value: Any, schema: str) -> None:
    """Raises `Problem` (422) with a JSON pointer to what does not fit; its value is not told."""
    _check(value, SCHEMAS[schema], "")


def _check(value: Any, schema: Schema, at: str) -> None:
    if "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if value is not None:
            _check(value, schema["anyOf"][0], at)
        return
    if not _is(value, schema["type"]):
        raise _refused(at, f"{schema['type']} is what belongs here")
    if isinstance(value, str):
        _check_text(value, schema, at)
    if isinstance(value, list):
        for number, each in enumerate(value):
            _check(each, schema["items"], f"{at}/{number}")
    if isinstance(value, dict) and "properties" in schema:
        _check_members(value, schema, at)


def _is(value: Any, kind: str) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "array": list, "object": dict, "boolean": bool}[kind])


def _check_text(value: str, schema: Schema, at: str) -> None:
    if "pattern" in schema and re.fullmatch(schema["pattern"].strip("^$"), value, re.ASCII) is None:
        raise _refused(at, f"it has to match `{schema['pattern']}`")
    if schema.get("format") == "date-time":
        try:
            sound = datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            sound = False
        if not sound:
            raise _refused(at, "an instant with its offset from UTC belongs here")


def _check_members(value: Mapping[str, Any], schema: Schema, at: str) -> None:
    missing = [each for each in schema["required"] if each not in value]
    if missing:
        raise _refused(at, f"`{missing[0]}` is missing")
    for name, each in value.items():
        if name not in schema["properties"]:
            raise _refused(at, f"there is a member too many; allowed: {', '.join(schema['properties'])}")
        _check(each, schema["properties"][name], f"{at}/{name}")


def _refused(at: str, why: str) -> Problem:
    return Problem(422, "malformed_body", f"the body does not fit at `{at or '/'}`: {why}")
