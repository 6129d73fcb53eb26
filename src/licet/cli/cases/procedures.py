"""`licet procedures`: what is in force for cases: procedures, their diagrams, their criteria."""

from __future__ import annotations

import json
from pathlib import Path

import click

from licet.cli.acts.deed import signed
from licet.cli.cases.laid_out import criteria_blocks, procedure_blocks
from licet.cli.cases.procedure_tree import criteria_tree, procedure_tree, row_tree
from licet.cli.cases.room import Room
from licet.cli.command import Session, command
from licet.cli.root import procedures
from licet.cli.terminal.blocks import Grid, Line, Reply, Tone, cell
from licet.cli.terminal.new_file import write_new
from licet.core.cases.procedure import Procedure
from licet.wire.oscal_criteria import catalogue

NAME = click.argument("name")


@command(procedures, "list", examples=("licet procedures list", "licet procedures list --all --json"))
@click.option("--all", "every", is_flag=True, help="All versions, not only the newest.")
@signed
def list_(session: Session, every: bool) -> Reply:
    """The procedures in force: those that were enacted, and those that come with Licet."""
    room = Room(session)
    newest = set(room.law.newest.values())
    found = [each for name, each in sorted(room.law.procedures.items()) if every or name in newest]
    rows = [
        (
            cell(each.name, Tone.STRONG),
            cell(each.topic.value),
            cell(each.title),
            cell(each.as_of.isoformat()),
            cell("with licet" if _is_shipped(room, each) else "enacted", Tone.QUIET),
        )
        for each in found
    ]
    tree = {"procedures": [row_tree(each, shipped=_is_shipped(room, each)) for each in found]}
    return Reply(tree, [Grid(rows, ("procedure", "topic", "title", "as of", "comes"))])


@command(
    procedures, "show", examples=("licet procedures show licence_application", "licet procedures show appeal --json")
)
@NAME
@signed
def show(session: Session, name: str) -> Reply:
    """A procedure: its states and what can happen in each, who may do what, what it needs, and every clock.

    NAME is its name; the newest version in force, unless `@` names another.
    """
    room = Room(session)
    found = room.procedure(name)
    return Reply(procedure_tree(found, shipped=_is_shipped(room, found)), procedure_blocks(found))


@command(procedures, "diagram", examples=("licet procedures diagram licence_application --file application.svg",))
@NAME
@click.option(
    "--file", "path", type=click.Path(dir_okay=False, path_type=Path), help="Where it goes; NAME.svg if not given."
)
@signed
def diagram(session: Session, name: str, path: Path | None) -> Reply:
    """Draw the states and events of a procedure, as an SVG file."""
    found = Room(session).procedure(name)
    path = path or Path(f"{found.name}.svg")
    write_new(path, session.world.procedure_diagram(found))
    return Reply({"procedure": found.name, "file": str(path)}, [Line(f"the diagram is in {path}", Tone.GOOD)])


@command(
    procedures,
    "criteria",
    examples=(
        "licet procedures criteria licence_application",
        "licet procedures criteria frontier_access --oscal catalog.json",
    ),
)
@NAME
@click.option(
    "--oscal", type=click.Path(dir_okay=False, path_type=Path), help="Write them to this new file as an OSCAL catalog."
)
@signed
def criteria(session: Session, name: str, oscal: Path | None) -> Reply:
    """The criteria by which decisions are judged, each with its identifier and what shows it.

    NAME is that of a catalogue, or of a procedure with one.
    """
    found = Room(session).criteria(name)
    if oscal is None:
        return Reply(criteria_tree(found), criteria_blocks(found))
    write_new(oscal, json.dumps(catalogue(found), indent=2, ensure_ascii=False) + "\n")
    line = Line(f"the criteria are in {oscal}, as an OSCAL catalog", Tone.GOOD)
    return Reply({**criteria_tree(found), "oscal": str(oscal)}, [line])


def _is_shipped(room: Room, procedure: Procedure) -> bool:
    """Whether it comes with Licet: no document of that name was enacted."""
    return not any(each.kind == "procedure" and each.name == procedure.name for each in room.store.documents())
