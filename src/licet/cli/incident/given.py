"""What a command about incidents works on: a file of facts, or the case of an incident, at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from licet.cli.cases.room import Room
from licet.cli.command import Session
from licet.cli.files import source_files
from licet.cli.terminal.exits import Misnamed
from licet.core.cases.assessment import Assessment
from licet.core.cases.case import Case
from licet.core.cases.clock import Deadline, Running
from licet.services.cases.facts_file import FactsFile, check_past, read_facts
from licet.services.cases.incidents import (
    Concerned,
    assessed,
    concerned,
    duty_cases,
    facts_of,
    opening_event,
    title_of,
)
from licet.services.cases.laws import Law, law_from

NAMELESS = "an incident without a name"


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as a command finds it: its case (None: only a file), its facts, and every duty with its case."""

    case: Case | None
    title: str
    facts: Mapping[str, Any]
    duties: tuple[Concerned, ...]
    now: datetime

    @property
    def name(self) -> str | None:
        """The name of its case."""
        return None if self.case is None else self.case.id

    def duty(self, name: str) -> Concerned:
        """A duty by its name, with or without its version. Raises `Misnamed` with the names that there are."""
        found = next((each for each in self.duties if name in _names(each.assessment)), None)
        if found is None:
            there = ", ".join(f"`{_base(each.assessment)}`" for each in self.duties)
            raise Misnamed(f"there is no duty `{name}`; there are {there}")
        return found


def _names(found: Assessment) -> tuple[str, str]:
    return found.procedure.name, _base(found)


def _base(found: Assessment) -> str:
    return found.procedure.name.partition("@")[0]


def is_file(named: str) -> bool:
    """Whether something names a file, and not a case."""
    path = Path(named)
    return named == "-" or path.suffix in (".yaml", ".yml") or path.exists()


def law_in_force(session: Session, now: datetime) -> Law:
    """The law of cases: of the installation here, or what comes with Licet."""
    if session.is_installed:
        return Room(session).law
    return law_from((), session.world.calendars, now)


def from_file(session: Session, path: Path, now: datetime) -> tuple[Law, FactsFile]:
    """The facts in a file, and the law by which they are read. Raises `FactsRejected`, `Misnamed`."""
    law = law_in_force(session, now)
    event = opening_event(law)
    [source] = source_files([path])
    said = read_facts(source.name, source.content, event)
    check_past({name: need.field for name, need in event.needs.items()}, said.facts, now)
    return law, said


def incident_of(session: Session, named: str, at: datetime | None) -> Incident:
    """An incident from a file of facts, or by the name of its case. Raises `Misnamed`, `FactsRejected`."""
    if is_file(named):
        now = at or session.world.now()
        law, said = from_file(session, Path(named), now)
        duties = concerned(assessed(law, said.facts, now), ())
        return Incident(None, said.title or NAMELESS, said.facts, duties, now)
    if not session.is_installed:
        raise Misnamed(f"there is no file `{named}`, and no installation here that could have a case of this name")
    room = Room(session)
    return incident_in(room, room.case(named), at or room.now)


def incident_in(room: Room, case: Case, now: datetime) -> Incident:
    """The incident of a case, with its duties. Raises `NotAnIncident`."""
    facts = facts_of(case, room.law)
    cases = duty_cases(room.store, room.law, case.id, room.now)
    return Incident(case, title_of(case), facts, concerned(assessed(room.law, facts, now), cases), now)


def next_due(cases: Iterable[Case]) -> Deadline | None:
    """What is due first of some cases and is not done: what is late before everything."""
    found = [each for case in cases for each in case.deadlines if _pending(each)]
    return min(found, key=lambda each: each.due or each.gross, default=None)


def _pending(deadline: Deadline) -> bool:
    late = deadline.running is Running.MISSED and deadline.ended is None
    return deadline.due is not None and (deadline.is_open or late)
