"""`spec/schemas/`: up to date with the tables, true of every good document, and false of what they can refuse.

`LICET_WRITE_SCHEMAS=1 python -m pytest tests/spec/test_json_schemas.py` writes them anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from tests.generated import World, annex_file, documents_of, worlds

from licet.app.evidence_demo.scenery import Scenery
from licet.core.schema import FORMS
from licet.core.shape import shape
from licet.wire import yaml
from licet.wire.documents import shipped, shipped_cases
from licet.wire.json_schema import json_schemas

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "spec" / "schemas"
SCHEMAS = json_schemas()
CURRENT = "2026-06-20T00:00:00-04:00"
"""An instant for what `scenarios/evidence/` leaves to the day on which it is played."""
VALIDATORS = {kind: Draft202012Validator(schema) for kind, schema in SCHEMAS.items()}


def kind_of(tree: dict[str, Any]) -> str:
    return next(key for key in tree if key in FORMS)


def good_documents() -> list[dict[str, Any]]:
    """Every document of the vectors and the scenarios, and those that come with Licet; as written and canonical."""
    trees = [draft.tree for draft in (*shipped(), *shipped_cases())]
    vectors = ROOT / "vectors"
    for path in sorted((*vectors.glob("decide/*.json"), *vectors.glob("evidence/*.json"))):
        trees += json.loads(path.read_text())["documents"]
    for case in json.loads((ROOT / "vectors" / "documents" / "canonical.json").read_text())["cases"]:
        trees += [document.tree for document in yaml.read("v", case["yaml"].encode())]
        trees += [json.loads(document["canonical"]) for document in case["documents"]]
    for path in sorted((ROOT / "vectors" / "judgements").glob("*.json")):
        trees += [case["inquiry"] for case in json.loads(path.read_text())["cases"] if "inquiry" in case]
    scenery = Scenery(ROOT / "scenarios" / "evidence")
    for path in sorted((ROOT / "scenarios").rglob("*.yaml")):
        played = path.parent == scenery.scenario
        text = scenery.text(path.name, {"CURRENT": CURRENT}).encode() if played else path.read_bytes()
        found = [document.tree for document in yaml.read(path.name, text)]
        trees += [tree for tree in found if isinstance(tree, dict) and next(iter(tree), "") in FORMS]
    return trees


def refused_documents() -> list[Any]:
    """What the errors' vectors hold, document by document, where the shape of one alone is wrong."""
    found = []
    for case in json.loads((ROOT / "vectors" / "documents" / "errors.json").read_text())["cases"]:
        lists = case["lists"]
        try:
            documents = yaml.read("v", case["yaml"].encode())
        except (yaml.YamlRejectedError, KeyError):
            continue
        for document in documents:
            _, problems = shape(0, document.tree, lambda name, _, lists=lists: str(lists.get(name)).encode())  # type: ignore[misc]
            if problems:
                found.append(pytest.param(document.tree, id=case["name"]))
    return found


BEYOND = (
    "condition: ",  # the grammar of conditions is not JSON Schema's
    "list missing",
    "digest mismatch",
    "a column that is not there",
    "bad CSV",
    "an instant that there is not",
    "an instant without UTC",
    "severities the wrong way round",
    "an alert line above the red one",
    "safeguard: the last stage with clears_below",
    "safeguard: an earlier stage without",
    "safeguard: clears_below above flags_at",
    "safeguard: the same classifier twice",
)
"""What the shape of a document can have wrong, and no schema can say."""

NOT_BEYOND = ("condition: huge", "condition: a list for a condition")


@pytest.mark.parametrize("kind", FORMS)
def test_the_schemas_are_up_to_date(kind: str) -> None:
    path = FOLDER / f"{kind}.schema.json"
    text = json.dumps(SCHEMAS[kind], indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("LICET_WRITE_SCHEMAS"):
        path.write_text(text)
    assert path.read_text() == text, "write them anew with LICET_WRITE_SCHEMAS=1"


def test_there_are_no_other_schemas() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{kind}.schema.json" for kind in FORMS}


@pytest.mark.parametrize("kind", FORMS)
def test_each_schema_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])


def test_every_good_document_is_valid() -> None:
    trees = good_documents()
    for tree in trees:
        errors = [error.message for error in VALIDATORS[kind_of(tree)].iter_errors(tree)]
        assert errors == [], tree
    assert {kind_of(tree) for tree in trees} >= set(FORMS) - {"subject"}


@pytest.mark.parametrize("tree", refused_documents())
def test_a_document_that_is_refused_for_its_shape_is_not_valid(tree: Any, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id
    valid = [kind for kind, validator in VALIDATORS.items() if validator.is_valid(tree)]
    beyond = name.startswith(BEYOND) and name not in NOT_BEYOND
    assert valid == ([kind_of(tree)] if beyond else [])


@given(worlds(most=5))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_the_reader_accepts_is_valid_as_written_and_in_its_canonical_form(world: World) -> None:
    """And a canonical form is a document whose canonical form is itself."""
    for tree in documents_of(world):
        draft, problems = shape(0, tree, annex_file)
        assert draft is not None, problems
        assert VALIDATORS[draft.kind].is_valid(tree)
        assert VALIDATORS[draft.kind].is_valid(draft.tree)
        again, _ = shape(0, draft.tree, annex_file)
        assert again is not None
        assert again.tree == draft.tree


def test_a_subject_is_valid() -> None:
    tree = {
        "subject": "alice",
        "kind": "person",
        "facts": {
            "citizenships": {
                "value": ["FR"],
                "complete": True,
                "attested_by": "desk",
                "how": "passport",
                "level": "high",
                "at": "2026-06-02T10:00:00-04:00",
            }
        },
    }
    assert VALIDATORS["subject"].is_valid(tree)
    assert shape(0, tree, lambda _, __: None)[1] == ()
