"""Why an entry cannot stand where it is, in a list of entries."""

from __future__ import annotations

from licet.core.cases.entry import Entry
from licet.core.cases.procedure import Procedure, State
from licet.core.errors import LicetError


class Broken(LicetError):
    """An entry that its procedure does not allow at its place; `state` is the state in which it finds the case."""

    def __init__(self, entry: Entry, says: str, procedure: Procedure, state: str, *, once: bool = False) -> None:
        super().__init__(says)
        self.entry = entry
        self.says = says
        self.procedure = procedure
        self.state = state
        self.once = once

    @property
    def found(self) -> State | None:
        """The state; None before the case is opened."""
        return self.procedure.states.get(self.state)
