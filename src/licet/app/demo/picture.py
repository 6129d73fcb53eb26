"""The result as a picture for documents: an SVG that loads nothing from anywhere."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from licet.app.demo.afterwards import Afterwards
from licet.app.demo.afterwards_table import afterwards_overview, afterwards_verdict
from licet.app.demo.asking import Asked
from licet.app.demo.asking_table import asking_report
from licet.app.demo.compare import Played
from licet.app.demo.foreseen import Foreseen
from licet.app.demo.foreseen_table import foreseen_overview, foreseen_verdict
from licet.app.demo.pages import opening, overview, verdict
from licet.app.demo.scenario import Scenario
from licet.app.demo.stage import Stage

WIDTH = 120
FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""What fetches a font from another host; without it the reader's own monospaced font is used."""


def save(
    path: Path,
    scenario: Scenario,
    stage: Stage,
    played: Played,
    asked: Asked | None,
    foreseen: Foreseen | None,
    audited: Afterwards | None,
    seconds: float,
) -> None:
    """Write what `licet demo` prints, without the long refusal and the list of pages."""
    console = Console(
        width=WIDTH, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    for line in opening(scenario):
        console.print(line)
    overview(console, scenario, stage, played)
    console.print()
    verdict(console, scenario, played, seconds)
    if asked is not None:
        console.print()
        asking_report(console, scenario, stage.carriers.ways, asked)
    if foreseen is not None:
        console.print()
        foreseen_overview(console, stage.instruments, foreseen)
        console.print()
        foreseen_verdict(console, foreseen)
    if audited is not None:
        console.print()
        afterwards_overview(console, audited)
        console.print()
        afterwards_verdict(console, audited)
    drawn = console.export_svg(title="licet demo", unique_id="licet-demo")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FONT_FACE.sub("", drawn).replace("Fira Code, monospace", "ui-monospace, monospace"))
