"""What the demonstration says before it begins."""

from __future__ import annotations

from rich.console import Console


def opening(console: Console, samples: int) -> None:
    """What is played, what of it is real, and what is not."""
    console.print("The dispute of June 2026 on harmless stand-ins: how bad is a way round safeguards? Who says so?")
    console.print(
        f"Real: the gate, Inspect, {samples} requests that are measured now, every verdict. Not real: the models."
    )
    console.print(
        "One small model, SmolLM2-135M, is behind all names: told to keep a word, or to name no capital, or nothing."
    )
