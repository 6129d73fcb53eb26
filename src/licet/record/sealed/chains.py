"""Whether a worker's journal files follow each other without a gap, and when the last of them ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from licet.record.log.entries import JournalSegment
from licet.record.log.findings import Finding
from licet.record.sealed.journal_records import Closed, Decided, Ended, JournalRecord, Opened


class File:
    """What was seen of one file of the journal, from its first record to its last.

    `open`: the answers that began in it and did not end in it. `bad`: what is wrong with its first and last records.
    """

    __slots__ = ("bad", "closed", "count", "entry", "first", "last", "open", "opened")

    def __init__(self, entry: JournalSegment) -> None:
        self.entry = entry
        self.opened: Opened | None = None
        self.closed: Closed | None = None
        self.count = 0
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.open: dict[str, None] = {}
        self.bad: str | None = None

    def saw(self, index: int, record: JournalRecord) -> None:
        """The next record."""
        at = record.at
        if self.first is None or self.last is None:
            self.first = self.last = at
        elif at > self.last:
            self.last = at
        elif at < self.first:
            self.first = at
        if self.closed is not None:
            self.bad = f"record {index} comes after `closed`"
        if isinstance(record, Decided | Ended):
            if index == 0:
                self.bad = "it does not begin with `opened`: records before the first are missing"
        elif isinstance(record, Opened):
            if index or record.worker != self.entry.worker:
                self.bad = f"record {index}: an `opened` that is not its first record, or another worker's"
            self.opened = record
        else:
            if record.records != index:
                self.bad = f"`closed` counts {record.records} records before it, but there are {index}"
            self.closed = record
        self.count = index + 1


Chain = Sequence[File]
"""The files of one worker, in the order in which they were opened."""


def chains(files: Iterable[File]) -> dict[str, list[File]]:
    """The files by worker, each worker's in order."""
    found: dict[str, list[File]] = {}
    for file in files:
        found.setdefault(file.entry.worker, []).append(file)
    for each in found.values():
        each.sort(key=lambda file: (file.opened.at if file.opened else file.entry.first, file.entry.segment))
    return found


def check_chains(
    files: Iterable[File],
    since: datetime,
    acknowledged: Mapping[str, Sequence[tuple[datetime, int]]],
    until: datetime,
) -> Iterator[Finding]:
    """What is missing between the files of each worker, as far as it may be from `since` to `until`."""
    by_worker = chains(files)
    for worker, chain in by_worker.items():
        before: File | None = None
        for file in chain:
            place = f"segment {file.entry.segment}"
            if file.bad is not None:
                yield Finding(place, file.bad)
            elif file.closed is None:
                yield Finding(place, "it does not end with `closed`: records after its last are missing")
            if before is not None and before.opened is not None and before.opened == file.opened:
                yield Finding(
                    place,
                    f"it was opened as, and when, the segment {before.entry.segment} was: one is the other's copy",
                )
            gap = _gap(before, file, since)
            if gap is not None:
                yield Finding(place, gap)
            before = file
        last = max((file.last for file in chain if file.last is not None), default=since)
        yield from _acknowledged_later(worker, last, acknowledged.get(worker, ()), since, until)
    for worker in sorted(acknowledged.keys() - by_worker.keys()):
        yield from _acknowledged_later(worker, since, acknowledged[worker], since, until)


def _gap(before: File | None, file: File, since: datetime) -> str | None:
    number = file.opened.segment if file.opened is not None else 0
    if number == 0 or file.opened is None or file.opened.at <= since:
        return None
    if before is None or before.opened is None or before.opened.segment != number - 1:
        return f"it is file {number} of this start of {file.entry.worker}, and file {number - 1} was not disclosed"
    return None


def _acknowledged_later(
    worker: str, last: datetime, steps: Sequence[tuple[datetime, int]], since: datetime, until: datetime
) -> Iterator[Finding]:
    """A worker that acknowledged an epoch after its last record wrote into a file that is not here."""
    later = [at for at, _ in steps if max(last, since) < at <= until]
    if later:
        why = f"it acknowledged an epoch at {later[0].isoformat()}, and no segment of it from then was disclosed"
        yield Finding(f"worker {worker}", why)


class Ends:
    """When answers without an `end` must have ended: with their worker, if it is known that it ended."""

    def __init__(self, files: Iterable[File]) -> None:
        self._ends: dict[str, datetime | None] = {}
        for chain in chains(files).values():
            for at, file in enumerate(chain):
                if file.open:
                    self._ends |= dict.fromkeys(file.open, _end_of(chain[at:]))

    def of(self, answer: str) -> datetime | None:
        """When at the latest, or None where it is not known."""
        return self._ends.get(answer)


def _end_of(rest: Sequence[File]) -> datetime | None:
    """When the start of the worker ended that wrote the first of these files.

    Its last file is the one that repair closed, or after which the worker began to count anew.
    """
    for at, file in enumerate(rest):
        if file.closed is None:
            return None
        following = rest[at + 1] if at + 1 < len(rest) else None
        begun_anew = following is not None and following.opened is not None and following.opened.segment == 0
        if file.closed.by == "repair" or begun_anew:
            return file.closed.at
    return None
