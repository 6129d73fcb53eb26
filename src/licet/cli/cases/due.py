"""`licet clocks`: what is due in all cases, soonest first, counted down."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import click

from licet.cli.acts.deed import Hand, signed
from licet.cli.cases.bounded import left_out, limited
from licet.cli.cases.countdown import countdown
from licet.cli.cases.moment import moment
from licet.cli.cases.room import Room
from licet.cli.cases.showing import due_tree
from licet.cli.command import Session, command
from licet.cli.place import OnlyHere
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count
from licet.core.roles import Deed, may
from licet.services.acts.refusal import NotPermitted
from licet.services.cases.firing import Fired
from licet.services.cases.ports import DueRow


class Within(click.ParamType[timedelta]):
    """A length of time ahead: `12h`, `7d`, `2w`."""

    name = "duration"
    form = re.compile(r"([0-9]{1,4}) ?([mhdw])", re.ASCII)
    units: ClassVar[Mapping[str, timedelta]] = {
        "m": timedelta(minutes=1),
        "h": timedelta(hours=1),
        "d": timedelta(days=1),
        "w": timedelta(weeks=1),
    }

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The length."""
        found = self.form.fullmatch(value)
        if found is None:
            self.fail(f"`{value}` is not a length of time, as in `12h`, `7d` or `2w`", param, ctx)
        return int(found[1]) * self.units[found[2]]


@command(
    licet,
    "clocks",
    examples=(
        "licet clocks",
        "licet clocks --within 7d --owner licensing_officer",
        "licet clocks --fire",
        "licet clocks --fire --why 'the time server was wrong until noon'",
    ),
)
@click.option("--within", type=Within(), help="Only what is due so soon, as in 7d or 12h; and what is overdue.")
@click.option("--owner", metavar="ROLE", help="Only what this role has to do.")
@click.option("--case", "cases", metavar="CASE", multiple=True, help="Only of this case; several add up.")
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@click.option("--fire", is_flag=True, help="First let run out what is due now: the wall clock is right.")
@click.option("--why", help="With --fire: how you know that the wall clock is right; needed after it jumped.")
@limited
@signed
def clocks(
    session: Session,
    within: timedelta | None,
    owner: str | None,
    cases: tuple[str, ...],
    overdue: bool,
    fire: bool,
    why: str | None,
    limit: int | None,
) -> Reply:
    """What is due, and until when: deadlines of procedures and obligations, what is overdue first, then the soonest."""
    if why is not None and not (fire and why.strip()):
        raise click.UsageError("`--why` says how you know that the wall clock is right: it takes words, and `--fire`")
    fired = let_run_out(session, why) if fire else ()
    room = Room(session)
    for each in cases:
        room.case(each)
    until = room.now if overdue else None if within is None else room.now + within
    found = room.store.due_rows(until=until, owner=owner, cases=cases or None, limit=limit)
    total = room.store.due_count(until=until, owner=owner, cases=cases or None)
    late = room.store.due_count(until=room.now, owner=owner, cases=cases or None)
    tree = {
        "as_of": room.now.isoformat(),
        "due": [due_tree(each, room.now) for each in found],
        "total": total,
        "overdue": late,
        "fired": [
            {"case": each.case, "events": [one.event for one in each.entries], "failed": each.failed} for each in fired
        ],
    }
    return Reply(tree, [*map(_fired, fired), *_blocks(room, found, total, late, owner)])


def _fired(fired: Fired) -> Line:
    if fired.failed is not None:
        return Line(f"{fired.case}: {fired.failed}", Tone.BAD)
    return Line(f"{fired.case}: {', '.join(each.event for each in fired.entries)}, by the clock", Tone.STRONG)


def let_run_out(session: Session, why: str | None) -> tuple[Fired, ...]:
    """What is due now is entered, by an officer's word where that is needed; the entries keep it."""
    name = check_may_fire(session)
    said = None if why is None else f"{name or 'somebody'} said that the wall clock is right: {why}"
    return session.installation.fire_clocks(said)


def check_may_fire(session: Session) -> str | None:
    """Who says that the wall clock is right, where there are officers; raises unless that is here, and they may."""
    if session.admin is not None:
        raise OnlyHere("`licet clocks --fire` works only where the installation is: its wall clock is what it is about")
    if session.governed:
        name = Hand(session).name
        roles = {role for each in session.administration.officers() if each.name == name for role in each.roles}
        if not may(roles, Deed.WORK_CASES):
            raise NotPermitted(f"`{name}` works no cases, so it is not for them to say that the wall clock is right")
        return name
    return None


def _nothing(room: Room, owner: str | None) -> str:
    """That nothing is due; of a role that no procedure knows, that too, and which there are."""
    known = sorted({role for each in room.law.procedures.values() for role in each.roles})
    if owner is None or owner in known:
        return "nothing is due"
    return f"nothing is due; no procedure knows a role `{owner}`: there are {', '.join(known)}"


def _blocks(room: Room, found: Sequence[DueRow], total: int, late: int, owner: str | None) -> list[Block]:
    if not found:
        return [Line(_nothing(room, owner), Tone.GOOD)]
    zones = room.zones({each.case for each in found})
    overdue = Line(f"{late:,} overdue", Tone.BAD) if late else Line("none overdue", Tone.GOOD)
    return [
        Grid([_row(each, room.now, zones.get(each.case)) for each in found], COLUMNS),
        Line(f"{count(total, 'deadline')} as of {room.now.isoformat(timespec='seconds')}"),
        overdue,
        *left_out(len(found), total),
    ]


COLUMNS = ("left", "due", "case", "what", "who", "when it runs out")


def _row(row: DueRow, now: datetime, zone: str | None) -> list[Line]:
    return [
        countdown(row.due, now, row.warned_from),
        cell(moment(row.due, zone)),
        cell(row.case, Tone.STRONG),
        cell(row.title),
        cell(row.owner),
        cell("an entry is made" if row.fires else "", Tone.QUIET),
    ]
