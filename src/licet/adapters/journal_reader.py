"""Reading the journal back. Readers take no locks and change nothing; they may run beside the workers that write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from licet.adapters.journal_file import SUFFIX
from licet.wire.journal import Damage, DecisionRecord, EndRecord, Entry, Record, entries


def read(folder: Path) -> Iterator[tuple[Path, Entry | Damage]]:
    """Everything in every file, oldest file first, in the order of writing; damage where it is, never an exception.

    In a file that a worker still writes, damage with `torn` at its end is a group on its way to the disk.
    """
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        for entry in entries(path.read_bytes()):
            yield path, entry


def records(folder: Path) -> Iterator[Record]:
    """Every intact record of the gate, in the same order."""
    for _, entry in read(folder):
        if isinstance(entry, DecisionRecord | EndRecord):
            yield entry
