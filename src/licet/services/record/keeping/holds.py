"""Legal holds: events that freeze the deletion of segments until they are released. `spec/segments.md`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from licet.core.errors import LicetError
from licet.services.record.ports import Sealed


@dataclass(frozen=True, slots=True)
class Hold:
    """What must not be deleted, who says so, when and why.

    It covers the segments that meet all of what is not None: they are among `segments`, have a record in
    [`since`, `until`), or a decision that names `subject` (a pseudonym).
    """

    name: str
    at: datetime
    by: str
    why: str
    segments: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A hold ended."""

    name: str
    at: datetime
    by: str
    why: str


class HoldRefused(LicetError):
    """A hold that cannot be made or released as asked."""


class Holds(Protocol):
    """The events, oldest first. Raises `SegmentsUnusable` where they cannot all be read: then nothing is deleted."""

    def holds(self) -> tuple[Hold | Release, ...]:
        """Every event."""

    def append_hold(self, event: Hold | Release) -> None:
        """Append one, durably; whoever calls it is alone (`Sealing.alone`)."""


def active(events: Iterable[Hold | Release]) -> dict[str, Hold]:
    """The holds that were not released, by name."""
    found: dict[str, Hold] = {}
    for event in events:
        if isinstance(event, Hold):
            found[event.name] = event
        else:
            found.pop(event.name, None)
    return found


Same = Callable[[str], Collection[str]]
"""All pseudonyms of whom one pseudonym stands for: keys of pseudonyms are rotated, and a hold goes on."""


def itself(pseudonym: str) -> Collection[str]:
    """`Same` where there was never but one key."""
    return (pseudonym,)


def covers(hold: Hold, sealed: Sealed, subjects: Callable[[], Collection[str]], same: Same = itself) -> bool:
    """Whether a hold covers a segment; `subjects` are the pseudonyms that its decisions name."""
    entry = sealed.entry
    return (
        (hold.segments is None or sealed.name in hold.segments)
        and (hold.since is None or entry.last >= hold.since)
        and (hold.until is None or entry.first < hold.until)
        and (hold.subject is None or not set(same(hold.subject)).isdisjoint(subjects()))
    )


def add(holds: Holds, hold: Hold) -> None:
    """Make a hold. Raises `HoldRefused` where one of that name is active, or its time is none."""
    if hold.name in active(holds.holds()):
        raise HoldRefused(f"there is a hold `{hold.name}` already: release it first, or take another name")
    if hold.since is not None and hold.until is not None and hold.until <= hold.since:
        raise HoldRefused("the hold would end before it begins: `--until` is not after `--from`")
    holds.append_hold(hold)


def release(holds: Holds, release: Release) -> None:
    """End a hold. Raises `HoldRefused` where none of that name is active."""
    there = active(holds.holds())
    if release.name not in there:
        names = ", ".join(f"`{each}`" for each in sorted(there)) or "none"
        raise HoldRefused(f"there is no hold `{release.name}`; there are {names}")
    holds.append_hold(release)
