"""What the demonstration is played on: the model, a gate with its clocks, four officers, the callers of June."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from licet.app.demo.desk import APPROVER, PROPOSER
from licet.app.demo.gate import clear, model_server, state_of
from licet.app.demo.officers import documents_of, officers
from licet.app.demo.scenario import PEOPLE
from licet.app.demo.stage import UPSTREAM
from licet.app.demo.standing import Standing, found, standing
from licet.core.roles import Role

COUNSEL, SAFETY, APPEALS, REVIEW = PROPOSER, APPROVER, "C. Appeals", "D. Review"
"""Two who decide on applications, and two who decide on appeals: nobody decides twice."""

BOTH = frozenset((Role.OFFICER, Role.APPROVER))


@contextmanager
def stage(scenario: Path, folder: Path, start: datetime) -> Iterator[Standing]:
    """Set everything up afresh in `folder`, run it, and end every process afterwards. Raises `StageError`."""
    clear(folder)
    with ExitStack() as around:
        weights = model_server(around, folder)
        lay_out(scenario, folder, weights)
        made = officers(state_of(folder), [], dict.fromkeys((APPEALS, REVIEW), BOTH))
        sources = [each.source for each in documents_of(folder / "rulebook")]
        keys = found(made, sources, (june(scenario) / PEOPLE).read_bytes(), start)
        with standing(folder, "cases", start, weights=weights, officers=made, keys=keys) as it:
            yield it


def june(scenario: Path) -> Path:
    """The cycle whose models, lists and people are played with."""
    return scenario.parent / "june-2026"


def lay_out(scenario: Path, folder: Path, weights: str) -> None:
    """Every file that is typed on the command line, in the folder in which that is done."""
    models = (june(scenario) / "models.yaml").read_text(encoding="utf-8").replace(UPSTREAM, weights)
    (folder / "rulebook" / "models.yaml").write_text(models, encoding="utf-8")
    for name in ("partners.csv", "annex-a.csv"):
        content = (june(scenario) / name).read_bytes()
        (folder / name).write_bytes(content)
        (folder / "rulebook" / name).write_bytes(content)
    (folder / "rulebook" / "instruments.yaml").write_bytes((scenario / "instruments.yaml").read_bytes())
    for path in sorted(scenario.iterdir()):
        if path.name not in ("instruments.yaml", "README.md"):
            (folder / path.name).write_bytes(path.read_bytes())
