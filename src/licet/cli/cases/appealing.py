"""`licet case appeal`: what of a case can be appealed and until when; and filing the appeal, as a case of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from licet.cases.appealable import DECIDED_ON, GROUND, Appealable, appealable
from licet.cli.acts.deed import signed
from licet.cli.cases.countdown import countdown
from licet.cli.cases.given import Given, field_options, given, happened_at, when_options
from licet.cli.cases.moment import moment
from licet.cli.cases.needs import quoted
from licet.cli.cases.officers import needs_officers
from licet.cli.cases.opening import Beginning, one, opened, opening_rule
from licet.cli.cases.room import Room
from licet.cli.command import Session, command
from licet.cli.options import TIMEOUT
from licet.cli.root import case
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.trees import Tree, instant
from licet.core.cases.case import Case, Link
from licet.core.cases.procedure import EventRule, FieldKind, Procedure


@command(
    case,
    "appeal",
    examples=(
        "licet case appeal C-17",
        (
            "licet case appeal C-17 --party appellant=acme --ground condition --field appellant=acme \\\n"
            "    --field argument='we answered it' --field relief='leave it out'"
        ),
    ),
)
@click.argument("name", metavar="CASE")
@click.option("--procedure", help="Another procedure, or version, than the one that the case's own names.")
@click.option("--event", help="Which event opens the appeal, where several do.")
@click.option("--ground", help="On which ground, where the case gives several.")
@click.option("--role", help="In which role, where several may.")
@click.option("--party", "parties", multiple=True, metavar="ROLE=NAME", help="Who appeals.")
@field_options
@when_options
@signed
@TIMEOUT
def appeal(
    session: Session,
    /,
    name: str,
    procedure: str | None,
    event: str | None,
    ground: str | None,
    role: str | None,
    parties: tuple[str, ...],
    fields: tuple[str, ...],
    file: Path | None,
    exhibits: tuple[Path, ...],
    happened: datetime | str | None,
    late: str | None,
    timeout: float,
) -> Reply:
    """What can be appealed in a case, and until when; with --party, file the appeal.

    A decision can be appealed, a condition, and a deadline that was missed. The appeal is a case of its own, under the
    procedure that appeals, and is linked to this one; somebody decides it who did not decide before.
    """
    room = Room(session)
    found = room.case(name)
    appeals = _procedure(room, found, procedure)
    offered = appealable(found, appeals, room.law.tables[appeals.calendar], room.now)
    rule = _rule(appeals, event)
    if not parties and role is None:
        return _said(room, found, appeals, rule, offered)
    needs_officers(session)
    came = given(rule, fields, file, exhibits)
    beginning = Beginning(
        appeals,
        rule,
        role,
        parties,
        _filled(rule, came, found, offered, ground),
        (Link("appeals", found.id),),
        happened_at(happened, room.now, late),
        late,
        room.now,
    )
    return opened(session, [one(beginning)], came, timeout)


def _procedure(room: Room, case: Case, named: str | None) -> Procedure:
    """By which procedure a case is appealed: the newest version of what its own names. Raises `Misnamed`."""
    if named is not None:
        return room.procedure(named)
    if case.procedure.appeals is None:
        raise Misnamed(
            f"`{case.procedure.name}` names no procedure by which it is appealed: name one with `--procedure`"
        )
    base = case.procedure.appeals.partition("@")[0]
    return room.procedure(base if base in room.law.newest else case.procedure.appeals)


def _rule(appeals: Procedure, event: str | None) -> EventRule:
    """The event that files an appeal: the one that a party causes, unless another is named. Raises `Misnamed`."""
    outside = [
        each for each in appeals.opening if any(appeals.roles[one].party for one in each.by if one in appeals.roles)
    ]
    return opening_rule(appeals, event or (outside[0].name if len(outside) == 1 else None))


def _filled(rule: EventRule, came: Given, case: Case, offered: Sequence[Appealable], ground: str | None) -> Given:
    """The fields of the appeal, with what is known of the case: which it is, the ground, since when."""
    fields: dict[str, Any] = dict(came.fields)
    wanted = ground or fields.get(GROUND)
    fitting = [each for each in offered if wanted in (None, each.ground)]
    if wanted is None and len({each.ground for each in fitting}) > 1:
        names = " or ".join(f"`--ground {quoted(each)}`" for each in dict.fromkeys(one.ground for one in fitting))
        raise Misnamed(f"several things can be appealed in `{case.id}`: say which, with {names}")
    known: dict[str, Any] = {GROUND: wanted or (fitting[0].ground if fitting else None)}
    if fitting:
        known[DECIDED_ON] = fitting[-1].on.isoformat()
    known |= {each: [case.id] for each in ("appealed", "appeals") if _takes_cases(rule, each)}
    fields = {name: value for name, value in known.items() if value is not None and name in rule.needs} | fields
    return Given(fields, came.exhibits, came.content, came.document)


def _takes_cases(rule: EventRule, name: str) -> bool:
    return name in rule.needs and rule.needs[name].field.kind is FieldKind.CASES


def _said(room: Room, case: Case, appeals: Procedure, rule: EventRule, offered: Sequence[Appealable]) -> Reply:
    tree: Tree = {
        "case": case.id,
        "procedure": appeals.name,
        "event": rule.name,
        "appealable": [_tree(each) for each in offered],
    }
    if not offered:
        return Reply(tree, [Line(f"nothing in `{case.id}` can be appealed yet: {_nothing(case)}")])
    rows = [
        (
            cell(each.ground, Tone.STRONG),
            cell(each.what),
            cell(moment(each.at, case.procedure.zone)),
            cell(moment(each.until.due, case.procedure.zone) if each.until and each.until.due else "no limit"),
            countdown(each.until.due, room.now) if each.until and each.until.due else Line(),
        )
        for each in offered
    ]
    blocks: list[Block] = [Grid(rows, ("ground", "what", "since", "until", "left"))]
    return Reply(
        tree, [*blocks, Line(f"it is appealed under {appeals.name}, with", Tone.QUIET), Line(_line(case, rule))]
    )


def _nothing(case: Case) -> str:
    if not case.decisions:
        return "nothing was decided, no deadline missed"
    return "what was decided imposes no condition and refuses nothing finally, and no deadline was missed"


def _line(case: Case, rule: EventRule) -> str:
    role = sorted(rule.by)[0]
    own = (GROUND, DECIDED_ON)
    needs = [each.field.name for each in rule.needs.values() if each.required and each.field.name not in own]
    return f"licet case appeal {case.id} --party {role}=… --ground …{''.join(f' --field {each}=…' for each in needs)}"


def _tree(each: Appealable) -> Tree:
    return {
        "ground": each.ground,
        "what": each.what,
        "at": instant(each.at),
        "on": each.on.isoformat(),
        "entry": each.entry,
        "until": None if each.until is None else instant(each.until.due),
        "because": None if each.until is None else each.until.because,
    }
