"""Pinning items: a manifest with the digest of what each item asks. `spec/evals.md`, Suites.

Run it as `python -m licet.evals.manifest MANIFEST.yaml [ITEMS.jsonl] > PINNED.yaml`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml

from licet.core.evidence.suite import Suite
from licet.evals.files import OneDocument
from licet.evals.rejected import EvalsRejected
from licet.evals.suites import ITEMS, Asked, content_digest, read_items, read_manifest

KEYS = ("suite", "title", "source", "stands_for", "attempts", "items")


def pinned(manifest: Path, items: Path | None = None) -> str:
    """A manifest's text with the digests of its items as they are now. Raises `EvalsRejected`."""
    suite = read_manifest(manifest)
    path = items or manifest.with_name(manifest.name.removesuffix(".yaml") + ITEMS)
    asked = read_items(path)
    missing = next((item.name for item in suite.items if item.name not in asked), None)
    if missing is not None:
        raise EvalsRejected(f"`{path}` has no item `{missing}`, which `{manifest}` lists")
    head = {key: value for key, value in OneDocument(manifest, KEYS).tree.items() if key != "items"}
    return yaml.safe_dump({**head, "items": _listed(suite, asked)}, sort_keys=False, allow_unicode=True, width=200)


def _listed(suite: Suite, asked: dict[str, Asked]) -> list[dict[str, Any]]:
    return [
        {"item": item.name, "family": item.family, "use": item.use.value, "digest": content_digest(asked[item.name])}
        for item in suite.items
    ]


if __name__ == "__main__":
    options = ArgumentParser(prog="python -m licet.evals.manifest", description=(__doc__ or "").partition("\n")[0])
    options.add_argument("manifest", type=Path)
    options.add_argument("items", type=Path, nargs="?", help="what the items ask; MANIFEST.items.jsonl if left out")
    named = options.parse_args()
    try:
        sys.stdout.write(pinned(named.manifest, named.items))
    except EvalsRejected as error:
        options.error(str(error))
