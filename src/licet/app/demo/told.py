"""What demonstrations tell: what came out, act by act, as tables on a terminal and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table


class Said(NamedTuple):
    """One thing that came out: of which command, measurement or question; what it was; whether that is as expected."""

    of: str
    what: str
    right: bool = True


class Act(NamedTuple):
    """What happened at one instant."""

    at: datetime
    title: str
    said: tuple[Said, ...]


def watched(console: Console | None, acts: Iterable[Act]) -> list[Act]:
    """Every act, shown as soon as it has been played; None shows nothing."""
    played: list[Act] = []
    for act in acts:
        played.append(act)
        if console is not None:
            show(console, act)
    return played


def ended(console: Console | None, acts: Sequence[Act], pages: Sequence[Path], seconds: float) -> None:
    """What came of it, on the console; None writes one JSON object instead."""
    if console is None:
        sys.stdout.write(json.dumps(as_json(acts, pages, seconds), indent=2) + "\n")
    else:
        closing(console, acts, pages, seconds)


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
    total, wrong = (len(said) for said in ([each for act in acts for each in act.said], wrong_of(acts)))
    tone = "bold red" if wrong else "green"
    console.print(f"\n[{tone}]{total - wrong} of {total} as expected[/], in {seconds:.0f} s")
    console.print("Pages that can be handed on:")
    for page in pages:
        console.print(f"  {page}", soft_wrap=True)


def wrong_of(acts: Sequence[Act]) -> list[Said]:
    """What did not come out as expected."""
    return [said for act in acts for said in act.said if not said.right]


def as_json(acts: Sequence[Act], pages: Sequence[Path], seconds: float) -> dict[str, Any]:
    """The same for machines."""
    return {
        "as_expected": not wrong_of(acts),
        "acts": [
            {"at": act.at.isoformat(), "title": act.title, "said": [said._asdict() for said in act.said]}
            for act in acts
        ],
        "pages": [str(page) for page in pages],
        "seconds": round(seconds, 1),
    }
