"""`licet journal`: what the gate decided and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import msgspec

from licet.cli.command import Session, command
from licet.cli.root import journal
from licet.cli.safeguarded import said
from licet.cli.terminal.blocks import Grid, Line, Reply, Tone, cell, listed
from licet.core.decision import Outcome
from licet.wire.journal import ClosedRecord, DecisionRecord, EndRecord, Entry, OpenedRecord

TONES = {Outcome.SERVE: Tone.GOOD, Outcome.SUBSTITUTE: Tone.WARN, Outcome.REFUSE: Tone.BAD}


@command(
    journal,
    "show",
    examples=(
        "licet journal show",
        "licet journal show -n 100 --outcome refuse",
        "licet journal show --subject alice --json",
    ),
)
@click.option("-n", "--lines", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many records.")
@click.option("--outcome", type=click.Choice([each.value for each in Outcome]), help="Only decisions that ended so.")
@click.option("--subject", help="Only decisions about this subject (the journal itself holds pseudonyms).")
def show(session: Session, lines: int, outcome: str | None, subject: str | None) -> Reply:
    """The newest records of all gate processes, the newest last."""
    found = session.installation.decisions(lines, outcome=outcome, subject=subject)
    tree = {"records": [msgspec.to_builtins(each) for each in found]}
    return Reply(tree, [grid(found)] if found else [Line("the journal holds no such record")])


def grid(entries: Sequence[Entry]) -> Grid:
    """Records as a table."""
    return Grid([_row(each) for each in entries], ("at", "what", "model", "served", "by", "unknown", "request"))


def _row(entry: Entry) -> list[Line]:
    at = cell(f"{entry.at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z", Tone.QUIET)
    match entry:
        case DecisionRecord():
            what = cell(entry.outcome.value, TONES[entry.outcome])
            by = cell(listed([*entry.instruments, *said(entry.safeguards)]))
            unknown = cell(listed(entry.unknown), Tone.WARN)
            return [at, what, cell(entry.requested), cell(entry.served), by, unknown, cell(entry.id, Tone.QUIET)]
        case EndRecord():
            what = cell(f"end: {entry.how}", Tone.BAD if entry.how == "cut" else Tone.QUIET)
            by = cell(listed([*entry.instruments, *said(entry.heard)]))
            return [at, what, cell(""), cell(""), by, cell(""), cell(entry.id, Tone.QUIET)]
        case OpenedRecord():
            return [at, cell("opened", Tone.QUIET), *_filler(f"worker {entry.worker}")]
        case ClosedRecord():
            return [at, cell("closed", Tone.QUIET), *_filler(f"by {entry.by}")]


def _filler(text: str) -> list[Any]:
    return [cell(""), cell(""), cell(text, Tone.QUIET), cell(""), cell("")]
