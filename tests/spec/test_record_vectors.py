"""`vectors/record/`: each case answered as it says; and the files are what their generator makes.

`LICET_WRITE_VECTORS=1 python -m pytest tests/spec/test_record_vectors.py` writes them anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.spec.record_answers import ANSWERS, told
from tests.spec.record_vectors import CASES

from licet.record.log.entries import Entry

FOLDER = Path(__file__).parents[2] / "vectors" / "record"


def made(name: str) -> str:
    """The text of a file, with what is expected."""
    make, about = CASES[name]
    cases = []
    for accepted, case in make():
        expect = told(case, ANSWERS[name])
        assert ("refused" not in expect) is accepted, (case["name"], expect)
        cases.append({**case, "expect": expect})
    return json.dumps({"about": about, "cases": cases}, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_the_files_are_what_their_generator_makes(name: str) -> None:
    path = FOLDER / f"{name}.json"
    if os.environ.get("LICET_WRITE_VECTORS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made(name))
    assert path.read_text() == made(name), "write them anew with LICET_WRITE_VECTORS=1"


def stored(name: str) -> list[dict[str, Any]]:
    path = FOLDER / f"{name}.json"
    return list(json.loads(path.read_text())["cases"]) if path.exists() else []


@pytest.mark.parametrize("name", ANSWERS)
def test_each_case_is_answered_as_it_says(name: str) -> None:
    cases = stored(name)
    assert cases
    for case in cases:
        assert told(case, ANSWERS[name]) == case["expect"], case["name"]


@pytest.mark.parametrize("name", CASES)
def test_each_case_has_a_name_of_its_own_and_says_why(name: str) -> None:
    cases = stored(name)
    assert len({case["name"] for case in cases}) == len(cases)
    assert all(case["why"].endswith(".") for case in cases)


def test_there_is_a_file_for_everything_and_no_other() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES) == set(ANSWERS)
    text = (FOLDER.parent / "README.md").read_text()
    for name in CASES:
        assert f"`{name}.json`" in text


def test_every_type_of_entry_is_there() -> None:
    types = {case["expect"].get("type") for case in stored("entries")}
    assert types - {None} == {kind.TYPE for kind in get_args(Entry)}
