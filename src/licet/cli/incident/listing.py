"""`licet incident list`: incidents, what of their duties is due next, and which have no case yet."""

from __future__ import annotations

import click

from licet.cli.cases.countdown import countdown
from licet.cli.cases.room import Room
from licet.cli.command import Session, command
from licet.cli.incident.given import Incident, incident_in, next_due
from licet.cli.root import incident
from licet.cli.terminal.blocks import Grid, Line, Reply, Tone, cell, listed
from licet.cli.terminal.trees import Tree
from licet.core.cases.clock import Deadline
from licet.core.cases.procedure import Topic


@command(incident, "list", examples=("licet incident list", "licet incident list --all --json"))
@click.option("--all", "all_", is_flag=True, help="Those that are closed, too.")
def list_(session: Session, all_: bool) -> Reply:
    """Incidents with their duties: what is due next, and for which duties no case is open."""
    room = Room(session)
    rows = room.store.case_rows(topic=Topic.INCIDENT.value, is_open=None if all_ else True)
    found = [incident_in(room, room.case(each.case), room.now) for each in rows]
    if not found:
        return Reply({"incidents": []}, [Line("there are no incidents: `licet incident open FILE`")])
    columns = ("incident", "title", "state", "duties", "due next", "left", "to open")
    return Reply({"incidents": [_tree(each) for each in found]}, [Grid([_row(each) for each in found], columns)])


def _next(found: Incident) -> Deadline | None:
    """What is due first of its duties' cases."""
    return next_due([each.case for each in found.duties if each.case is not None])


def _to_open(found: Incident) -> list[str]:
    return [each.assessment.procedure.name for each in found.duties if each.to_open]


def _row(found: Incident) -> tuple[Line, ...]:
    assert found.case is not None
    due, cases = _next(found), [each.case for each in found.duties if each.case is not None]
    is_open = not found.case.state.final
    return (
        cell(found.case.id, Tone.STRONG),
        cell(found.title),
        cell(found.case.state.title, Tone.PLAIN if is_open else Tone.QUIET),
        cell(listed([each.id for each in cases]) or "none"),
        cell(due.due.isoformat(timespec="minutes") if due is not None and due.due is not None else ""),
        countdown(due.due, found.now, due.warned_from) if due is not None and due.due is not None else cell(""),
        cell(listed(_to_open(found)), Tone.BAD),
    )


def _tree(found: Incident) -> Tree:
    assert found.case is not None
    due = _next(found)
    return {
        "incident": found.case.id,
        "title": found.title,
        "state": found.case.state.name,
        "duties": {each.assessment.procedure.name: each.case.id for each in found.duties if each.case is not None},
        "due": due.due.isoformat() if due is not None and due.due is not None else None,
        "to_open": _to_open(found),
    }
