"""What can happen in every case: notes, links, holds, classes, obligations, other parties, other versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import click

from licet.cases.built_in import OFFICER, RELATIONS
from licet.cases.withholding import parts
from licet.cli.acts.deed import done, signed
from licet.cli.cases.acting import after
from licet.cli.cases.chosen import check_seen
from licet.cli.cases.given import happened_at, when_options
from licet.cli.cases.officers import needs_officers
from licet.cli.cases.room import Room, offered
from licet.cli.command import Session, command
from licet.cli.options import TIMEOUT
from licet.cli.root import case
from licet.cli.terminal.blocks import Reply
from licet.cli.terminal.exits import Exit, Misnamed
from licet.core.cases.case import Case
from licet.core.cases.entry import BuiltIn
from licet.core.cases.procedure import Secrecy
from licet.services.acts.what import What
from licet.services.cases.asked import NewEntry, acting_fields

Function = TypeVar("Function", bound=Callable[..., Any])

NAME = click.argument("name", metavar="CASE")
WHY = click.option("--why", required=True, help="Why; kept with it.")
ON = click.option("--on", type=click.IntRange(min=1), help="The newest entry that you saw; refused if there is more.")
CLASS = click.Choice([each.value for each in Secrecy])


def entering(function: Function) -> Function:
    """Add what all of them take last: which entry was the newest, who signs, and how long to wait for workers."""
    return ON(signed(TIMEOUT(function)))


@command(
    case,
    "note",
    examples=("licet case note C-17 'they asked for a week more' --class deliberation",),
)
@NAME
@click.argument("text")
@click.option("--class", "secrecy", type=CLASS, default="deliberation", show_default=True, help="Its class.")
@entering
def note(session: Session, name: str, text: str, secrecy: str, on: int | None, timeout: float) -> Reply:
    """Write something down in a case. Of which class it is says whether the public version shows it."""
    room, found = _case(session, name, on)
    return _entered(session, room, found, BuiltIn.NOTE, {"text": text, "secrecy": secrecy}, timeout)


@command(case, "link", examples=("licet case link C-17 concerns C-3", "licet case link C-17 'licensed by' lic-2026-7"))
@NAME
@click.argument("relation", type=click.Choice(RELATIONS))
@click.argument("target")
@entering
def link(session: Session, name: str, relation: str, target: str, on: int | None, timeout: float) -> Reply:
    """Link a case to another one, an instrument, a finding, or a document by its digest."""
    room, found = _case(session, name, on)
    return _entered(session, room, found, BuiltIn.LINK, {"relation": relation, "target": target}, timeout)


@command(case, "hold", examples=("licet case hold C-17 grand-jury --why 'subpoena of 3 July 2026'",))
@NAME
@click.argument("hold", metavar="HOLD")
@WHY
@entering
def hold_(session: Session, name: str, hold: str, why: str, on: int | None, timeout: float) -> Reply:
    """Put a legal hold on a case: nothing of it may be destroyed until the hold HOLD is released."""
    room, found = _case(session, name, on)
    return _entered(session, room, found, BuiltIn.HOLD, {"name": hold, "why": why}, timeout)


@command(case, "release", examples=("licet case release C-17 grand-jury --why 'the matter is closed'",))
@NAME
@click.argument("hold", metavar="HOLD")
@WHY
@entering
def release(session: Session, name: str, hold: str, why: str, on: int | None, timeout: float) -> Reply:
    """End a legal hold on a case, once a second officer has agreed."""
    room, found = _case(session, name, on)
    if hold not in found.holds:
        names = ", ".join(f"`{each}`" for each in found.holds) or "none"
        raise Misnamed(f"there is no hold `{hold}` on `{found.id}`; there are {names}")
    return _entered(session, room, found, BuiltIn.RELEASE, {"name": hold, "why": why}, timeout)


@command(
    case,
    "withhold",
    examples=("licet case withhold C-17 1 purpose --class commercial --why 'asked for by the applicant'",),
)
@NAME
@click.argument("entry", type=click.IntRange(min=1))
@click.argument("field")
@click.option("--class", "secrecy", type=CLASS, required=True, help="The class that it gets.")
@WHY
@entering
def withhold(
    session: Session, name: str, entry: int, field: str, secrecy: str, why: str, on: int | None, timeout: float
) -> Reply:
    """Give a field of an earlier entry another class, once a second officer has agreed; the public version follows.

    ENTRY is the number of the entry, FIELD the name of its field.
    """
    room, found = _case(session, name, on)
    there = next((each.entry for each in found.entries if each.entry.number == entry), None)
    if there is None:
        raise Misnamed(f"`{found.id}` has no entry {entry}; its newest is {found.number}")
    if field not in parts(there):
        names = ", ".join(f"`{each}`" for each in parts(there)) or "none"
        raise Misnamed(
            f"entry {entry} of `{found.id}` has no field `{field}`{offered(field, parts(there))}; it has {names}"
        )
    fields = {"entry": entry, "field": field, "secrecy": secrecy, "why": why}
    return _entered(session, room, found, BuiltIn.WITHHOLD, fields, timeout)


@command(
    case,
    "discharge",
    examples=(
        "licet case discharge C-17 audit",
        "licet case discharge C-17 audit --happened 2026-07-01T12:00:00Z --late 'it came by post'",
    ),
)
@NAME
@click.argument("obligation")
@when_options
@entering
def discharge(
    session: Session,
    name: str,
    obligation: str,
    happened: datetime | str | None,
    late: str | None,
    on: int | None,
    timeout: float,
) -> Reply:
    """Note that an obligation was met."""
    room, found = _case(session, name, on)
    fields = {"obligation": _owed(found, obligation)}
    return _entered(session, room, found, BuiltIn.DISCHARGE, fields, timeout, happened=happened, late=late)


@command(case, "breach", examples=("licet case breach C-17 audit --why 'no report came'",))
@NAME
@click.argument("obligation")
@WHY
@when_options
@entering
def breach(
    session: Session,
    name: str,
    obligation: str,
    why: str,
    happened: datetime | str | None,
    late: str | None,
    on: int | None,
    timeout: float,
) -> Reply:
    """Note that an obligation was broken. The time to put it right begins; nothing is suspended by that alone."""
    room, found = _case(session, name, on)
    fields = {"obligation": _owed(found, obligation), "why": why}
    return _entered(session, room, found, BuiltIn.BREACH, fields, timeout, happened=happened, late=late)


@command(
    case,
    "move",
    examples=("licet case move C-17 licence_application@2 --state registered --why 'the applicant asked for it'",),
)
@NAME
@click.argument("procedure")
@click.option("--state", required=True, help="The state in which it goes on.")
@WHY
@entering
def move(session: Session, name: str, procedure: str, state: str, why: str, on: int | None, timeout: float) -> Reply:
    """Let a case go on under another version of its procedure, once a second officer has agreed."""
    room, found = _case(session, name, on)
    to = room.procedure(procedure)
    if to.digest == found.procedure.digest:
        raise Misnamed(f"`{found.id}` is under `{to.name}` already")
    if state not in to.states:
        names = ", ".join(f"`{each}`" for each in to.states)
        raise Misnamed(f"`{state}` is no state of `{to.name}`; there are {names}")
    fields = {"procedure": to.digest, "state": state, "why": why}
    return _entered(session, room, found, BuiltIn.MOVE, fields, timeout)


@command(
    case,
    "succeed",
    examples=("licet case succeed C-17 applicant acme-holdings --why 'acme was merged into it on 3 July 2026'",),
)
@NAME
@click.argument("role")
@click.argument("party", metavar="NAME")
@WHY
@entering
def succeed(session: Session, name: str, role: str, party: str, why: str, on: int | None, timeout: float) -> Reply:
    """Let another take the place of a party, once a second officer has agreed: a successor, or the right name.

    From then on NAME acts in the role ROLE, and who was in it before does not.
    """
    room, found = _case(session, name, on)
    fields = {"role": role, "name": party, "why": why}
    return _entered(session, room, found, BuiltIn.SUCCEED, fields, timeout)


def _case(session: Session, name: str, on: int | None) -> tuple[Room, Case]:
    needs_officers(session)
    room = Room(session)
    found = room.case(name)
    if on is not None:
        check_seen(found, on)
    return room, found


def _entered(
    session: Session,
    room: Room,
    found: Case,
    event: BuiltIn,
    fields: Mapping[str, Any],
    timeout: float,
    *,
    happened: datetime | str | None = None,
    late: str | None = None,
) -> Reply:
    when = happened_at(happened, room.now, late)
    new = NewEntry(found.id, found.number, event.value, OFFICER, fields, None, when, late)
    reply = done(session, What.CASE, acting_fields([new]), timeout=timeout)
    if reply.exit is Exit.WAITING:
        return reply
    return Reply(reply.tree, [*reply.blocks, *after(session, [found.id])], reply.exit)


def _owed(found: Case, name: str) -> str:
    """The obligation of this name: the case's (`9.audit`), or the decision's (`audit`) where that is one.

    Raises `Misnamed`.
    """
    short = [each.id for each in found.obligations if each.promise.id == name]
    names = [each.id for each in found.obligations]
    if name in names:
        return name
    if len(short) == 1:
        return short[0]
    there = ", ".join(f"`{each}`" for each in names) or "none"
    if short:
        raise Misnamed(f"`{found.id}` has several obligations `{name}`: say which: {there}")
    near = offered(name, [*names, *(each.promise.id for each in found.obligations)])
    raise Misnamed(f"`{found.id}` has no obligation `{name}`{near}; there are {there}")
