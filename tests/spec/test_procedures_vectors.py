"""`vectors/procedures/`: what makes no sense in a procedure is refused, with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from licet.core.errors import Problem
from licet.core.resolve import resolve
from licet.core.shape import Draft, shape
from licet.wire import yaml
from licet.wire.documents import draft_digest

FOLDER = Path(__file__).parents[2] / "vectors" / "procedures"
BASE = (FOLDER / "base.yaml").read_text()
CASES = json.loads((FOLDER / "refusals.json").read_text())["cases"]


def problems(text: str) -> list[str]:
    """Everything that is wrong with some documents: with the shape of each, or else with them together."""
    documents = yaml.read("v", text.encode())
    drafts: list[Draft] = []
    found: list[Problem] = []
    for number, document in enumerate(documents):
        draft, wrong = shape(number, document.tree, lambda _, __: None)
        found += wrong
        drafts += [draft] if draft else []
    if not found:
        found += resolve(drafts, draft_digest)[1]
    places = [documents[each.document].place(each.path, at_key=each.at_key, offset=each.offset) for each in found]
    return [f"{at.line}:{at.column}: {each.message}" for at, each in zip(places, found, strict=True)]


def test_nothing_is_wrong_with_the_base() -> None:
    assert problems(BASE) == []


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_every_problem_is_found_with_its_place(case: dict[str, Any]) -> None:
    text = BASE
    for old, new in case["changes"]:
        assert old in text
        text = text.replace(old, new, 1)
    assert case["problems"]
    assert problems(text) == case["problems"]
