"""`licet incident open`: an incident as a case, and a case for each duty that applies or cannot be told yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from licet.cli.acts.deed import done, signed
from licet.cli.cases.officers import needs_officers
from licet.cli.cases.room import Room
from licet.cli.command import Session, command
from licet.cli.incident.blocks import duty_blocks, incident_tree
from licet.cli.incident.given import Incident, from_file, incident_in, is_file
from licet.cli.options import TIMEOUT
from licet.cli.root import incident
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, listed
from licet.cli.terminal.exits import Exit, Misnamed
from licet.core.cases.procedure import Topic
from licet.services.acts.what import What
from licet.services.cases.asked import NewCase, opening_fields
from licet.services.cases.incidents import NotAnIncident, new_duties, new_incident


@command(
    incident,
    "open",
    examples=(
        "licet incident open facts.yaml --duties",
        "licet incident open facts.yaml --concerns cjs-finding-1 --sign-with ann.key",
        "licet incident open C-1 --duties",
    ),
)
@click.argument("named", metavar="FILE|CASE")
@click.option("--duties", is_flag=True, help="Also a case for each duty that applies, or of which it cannot be told.")
@click.option(
    "--concerns", multiple=True, metavar="NAME", help="A finding or an order that it is linked to; several add up."
)
@signed
@TIMEOUT
def open_(session: Session, named: str, duties: bool, concerns: tuple[str, ...], timeout: float) -> Reply:
    """Open a case for an incident, with the facts in FILE; or, of an incident that is open, the cases of its duties.

    A finding is not an incident, and an incident is not an order: they are linked, never merged.
    """
    needs_officers(session)
    room = Room(session)
    if not is_file(named):
        if not duties or concerns:
            raise Misnamed(f"`{named}` is open already: `--duties` opens the cases of its duties")
        return opened_duties(session, incident_in(room, room.case(named), room.now), timeout)
    for each in concerns:
        _refuse_merging(room, each)
    law, said = from_file(session, Path(named), room.now)
    first = _opened(session, [new_incident(law, said, concerns)], timeout)
    if first.exit is Exit.WAITING:
        return first
    name = first.tree["result"]["cases"][0]
    after = Room(session)
    found = incident_in(after, after.case(name), after.now)
    nowhere = _nowhere(after, concerns)
    head: list[Block] = [*first.blocks, Line(f"{name} is opened: {found.title}", Tone.GOOD)]
    head += [
        Line(f"it is linked to `{each}`, and neither a case nor a document is called so", Tone.WARN) for each in nowhere
    ]
    if not duties:
        return Reply(
            {**incident_tree(found), "act": first.tree["act"], "opened": [], "nowhere": nowhere},
            [*head, *duty_blocks(found, why=False)],
        )
    second = opened_duties(session, found, timeout)
    return Reply({**second.tree, "act": first.tree["act"], "nowhere": nowhere}, [*head, *second.blocks], second.exit)


def _refuse_merging(room: Room, target: str) -> None:
    """Raises `NotAnIncident` where an incident is to be linked to another as if they were one."""
    rows = [each for each in room.store.case_rows() if each.case == target]
    if rows and rows[0].topic == Topic.DUTY.value:
        raise NotAnIncident(
            f"`{target}` is the duty to report another incident; an incident is linked to findings and orders, and its"
            " own duties are opened by `--duties`"
        )


def _nowhere(room: Room, targets: Sequence[str]) -> list[str]:
    """What an incident is linked to that is not here: no case, nothing enacted by this name or digest. A finding may
    be a document that is kept elsewhere, so it is said, and nothing is refused.
    """
    enacted = {name for each in room.store.documents() for name in (each.name, each.digest)} if targets else set()
    return [each for each in targets if each not in enacted and room.store.case(each) is None]


def opened_duties(session: Session, found: Incident, timeout: float) -> Reply:
    """Open the cases of the duties that have none, in one act."""
    assert found.name is not None
    opening = [each.assessment.procedure.name for each in found.duties if each.to_open]
    if not opening:
        said = Line("no duty needs a case that has none", Tone.GOOD)
        return Reply({**incident_tree(found), "act": None, "opened": []}, [said, *duty_blocks(found, why=False)])
    made = _opened(session, new_duties(found.duties, found.facts, found.name, found.now), timeout)
    if made.exit is Exit.WAITING:
        return made
    room = Room(session)
    now = incident_in(room, room.case(found.name), room.now)
    opened = [{"duty": duty, "case": case} for duty, case in zip(opening, made.tree["result"]["cases"], strict=True)]
    named = listed([f"{case} ({duty})" for case, duty in ((each["case"], each["duty"]) for each in opened)])
    line = Line(f"opened: {named}", Tone.GOOD)
    tree = {**incident_tree(now), "act": made.tree["act"], "opened": opened}
    return Reply(tree, [*made.blocks, line, *duty_blocks(now, why=False)], made.exit)


def _opened(session: Session, new: tuple[NewCase, ...] | list[NewCase], timeout: float) -> Reply:
    return done(session, What.OPEN_CASES, opening_fields(new), timeout=timeout)
