"""What happened in a case: an append-only list of entries. Everything else about a case is derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class BuiltIn(StrEnum):
    """What can happen in every case, whatever its procedure."""

    NOTE = "note"
    """Somebody writes something down: `text`, with a class `secrecy`."""

    LINK = "link"
    """It is linked: `relation` and `target` (a case, an instrument, a finding, a document by digest)."""

    MOVE = "move"
    """It goes on under another version of its procedure: `procedure` (a digest), `state`, `why`."""

    HOLD = "hold"
    """Nothing of it may be destroyed: `name`, `why`."""

    RELEASE = "release hold"
    DISCHARGE = "discharge"
    """An obligation is met: `obligation`."""

    BREACH = "breach"
    """An obligation is found broken: `obligation`, `why`. It starts the time to put it right."""

    RAN_OUT = "ran out"
    """A clock ran out that makes nothing happen but that it is missed."""

    SUCCEED = "succeed"
    """Another takes the place of a party, or its name was wrong: `role`, `name`, `why`."""

    WITHHOLD = "withhold"
    """A field of an earlier entry gets another class: `entry`, `field`, `secrecy`, `why`."""


class ClockKey(NamedTuple):
    """Which deadline an entry by the clock is about: it is there once, whoever runs.

    `again` counts the entries of this deadline that a late record overtook: it moved, and ran out another time.
    """

    clock: str
    started_by: int
    again: int = 0


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A document that came with an entry: its name, media type, size and digest; its bytes are kept by digest."""

    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    `number` counts from 1 in each case. `event` is one of the procedure's, or a `BuiltIn`. `role` is the case role in
    which it was done, `party` who did it where that is somebody outside, `actor` the officer who did or recorded it
    (`clock` for the clock's), `second` the officer who agreed. `at` is when it was recorded, `happened` when it
    happened, which is never later; where it is earlier, `late` says why. `fields` are plain JSON. `act` names the
    officer's act by which it was made.
    """

    number: int
    event: str
    role: str
    actor: str
    at: datetime
    happened: datetime
    fields: Mapping[str, Any] = field(hash=False)
    party: str | None = None
    second: str | None = None
    exhibits: tuple[Exhibit, ...] = ()
    clock: ClockKey | None = None
    late: str | None = None
    act: str | None = None
