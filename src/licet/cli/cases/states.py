"""The states of cases in words."""

from __future__ import annotations

from licet.cli.cases.room import Room
from licet.services.cases.ports import CaseCount, CaseRow


def state_title(room: Room, row: CaseRow | CaseCount) -> str:
    """The state of a case as people call it."""
    procedure = room.law.named(row.procedure)
    return procedure.states[row.state].title if procedure and row.state in procedure.states else row.state
