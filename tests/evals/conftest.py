"""SmolLM2 on this machine, the same with a policy, and a gate in front of both with the safeguard that ships."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from tests.gate.conftest import SETTINGS, UpstreamServer
from tests.gate.conftest import World as GateWorld

from licet.gate.classifiers.embedded import shipped

ROOT = Path(__file__).parents[2]
STAND_INS = ROOT / "scenarios" / "evals"
POLICY = STAND_INS / "setups" / "word-of-the-day.yaml"


@contextlib.contextmanager
def listening(*command: str) -> Iterator[str]:
    """A server in a process of its own, by the address that its first line tells."""
    with subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["listening"])
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def smollm() -> Iterator[str]:
    """The small model, without any policy."""
    with listening("licet.adapters.smollm", "0") as url:
        yield url


@pytest.fixture(scope="session")
def deployed(smollm: str) -> Iterator[str]:
    """The same weights; all but `open` have the policy of the word of the day before every conversation."""
    policies = (f"{name}={POLICY}" for name in ("guarded", "alone", "policied"))
    with listening("licet.evals.policied", "0", smollm, *policies) as url:
        yield url


class Gate(NamedTuple):
    """A gate, by what an evaluation needs of it."""

    base_url: str
    key: str


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory, deployed: str) -> Iterator[Gate]:
    """`guarded` falls back to `open`, `alone` to nothing, `withdrawn` is forbidden
    to all, and `policied` has no safeguard."""
    port = urlsplit(deployed).port
    assert port is not None
    slow = SETTINGS.replace("first_byte_seconds: 1, idle_seconds: 1", "first_byte_seconds: 20, idle_seconds: 20")
    world = GateWorld(tmp_path_factory.mktemp("evals"), UpstreamServer(port=port), 1, slow)
    text = world.model("open", "open") + world.model("guarded", "guarded", "fallback: [open]")
    text += world.model("alone", "alone") + world.model("withdrawn", "open") + world.model("policied", "policied")
    world.enact(text + world.order("stop", "withdrawn", "true") + safeguard("guarded, alone"))
    world.start()
    yield Gate(f"{world.url}/v1", world.key("evaluator"))
    world.close()


def safeguard(models: str) -> str:
    """The classifier that ships, before these models."""
    head = shipped()
    stage = f"{{classifier: {head.name}, version: '{head.version}', contract: embedded, flags_at: 0.5}}"
    return "\n".join(["safeguard: word-of-the-day", f"models: [{models}]", "cascade:", f"  - {stage}", "---", ""])


@pytest.fixture(autouse=True)
def from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suites that ship are found from the root of the repository."""
    monkeypatch.chdir(ROOT)
