"""`licet case open`: one case, or one for each row of a CSV file, in one signed act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from licet.cases.parties import holder, not_the_holder
from licet.cli.acts.deed import done, signed
from licet.cli.cases.acting_as import column_of, party_of, role_and_party
from licet.cli.cases.checked import checked, checked_row
from licet.cli.cases.given import Given, field_options, given, happened_at, split, when_options
from licet.cli.cases.officers import needs_officers
from licet.cli.cases.pointed import Hint, hint_blocks, hint_trees, hints
from licet.cli.cases.room import Room
from licet.cli.cases.rows import instant_of, overlaid
from licet.cli.cases.sheet import Cells, read_sheet, refuse
from licet.cli.command import Session, command
from licet.cli.options import TIMEOUT
from licet.cli.root import case
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, count
from licet.cli.terminal.exits import Exit, Misnamed
from licet.core.cases.case import Link
from licet.core.cases.procedure import CaseRole, EventRule, Procedure
from licet.services.acts.carried import Carried
from licet.services.acts.what import What
from licet.services.cases.asked import NewCase, opening_fields
from licet.wire.sheet import SheetProblem

COLUMNS = ("role", "party", "happened", "late")
"""Columns of a file of cases beside the fields of the event that opens them."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What all cases of one command have in common."""

    procedure: Procedure
    rule: EventRule
    role: str | None
    parties: Sequence[str]
    given: Given
    links: tuple[Link, ...]
    happened: datetime | None
    late: str | None
    now: datetime
    known: Mapping[str, str] = field(default_factory=dict, hash=False)


@command(
    case,
    "open",
    examples=(
        "licet case open licence_application --party applicant=acme --fields application.yaml --exhibit plan.pdf",
        (
            "licet case open customer_approval --csv customers.csv --role proposer --parent C-1 --json \\\n"
            "    | jq -r '.result.cases[]'"
        ),
        (
            "licet case open disclosure --party finder=jo --field finder=jo --field models=small \\\n"
            "    --field summary='a way around' --happened 2026-06-12T17:21:00-04:00 --late 'came by letter'"
        ),
    ),
)
@click.argument("procedure")
@click.option("--event", help="Which event opens it, where a procedure has several that do.")
@click.option("--title", help="What people call it: its field `title`.")
@click.option("--role", help="In which role, where several may open it.")
@click.option("--party", "parties", multiple=True, metavar="ROLE=NAME", help="Who does it, outside.")
@field_options
@click.option("--parent", metavar="CASE", help="The case of which it is a part.")
@click.option("--link", "links", multiple=True, metavar="RELATION=TARGET", help="What it is linked to; several add up.")
@click.option("--csv", "sheet", type=click.Path(dir_okay=False, path_type=Path), help="One case for each row.")
@when_options
@signed
@TIMEOUT
def open_(
    session: Session,
    /,
    procedure: str,
    event: str | None,
    title: str | None,
    role: str | None,
    parties: tuple[str, ...],
    fields: tuple[str, ...],
    file: Path | None,
    exhibits: tuple[Path, ...],
    parent: str | None,
    links: tuple[str, ...],
    sheet: Path | None,
    happened: datetime | str | None,
    late: str | None,
    timeout: float,
) -> Reply:
    """Open a case under a procedure, by an event that begins it.

    PROCEDURE is its name; the newest version in force, unless `@` names another. What it asks for, `licet procedures
    show PROCEDURE` says. With --csv each row is a case: its columns are `party`, `role` where several may open it, and
    the fields of the event. All are opened, or none.
    """
    needs_officers(session)
    room = Room(session)
    found = room.procedure(procedure)
    rule = opening_rule(found, event)
    if parent is not None:
        links = (f"part of={room.case(parent).id}", *links)
    titled = (*fields, f"title={title}") if title is not None else fields
    beginning = Beginning(
        found,
        rule,
        role,
        parties,
        given(rule, titled, file, exhibits),
        tuple(Link(*each) for each in split(links)),
        happened_at(happened, room.now, late),
        late,
        room.now,
    )
    new = [one(beginning)] if sheet is None else from_sheet(beginning, sheet)
    return opened(session, new, beginning.given, timeout, hints(room, found, new))


