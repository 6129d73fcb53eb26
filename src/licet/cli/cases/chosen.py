"""Which cases an act is about: one, several by name, all of a queue in a state, or the rows of a CSV file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from licet.cli.cases.moment import moment
from licet.cli.cases.needs import BUILT_IN_LINES
from licet.cli.cases.room import Room, offered
from licet.cli.cases.timeline import titled, who
from licet.cli.command import Session
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.progress import reported
from licet.core.cases.case import Case, Possible
from licet.core.cases.procedure import CLOCK, EventRule
from licet.services.ports import StoreConflict

FEW = 24
"""Events that an error names."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Cases by name, or those of a queue in a state. `on` is the newest entry that the officer saw of the one case."""

    names: tuple[str, ...] = ()
    parent: str | None = None
    state: str | None = None
    on: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen."""
        return not self.names and self.parent is None


def cases(session: Session, room: Room, choice: Choice) -> list[Case]:
    """The cases that were chosen, as they stand. Raises `Misnamed` for none, `StoreConflict` where one has moved on."""
    names = list(choice.names)
    if len(set(names)) != len(names):
        twice = next(each for each in names if names.count(each) > 1)
        raise Misnamed(f"`{twice}` is named twice")
    if choice.parent is not None:
        names += [each for each in of_queue(room, choice.parent, choice.state) if each not in names]
    found = loaded(session, room, names)
    if choice.on is not None:
        if len(found) != 1:
            raise Misnamed("`--on` is about one case: leave it out for several")
        check_seen(found[0], choice.on)
    return found


def of_queue(room: Room, parent: str, state: str | None) -> list[str]:
    """The parts of a case that are in a state, or that are open. Raises `Misnamed` where there are none."""
    rows = room.store.case_rows(parent=room.case(parent).id)
    found = [each.case for each in rows if (not each.final if state is None else each.state == state)]
    if not found:
        states = ", ".join(f"`{each}`" for each in sorted({each.state for each in rows})) or "none"
        raise Misnamed(f"`{parent}` has no part in the state `{state or 'open'}`; its parts are in {states}")
    return found


def loaded(session: Session, room: Room, names: Sequence[str]) -> list[Case]:
    """Cases as they stand; how far that is shows on a terminal once it takes long."""
    found = []
    with reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        for number, name in enumerate(names):
            report("reading cases", number / len(names))
            found.append(room.case(name))
    return found


def check_seen(case: Case, on: int) -> None:
    """Raises `StoreConflict` where something was entered since, with who did what and when."""
    if on == case.number:
        return
    if on > case.number:
        raise Misnamed(f"`{case.id}` has {case.number} entries, and not {on}; look again: `licet case show {case.id}`")
    since = [each.entry for each in case.entries if each.entry.number > on]
    told = "; ".join(
        f"entry {each.number}, {titled(case.procedure, each.event)}, by {who(each)} at"
        f" {moment(each.at, case.procedure.zone)}"
        for each in since[:FEW]
    )
    raise StoreConflict(f"`{case.id}` has moved on since entry {on}: {told}; look again: `licet case show {case.id}`")


def rule_of(case: Case, event: str) -> EventRule:
    """An event of the procedure that a case is under. Raises `Misnamed`."""
    found = case.procedure.events.get(event)
    if found is None:
        own = next((line for each, line in BUILT_IN_LINES.items() if each.value == event), None)
        if own is not None:
            raise Misnamed(f"`{event}` can happen in every case, by a command of its own: `{own.format(case=case.id)}`")
        names = list(case.procedure.events)
        near = offered(event, names) or f"; there are {', '.join(f'`{each}`' for each in names)}"
        raise Misnamed(
            f"`{event}` is no event of `{case.procedure.name}`{near}; `licet case help {case.id}` explains them"
        )
    return found


def why_not(case: Case, event: str, able: Sequence[Possible]) -> str | None:
    """Why an event is not possible now, and what is; None if it is."""
    found = next((each for each in able if each.event.name == event), None)
    if found is not None:
        return found.not_yet
    people = [each for each in able if set(each.event.by) != {CLOCK}]
    now = "; ".join(f"`{each.event.name}` by {' or '.join(each.roles)}" for each in people[:FEW]) or "nothing"
    return f"`{event}` is not possible in `{case.id}`, which is `{case.state.title}`; possible now: {now}"
