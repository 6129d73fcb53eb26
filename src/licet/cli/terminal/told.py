"""How far a change got among the gate processes: in one sentence, and who is not there yet."""

from __future__ import annotations

from collections.abc import Sequence

from licet.cli.terminal.blocks import Line, Tone, count
from licet.cli.terminal.exits import Exit
from licet.services.announce import Announcement
from licet.services.enact import EnactReport

Told = Announcement | EnactReport


def reached(told: Told, verb: str = "in force on") -> list[Line]:
    """`in force on 2/2 after 0.04 s`, then each worker that is silent, or no longer there."""
    running = len(told.acks) + len(told.silences)
    if not running:
        lines = [Line("no gate is running; `licet serve` starts with this")]
    else:
        tone = Tone.BAD if told.silences else Tone.GOOD
        lines = [Line(f"{verb} {len(told.acks)}/{running} after {told.seconds:.2f} s", tone)]
    cut = sum(ack.cut for ack in told.acks)
    if cut:
        lines.append(Line(f"{count(cut, 'open answer')} ended by it", Tone.WARN))
    lines += [Line(f"worker {each.worker} has not acknowledged: {each.why}", Tone.BAD) for each in told.silences]
    lines += [
        Line(f"worker {each.worker} (process {each.pid}) had ended without signing off; it serves nobody", Tone.QUIET)
        for each in told.gone
    ]
    if told.silences:
        lines.append(Line("it goes on by what it knew until it reads the store; end a worker that hangs", Tone.BAD))
    return lines


def exit_of(told: Told) -> Exit:
    """Whether everybody acknowledged."""
    return Exit.NOT_EVERYWHERE if told.silences else Exit.OK


def among(names: Sequence[str], most: int = 3) -> str:
    """A few names, and how many more."""
    shown = ", ".join(names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
