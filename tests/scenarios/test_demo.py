"""`licet demo` as people start it: a real gate, a real model, official clients; and another law is noticed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios" / "june-2026"
LICET = Path(sys.executable).with_name("licet")
DEADLINE = 900

SMALL = """\
callers:
  jean: {who: Foreign national abroad, client: openai}
  imre: {who: Developer's foreign staff, client: anthropic}
instants:
  - {at: 2026-06-12T18:51:00-04:00, event: order}
answers:
  subst: {outcome: substitute, served: opus-4.8, instruments: [dev-opus-4.8, us-doc-2026-06-12]}
cells:
  fable-5:
    jean: [subst]
    imre: [subst]
streams:
  at: 2026-06-12T18:50:58-04:00
  model: fable-5
  ends: {}
"""


def demo(scenario: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(LICET), "demo", "--scenario", str(scenario), "--folder", str(folder), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE, check=False)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two callers who ask for one model in the first moment of the order."""
    scenario = tmp_path / "scenario"
    shutil.copytree(FOLDER, scenario)
    (scenario / "expected.yaml").write_text(SMALL)
    (scenario / "desk.yaml").unlink()
    for act in ("audit.yaml", "carriers.yaml", "trust.yaml"):
        (scenario / act).unlink()
    return scenario


def test_the_whole_cycle_is_as_expected(tmp_path: Path, go: Any) -> None:
    ended = demo(FOLDER, tmp_path / "demo")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    lines = ended.stdout.splitlines()
    (staff,) = [line for line in lines if "Developer's foreign staff" in line and "✕ refused" in line]
    assert " ".join(staff.split()).endswith("● served ● served ✕ refused A ● served B ● served ● served")
    (abroad,) = [line for line in lines if "Foreign national abroad" in line and "cut A" in line]
    assert abroad.count("◐ opus-4.8 A") == 2
    assert "HTTP/1.1 451 Unavailable For Legal Reasons" in lines
    assert any(line.startswith("link: ") and 'rel="blocked-by"' in line for line in lines)
    (verdict,) = [line for line in lines if line.startswith("126 answers and 2 streams")]
    assert "each as the scenario expects" in verdict
    assert "3 letters reviewed, 15 properties asked about, 3 of 3 slips caught" in lines
    assert lines[-1] == "11 commands, 2 of which found the byte that was changed"
    assert [line for line in lines if line.startswith("  refused: tile/entries/000.p/")] != []
    assert sum(line.startswith("  holds: between 2026-06-12T18:51:00-04:00") for line in lines) == 2
    said = " ".join(ended.stdout.split())
    assert re.search(r"none of (10|8) names, numbers and dates from the callers' papers is in", said)  # 8 without node
    pages = sorted(path.name for path in (tmp_path / "demo" / "pages").iterdir())
    assert len(pages) == 9
    assert [line for line in lines if line.endswith(".html") and Path(line).name in pages] != []
    go_verifies(go, tmp_path / "demo")


def go_verifies(go: Any, folder: Path) -> None:
    """Others' code verifies the log that the demonstration left, and refuses the one with a byte changed."""
    (log,) = [line.split()[1] for line in (folder / "policy.txt").read_text().splitlines() if line.startswith("log ")]
    answer = go.ask("log", folder=str(folder / ".licet" / "record"), vkeys=[log], note="")
    assert "error" not in answer, answer
    assert answer["size"] > 50
    assert "error" in go.ask("log", folder=str(folder / "changed-log"), vkeys=[log], note="")


def test_as_json(small: Path, tmp_path: Path) -> None:
    ended = demo(small, tmp_path / "demo", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = json.loads(ended.stdout)
    assert [(cell["caller"], cell["outcome"], cell["served"]) for cell in told["cells"]] == [
        ("imre", "substitute", "opus-4.8"),
        ("jean", "substitute", "opus-4.8"),
    ]
    assert told["differences"] == []
    assert told["before"] is None


@pytest.mark.parametrize(
    ("before", "after", "cell"),
    [
        ("forbids: foreign_person", "forbids: foreign_person and not staff", "imre asking fable-5"),
        ("from: 2026-06-12T18:51:00-04:00", "from: 2026-06-12T18:51:30-04:00", "jean asking fable-5"),
    ],
    ids=["an order without staff", "an order that begins late"],
)
def test_another_law_is_seen(small: Path, tmp_path: Path, before: str, after: str, cell: str) -> None:
    instruments = small / "instruments.yaml"
    assert before in instruments.read_text()
    instruments.write_text(instruments.read_text().replace(before, after))
    ended = demo(small, tmp_path / "demo")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert f"12 Jun 18:51, {cell}: expected substitute opus-4.8" in ended.stdout


def test_a_folder_of_somebody_else_is_left_alone(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    ended = demo(small, folder)
    assert ended.returncode == 2
    assert "is not a demonstration's" in ended.stderr
    assert (folder / "thesis.txt").read_text() == "years of work"


def test_a_scenario_that_is_not_there(tmp_path: Path) -> None:
    ended = demo(tmp_path / "nowhere", tmp_path / "demo")
    assert ended.returncode == 2
    assert "expected.yaml" in ended.stderr
