"""What the demonstration is played on: the model, its policies, a gate, two officers, three callers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from licet.app.demo.gate import clear, model_server, server, state_of
from licet.app.demo.officers import documents_of, officers
from licet.app.demo.scenario import PEOPLE
from licet.app.demo.standing import Standing, found, source_in, standing
from licet.app.evidence_demo.scenery import DEPLOYED, WEIGHTS, Scenery

POLICIES = {"fable-5": "word-of-the-day", "mythos-5": "capital-cities"}
"""The policies that stand before models, as their operator deploys them."""

THRESHOLD = "threshold.yaml"


@contextmanager
def stage(scenery: Scenery, folder: Path, start: datetime) -> Iterator[Standing]:
    """Set everything up afresh in `folder`, run it, and end every process afterwards. Raises `StageError`."""
    clear(folder)
    with ExitStack() as around:
        weights = model_server(around, folder)
        policies = [f"{name}={scenery.setup(setup)}" for name, setup in POLICIES.items()]
        log = folder / "deployed.log"
        deployed = server(around, "deployment", log, "licet.evals.policied", "0", weights, *policies)
        for name in ("models.yaml", THRESHOLD, "instruments.yaml"):
            sheet = scenery.text(name, {DEPLOYED: deployed, WEIGHTS: weights})
            (folder / "rulebook" / name).write_text(sheet)
        made = officers(state_of(folder), [])
        threshold = source_in(folder, THRESHOLD, folder / "rulebook" / THRESHOLD)
        sources = [threshold, *(each.source for each in documents_of(folder / "rulebook"))]
        keys = found(made, sources, scenery.text(PEOPLE).encode(), start)
        with standing(folder, "evidence", start, weights=weights, officers=made, keys=keys) as it:
            yield it
