"""`vectors/trials/`: lines, receipts and labels, to what they say or to where they are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.spec.trials_cases import labels_tree, reading_tree, receipts_tree

FOLDER = Path(__file__).parents[2] / "vectors" / "trials"
RUN = {"lines": reading_tree, "receipts": receipts_tree, "labels": labels_tree}
CASES = [
    pytest.param(kind, case, id=f"{kind}: {case['name']}")
    for kind in RUN
    for case in json.loads((FOLDER / f"{kind}.json").read_text())["cases"]
]


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_vectors(kind: str, case: dict[str, Any]) -> None:
    assert RUN[kind](case["text"]) == case["expect"], case["why"]


def test_every_file_is_run() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(RUN)
