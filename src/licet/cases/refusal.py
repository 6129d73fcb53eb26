"""Why an entry is not possible: every reason, with what is possible instead."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from licet.core.cases.case import Possible
from licet.core.errors import LicetError


class Why(StrEnum):
    """What kind of reason."""

    NUMBER = "number"
    """The case has other entries than whoever acts has seen."""

    EVENT = "event"
    STATE = "state"
    CONDITION = "condition"
    """What has to hold of the case does not, or is not known to."""

    FINAL = "final"
    ONCE = "once"
    ROLE = "role"
    PARTY = "party"
    SECOND = "second"
    UNLIKE = "unlike"
    """Who did something before may not do this."""

    TIME = "time"
    LATE = "late"
    OTHERS = "others"
    """It would make impossible what somebody else did after it."""

    CLOCK = "clock"
    EXHIBITS = "exhibits"
    FIELD = "field"
    DECISION = "decision"
    OBLIGATION = "obligation"
    MOVE = "move"


class Reason(NamedTuple):
    """One reason: its kind, and a sentence that says what to do. `field` names the field that it is about."""

    why: Why
    says: str
    field: str | None = None


class NotPossible(LicetError):
    """An entry that cannot be made, with every reason; `possible` is what can happen instead, and who can cause it."""

    def __init__(self, reasons: Sequence[Reason], possible: Sequence[Possible] = ()) -> None:
        self.reasons = tuple(reasons)
        self.possible = tuple(possible)
        super().__init__("\n".join(each.says for each in self.reasons))


def instead(possible: Sequence[Possible]) -> str:
    """What is possible now, and for whom, in words."""
    if not possible:
        return "nothing of its procedure is possible now"
    return "possible now: " + ", ".join(f"`{each.event.name}` ({', '.join(each.roles)})" for each in possible)
