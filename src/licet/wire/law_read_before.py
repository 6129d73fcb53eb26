"""The law of cases as its files were read when Licet was made: reading a dozen YAML files takes a quarter of a second.

`law/cases/read.json` has what was read, with the digest of each file that it was read from. Where one differs, is
missing or is new, nothing of it counts and the files are read again: they alone are the law.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from licet.wire import yaml

READ = "read.json"


def trees(found: Mapping[str, bytes] | None = None) -> list[Any] | None:
    """The documents of the folder as plain trees; None where the files (or `found`) are not those that were read."""
    folder = resources.files("licet.wire").joinpath("law", "cases")
    kept = folder.joinpath(READ)
    if not kept.is_file():
        return None
    before = json.loads(kept.read_bytes())
    documents: list[Any] = before["documents"]
    return documents if before["files"] == _digests(files() if found is None else found) else None


def files() -> dict[str, bytes]:
    """The files of the folder by name."""
    folder = resources.files("licet.wire").joinpath("law", "cases")
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name.endswith(".yaml")}


def written(found: Mapping[str, bytes]) -> str:
    """What `read.json` has to be for these files."""
    documents = [document.tree for name in sorted(found) for document in yaml.read(name, found[name])]
    return json.dumps({"files": _digests(found), "documents": documents}, ensure_ascii=False, sort_keys=False) + "\n"


def _digests(found: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(found[name]).hexdigest() for name in sorted(found)}
