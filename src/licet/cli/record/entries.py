"""Entries of the log on the screen: one line each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from licet.cli.terminal.blocks import Grid, Tone, cell, count, short
from licet.cli.terminal.trees import Tree
from licet.record.log.entries import (
    Acknowledged,
    Act,
    Correction,
    Deletion,
    Enacted,
    Entry,
    Instrument,
    JournalSegment,
    KeyHandOver,
    ListPart,
    PublishedList,
    SubjectFacts,
    WithheldInstrument,
    WithheldList,
)
from licet.record.log.fields import write_instant
from licet.services.record.publishing.publish import Appended

_WHAT: dict[type[Entry], Callable[[Any], str]] = {
    Instrument: lambda entry: f"{entry.kind} {entry.name}",
    WithheldInstrument: lambda entry: f"{entry.kind} {entry.name or '(no name)'}, without {', '.join(entry.withheld)}",
    PublishedList: lambda entry: f"{short(entry.digest)}…, {count(len(entry.text.splitlines()), 'line')}",
    ListPart: lambda entry: f"{short(entry.digest)}…, part {entry.part} of {entry.parts}",
    WithheldList: lambda entry: f"{short(entry.commitment)}…: {entry.reason}",
    Enacted: lambda entry: (
        f"epoch {entry.epoch} at {write_instant(entry.at)}: {count(len(entry.documents), 'document')}, {entry.ground}"
    ),
    Acknowledged: lambda entry: f"epoch {entry.epoch} by {entry.worker} at {write_instant(entry.at)}",
    Act: lambda entry: f"{entry.act}: {entry.kind}, {entry.outcome} at {write_instant(entry.at)}",
    JournalSegment: lambda entry: f"{entry.segment}: {count(entry.records, 'record')}",
    SubjectFacts: lambda entry: f"{entry.segment}: {count(entry.subjects, 'subject')}",
    Correction: lambda entry: f"of entry {entry.entry}: {entry.why}",
    Deletion: lambda entry: f"{entry.segment}: {entry.rule}",
    KeyHandOver: lambda entry: f"{entry.old.id.hex()} to {entry.new.id.hex()}: {entry.why}",
}
"""What an entry of each type says, in a few words."""


def what(entry: Entry) -> str:
    """What an entry says, in a few words."""
    return _WHAT[type(entry)](entry)


def entries_grid(appended: Sequence[Appended]) -> Grid:
    """Entries in a table."""
    rows = [[cell(each.at), cell(each.entry.TYPE, Tone.STRONG), cell(what(each.entry))] for each in appended]
    return Grid(rows, ("entry", "type", "what"))


def entry_tree(appended: Appended) -> Tree:
    """An entry that was appended, as JSON."""
    return {"entry": appended.at, "type": appended.entry.TYPE, "what": what(appended.entry)}
