"""The law that cases go by: procedures by digest, tables of working days and catalogues of criteria by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from licet.core.cases.calendar import Table
from licet.core.cases.criteria import Criteria
from licet.core.cases.procedure import Procedure
from licet.core.errors import LicetError


class LawMissing(LicetError):
    """A procedure, a calendar or a catalogue that a case needs, and that is not here."""


@dataclass(frozen=True, slots=True)
class CaseLaw:
    """What cases are derived by.

    `procedures` by digest, every version that a case goes under; `tables` by the name of the calendar; `criteria` by
    the name of the catalogue, with its version.
    """

    procedures: Mapping[str, Procedure] = field(hash=False)
    tables: Mapping[str, Table] = field(hash=False)
    criteria: Mapping[str, Criteria] = field(default_factory=dict, hash=False)

    def procedure(self, digest: str) -> Procedure:
        """The procedure with this digest. Raises `LawMissing`."""
        found = self.procedures.get(digest)
        if found is None:
            raise LawMissing(f"there is no procedure with the digest `{digest}`; enact it, or name one that is there")
        return found

    def table(self, procedure: Procedure) -> Table:
        """The working days by which a procedure counts. Raises `LawMissing`."""
        found = self.tables.get(procedure.calendar)
        if found is None:
            raise LawMissing(f"the calendar `{procedure.calendar}` of `{procedure.name}` is not there")
        return found

    def catalogues(self, procedure: Procedure) -> tuple[Criteria, ...]:
        """The catalogues by which a procedure's decisions are judged. Raises `LawMissing`."""
        absent = [name for name in procedure.criteria if name not in self.criteria]
        if absent:
            raise LawMissing(f"the criteria `{absent[0]}` of `{procedure.name}` are not there")
        return tuple(self.criteria[name] for name in procedure.criteria)
