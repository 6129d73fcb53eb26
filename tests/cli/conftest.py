"""A real installation for each test: files, SQLite and the command itself, in this process or as a program."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from licet.app.world import HostWorld
from licet.cli.main import run

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def tree(self) -> Any:
        """The one JSON document on the standard output."""
        return json.loads(self.out)


Command = Callable[..., Said]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LICET_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def licet(here: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process, on the real world."""

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = run(HostWorld(), [str(each) for each in arguments])
        captured = capsys.readouterr()
        return Said(int(code), captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory where `licet init` has been run, to be copied."""
    folder = tmp_path_factory.mktemp("initialised")
    said_in(folder, "init", "--upstream", "http://127.0.0.1:9", "--model", "small", "--api", "both")
    return folder


@pytest.fixture(scope="session")
def cycle(initialised: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with the cycle of June 2026 enacted by two and its people imported, to be copied."""
    folder = tmp_path_factory.mktemp("cycle")
    shutil.copytree(initialised, folder, dirs_exist_ok=True)
    asked = ("enact", JUNE / "models.yaml", JUNE / "instruments.yaml", "--actor", "ann", "--json")
    proposed = said_in(folder, *asked, code=6)
    said_in(folder, "approve", proposed.tree["proposal"], "--actor", "ben")
    said_in(folder, "subjects", "import", JUNE / "people.csv")
    return folder


def said_in(folder: Path, *arguments: object, code: int = 0) -> Said:
    """What a command says that is run in a directory by a fixture of the session."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patched,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patched.chdir(folder)
        patched.delenv("LICET_CONFIG", raising=False)
        said = Said(int(run(HostWorld(), [str(each) for each in arguments])), out.getvalue(), err.getvalue())
    assert said.code == code, said
    return said


@pytest.fixture
def installed(licet: Command, here: Path, initialised: Path) -> Command:
    """The same, where `licet init` has been run."""
    shutil.copytree(initialised, here, dirs_exist_ok=True)
    return licet


@pytest.fixture
def by_two(installed: Command) -> Command:
    """Enacts or lifts as two officers do: ann proposes, ben approves; what the approval said."""

    def call(*arguments: object) -> Said:
        asked = [each for each in arguments if each != "--json"]
        proposed = installed(*asked, "--actor", "ann", "--json")
        assert proposed.code == 6, proposed
        assert not proposed.tree["enacted"]
        tail = ["--json"] if "--json" in arguments else []
        return installed("approve", proposed.tree["proposal"], "--actor", "ben", *tail)

    return call


@pytest.fixture
def june(installed: Command, here: Path, cycle: Path) -> Command:
    """The same, with the cycle of June 2026 enacted and its people imported."""
    shutil.copytree(cycle, here, dirs_exist_ok=True)  # over `installed`, of which it is a later state
    return installed
