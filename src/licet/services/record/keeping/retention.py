"""Retain: segments go once their time is over and nobody holds them, and the log says so before. `spec/segments.md`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from licet.record.log.entries import Deletion
from licet.record.log.entry_spelling import encode
from licet.services.record.keeping.holds import Hold, Holds, Same, active, covers, itself
from licet.services.record.keeping.logged import Logged, segments_logged
from licet.services.record.ports import Log, Sealed, Segments, SegmentsUnusable


class Retaining(Segments, Holds, Protocol):
    """What deleting needs of the disk."""

    def alone(self) -> AbstractContextManager[None]:
        """Be the only one that seals, holds or deletes. Raises `SegmentsUnusable` where another process does."""

    def subjects(self, sealed: Sealed) -> Collection[str]:
        """The pseudonyms that a segment's decisions name."""

    def delete(self, sealed: Sealed) -> None:
        """Delete a segment's files, each durably: seed and facts first, then no commitment of it can be opened.

        What of it is gone already is no error.
        """


class Held(NamedTuple):
    """A segment that is due and stays, and why."""

    segment: str
    why: str


@dataclass(frozen=True, slots=True)
class Expiry:
    """The segments that were deleted (or would be), and those that are due and stay."""

    deleted: tuple[Sealed, ...]
    kept: tuple[Held, ...]


def expire(
    folder: Retaining, log: Log, *, days: int, now: datetime, dry_run: bool = False, same: Same = itself
) -> Expiry:
    """Delete the segments whose latest record is older than so many days and that no hold covers.

    The entries `deletion` are in the log before anything is deleted; what an interrupted run left is deleted now.
    `same` leads from one pseudonym to all of whom it stands for. Raises `SegmentsUnusable`, `LogUnavailable`,
    `LogForked`.
    """
    with folder.alone():
        logged = segments_logged(log)
        holds = active(folder.holds())
        due = [each for each in folder.sealed() if _is_due(each, logged.get(each.name), days, now)]
        kept = {each.name: why for each in due if (why := _why_kept(folder, each, logged.get(each.name), holds, same))}
        going = [each for each in due if each.name not in kept]
        if not dry_run:
            entries = [
                encode(_deletion(each, logged[each.name], days, now)) for each in going if not logged[each.name].deleted
            ]
            if entries:
                log.append(entries)
            for each in going:
                folder.delete(each)
    return Expiry(tuple(going), tuple(Held(name, why) for name, why in sorted(kept.items())))


def _is_due(sealed: Sealed, logged: Logged | None, days: int, now: datetime) -> bool:
    return sealed.entry.last + timedelta(days=days) <= now or (logged is not None and logged.deleted)


def _why_kept(
    folder: Retaining, sealed: Sealed, logged: Logged | None, holds: Mapping[str, Hold], same: Same
) -> str | None:
    if logged is None or logged.entry != sealed.entry:
        return "the log does not have it: run `licet record publish` first"
    try:
        subjects = _subjects(folder, sealed)
        names = [name for name, hold in sorted(holds.items()) if covers(hold, sealed, subjects, same)]
    except SegmentsUnusable as error:
        return f"whether a hold covers it cannot be told: {error}"
    if not names:
        return None
    held = f"held by {', '.join(f'`{each}`' for each in names)}"
    return f"{held}, although the log says that it was deleted: correct that entry" if logged.deleted else held


def _subjects(folder: Retaining, sealed: Sealed) -> Callable[[], Collection[str]]:
    return lambda: folder.subjects(sealed)


def _deletion(sealed: Sealed, logged: Logged, days: int, now: datetime) -> Deletion:
    entry = sealed.entry
    return Deletion(logged.index, sealed.name, entry.root, entry.records, now, f"retention of {days} days")
