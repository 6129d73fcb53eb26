"""The demonstration as tables on a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from licet.app.evidence_demo.play import Act


def opening(console: Console, samples: int) -> None:
    """What is played, what of it is real, and what is not."""
    console.print("The dispute of June 2026 on harmless stand-ins: how bad is a way round safeguards? Who says so?")
    console.print(
        f"Real: the gate, Inspect, {samples} requests that are measured now, every verdict. Not real: the models."
    )
    console.print(
        "One small model, SmolLM2-135M, is behind all names: told to keep a word, or to name no capital, or nothing."
    )


def show(console: Console, act: Act) -> None:
    """One act."""
    table = Table(box=None, padding=(0, 1), show_header=False, pad_edge=False)
    table.add_column(width=1)
    table.add_column(ratio=2, style="dim", overflow="fold")
    table.add_column(ratio=3, overflow="fold")
    for said in act.said:
        table.add_row("[green]✓[/]" if said.right else "[bold red]✗[/]", said.of, said.what)
    console.print(f"\n[bold]{act.at:%d %B %Y, %H:%M}[/]  {act.title}", highlight=False)
    console.print(table)


def closing(console: Console, acts: Sequence[Act], pages: Sequence[Path], seconds: float) -> None:
    """Whether all was as expected, and where to look."""
    wrong = [said for act in acts for said in act.said if not said.right]
    total = sum(len(act.said) for act in acts)
    tone = "bold red" if wrong else "green"
    console.print(f"\n[{tone}]{total - len(wrong)} of {total} as expected[/], in {seconds:.0f} s")
    console.print("Pages that can be handed on:")
    for page in pages:
        console.print(f"  {page}", soft_wrap=True)


def as_json(acts: Sequence[Act], pages: Sequence[Path], seconds: float) -> dict[str, Any]:
    """The same for machines."""
    return {
        "as_expected": all(said.right for act in acts for said in act.said),
        "acts": [
            {"at": act.at.isoformat(), "title": act.title, "said": [said._asdict() for said in act.said]}
            for act in acts
        ],
        "pages": [str(page) for page in pages],
        "seconds": round(seconds, 1),
    }
