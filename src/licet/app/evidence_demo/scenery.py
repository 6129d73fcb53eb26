"""The scenario's files, with what is only known when it is played put in: addresses, digests, the head's version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from licet.app.demo.processes import StageError
from licet.evals.suites import read_manifest
from licet.gate.classifiers.embedded import shipped

SUITES = {"SUITE-WORD": "word-of-the-day", "SUITE-CAPITALS": "capital-cities", "SUITE-BENIGN": "benign"}
DEPLOYED, WEIGHTS = "http://127.0.0.1:18140", "http://127.0.0.1:18141"
"""In the scenario's documents: where the models with a policy are, and where the weights are without one."""


class Scenery:
    """What the demonstration is played with: `scenario` are its own files, `evals` those of the suites."""

    def __init__(self, scenario: Path) -> None:
        self.scenario = scenario.absolute()
        self.evals = self.scenario.parent / "evals"
        if not (self.scenario / "instruments.yaml").is_file():
            raise StageError(f"no scenario at `{scenario}`: run this in a clone of the repository")
        head = shipped()
        suites = {mark: self.manifest(name) for mark, name in SUITES.items()}
        self._known = {f"sha256:{mark}": read_manifest(path).digest for mark, path in suites.items()}
        self._known |= {"HEAD-NAME": head.name, "HEAD-VERSION": head.version}

    def manifest(self, suite: str) -> Path:
        """The manifest of a suite."""
        return self.evals / f"{suite}.yaml"

    def setup(self, name: str) -> Path:
        """A setup of the suites, or of this scenario."""
        own = self.scenario / f"{name}.yaml"
        return own if own.is_file() else self.evals / "setups" / f"{name}.yaml"

    def technique(self, name: str) -> Path:
        """A technique."""
        return self.evals / "techniques" / f"{name}.yaml"

    def text(self, name: str, more: Mapping[str, str] | None = None) -> str:
        """A file of the scenario, with what is known put in."""
        text = (self.scenario / name).read_text(encoding="utf-8")
        for mark, value in {**self._known, **(more or {})}.items():
            text = text.replace(mark, value)
        return text

    def write(self, name: str, folder: Path, current: datetime, *, under: str = "") -> Path:
        """An inquiry in a folder, with the date to which its baselines are current."""
        path = folder / (under or name)
        path.write_text(self.text(name, {"CURRENT": current.isoformat()}), encoding="utf-8")
        return path