def opened(session: Session, new: Sequence[NewCase], came: Given, timeout: float, hinted: Sequence[Hint] = ()) -> Reply:
    """Hand in the act, and say which cases there are now, and which of them may take up what an appeal sent back."""
    carried = Carried(exhibits=came.content)
    reply = done(session, What.OPEN_CASES, opening_fields(new), timeout=timeout, carried=carried)
    if reply.exit is Exit.WAITING:
        tree = {**reply.tree, "hints": hint_trees(hinted, ())}
        return Reply(tree, [*reply.blocks, *hint_blocks(hinted, ())], reply.exit)
    names = reply.tree["result"].get("cases", [])
    said: list[Block] = [Line(f"{count(len(names), 'case')} opened: {names[0]} to {names[-1]}", Tone.GOOD)]
    if len(names) == 1:
        said = [Line(f"{names[0]} is opened", Tone.GOOD), Line(f"licet case show {names[0]}")]
    tree = {**reply.tree, "hints": hint_trees(hinted, names)}
    return Reply(tree, [*reply.blocks, *said, *hint_blocks(hinted, names)], reply.exit)


def opening_rule(procedure: Procedure, event: str | None) -> EventRule:
    """The event that opens a case. Raises `Misnamed` where it cannot be told."""
    begins = {each.name: each for each in procedure.opening}
    if event is None and len(begins) == 1:
        return next(iter(begins.values()))
    names = ", ".join(f"`{each}`" for each in begins) or "none"
    if event is None:
        raise Misnamed(f"several events open a case of `{procedure.name}`: say which, with `--event`: {names}")
    if event not in begins:
        raise Misnamed(f"`{event}` does not open a case of `{procedure.name}`; these do: {names}")
    return begins[event]


def one(beginning: Beginning) -> NewCase:
    """The one case that the options describe. Raises what names every field that is wrong."""
    role, party = role_and_party(
        beginning.procedure, beginning.rule, beginning.role, beginning.parties, beginning.known
    )
    fields = checked(beginning.rule, beginning.given)
    return _new(beginning, role, party, fields, beginning.happened, beginning.late)


def from_sheet(beginning: Beginning, path: Path) -> list[NewCase]:
    """A case for each row. Raises `SheetRejected` with every place."""
    sheet = read_sheet(path)
    outside = [each for each in sorted(beginning.rule.by) if _is_party(beginning.procedure, each)]
    sheet.check((*COLUMNS, *beginning.rule.needs), ())
    problems: list[SheetProblem] = []
    new = [_row(beginning, each, outside, problems) for each in sheet.rows]
    refuse(problems)
    return [each for each in new if each is not None]


def _row(beginning: Beginning, cells: Cells, outside: Sequence[str], problems: list[SheetProblem]) -> NewCase | None:
    before = len(problems)
    fields = overlaid(beginning.rule, beginning.given.fields, cells, problems)
    happened = instant_of(cells, beginning.now, problems) or beginning.happened
    try:
        named = [*beginning.parties, *party_of(cells, beginning.role, outside)]
        asked = cells.values.get("role") or beginning.role
        role, party = role_and_party(beginning.procedure, beginning.rule, asked, named, {}, in_row=True)
    except Misnamed as error:
        problems.append(cells.problem(column_of(cells, beginning.rule), str(error)))
        return None
    fields = checked_row(beginning.rule, fields, cells, problems)
    problems += _otherwise_named(beginning.procedure.roles[role], party, fields, cells)
    if len(problems) > before:
        return None
    return _new(beginning, role, party, fields, happened, cells.values.get("late") or beginning.late)


def _otherwise_named(
    role: CaseRole, party: str | None, fields: Mapping[str, Any], cells: Cells
) -> Iterator[SheetProblem]:
    """The cell that names somebody else for a role than the one who acts in it."""
    held_by = holder(role, {}, fields, ())
    if party is not None and held_by is not None and held_by != party:
        yield cells.problem(role.named_by or "party", not_the_holder(role, party, held_by, opens=True))


def _new(
    beginning: Beginning,
    role: str,
    party: str | None,
    fields: Mapping[str, Any],
    happened: datetime | None,
    late: str | None,
) -> NewCase:
    return NewCase(
        beginning.procedure.digest,
        beginning.rule.name,
        role,
        fields,
        party,
        happened,
        late,
        beginning.given.exhibits,
        beginning.links,
    )


def _is_party(procedure: Procedure, role: str) -> bool:
    return role in procedure.roles and procedure.roles[role].party
