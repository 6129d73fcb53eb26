"""The register as JSON: in its one spelling, and as its schemas say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rfc8785
from jsonschema import Draft202012Validator
from tests.services import register_world as world

SPEC = Path(__file__).parents[2] / "spec"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SPEC / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    world.published(world.world(), folder)
    return folder


def test_the_register_is_as_its_schema_says(folder: Path) -> None:
    tree = json.loads((folder / "register.json").read_bytes())
    assert [error.message for error in validator("register-v1").iter_errors(tree)] == []
    assert len(tree["procedures"]) >= 13 and tree["cases"]["all"] == len(world.walked())


def test_each_case_is_as_its_schema_says(folder: Path) -> None:
    valid = validator("register-case-v1")
    found = sorted((folder / "cases").rglob("*.json"))
    assert len(found) == len(world.walked())
    for path in found:
        assert [error.message for error in valid.iter_errors(json.loads(path.read_bytes()))] == []


def test_everything_is_in_its_one_spelling(folder: Path) -> None:
    for path in folder.rglob("*.json"):
        content = path.read_bytes()
        assert rfc8785.dumps(json.loads(content)) == content, path
