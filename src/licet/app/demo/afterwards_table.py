"""What an auditor did afterwards: each command and what it said, and whether all of it is as it has to be."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from licet.app.demo.afterwards import Afterwards
from licet.app.demo.pages import shown

GOOD, BAD = "green", "bold red"


def afterwards_report(console: Console, found: Afterwards) -> None:
    """The commands, the pages, and the verdict."""
    afterwards_overview(console, found)
    console.print()
    console.print(Text("As pages:", style="bold"))
    for page in found.pages:
        console.print(Text(shown(page)), soft_wrap=True)
    console.print()
    afterwards_verdict(console, found)


def afterwards_overview(console: Console, found: Afterwards) -> None:
    """Each command as it would be typed, and its answer below it."""
    console.print(Text("Afterwards, without trusting anybody", style="bold"))
    console.print("What was enacted and decided is in a public log that two witnesses cosign. Somebody checks it:")
    console.print()
    for line in found.lines:
        console.print(Text(f"$ {line.command}", style="dim"))
        if line.said:
            # an answer of 1 was wanted where somebody had changed a byte
            told = (GOOD if line.exit == 0 else "yellow") if line.right else BAD
            console.print(Padding(Text(line.said, style=told), (0, 0, 0, 2), expand=False))


def afterwards_verdict(console: Console, found: Afterwards) -> None:
    """Whether everything verified that has to, and nothing that must not."""
    for line in found.wrong:
        console.print(Text(line, style=BAD), soft_wrap=True)
    caught = sum(1 for line in found.lines if line.right and line.exit != 0)
    said = f"{len(found.lines)} commands, {caught} of which found the byte that was changed"
    console.print(Text(said, style=BAD if found.wrong else GOOD))


def afterwards_json(found: Afterwards | None) -> dict[str, Any] | None:
    """The same for programs."""
    if found is None:
        return None
    return {
        "commands": [{"command": each.command, "said": each.said, "exit": each.exit} for each in found.lines],
        "pages": [str(page) for page in found.pages],
        "wrong": list(found.wrong),
    }
