"""`licet case list`, `licet case show`, `licet case help`: which cases there are, and everything about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import click

from licet.cli.acts.deed import signed
from licet.cli.cases.bounded import left_out, limited
from licet.cli.cases.case_blocks import case_blocks, help_blocks
from licet.cli.cases.case_tree import case_tree
from licet.cli.cases.countdown import countdown
from licet.cli.cases.moment import moment
from licet.cli.cases.pointed import pointed, pointed_tree
from licet.cli.cases.room import Room, offered
from licet.cli.cases.states import state_title
from licet.cli.command import Session, command
from licet.cli.root import case
from licet.cli.terminal.blocks import Grid, Line, Reply, Tone, cell, count
from licet.cli.terminal.trees import Tree, instant
from licet.core.cases.procedure import Topic
from licet.services.cases import retaining
from licet.services.cases.ports import CaseRow, DueRow

COLUMNS = ("case", "procedure", "state", "who", "title", "due", "left")


@command(
    case,
    "list",
    examples=(
        "licet case list --open",
        "licet case list --topic appeal --state filed",
        "licet case list --overdue --json | jq -r '.cases[].case'",
        "licet case list --destroyable",
    ),
)
@click.option("--topic", type=click.Choice([each.value for each in Topic]), help="Only these.")
@click.option("--state", help="Only those in this state.")
@click.option("--open", "only_open", is_flag=True, help="Only those in which something is pending.")
@click.option("--parent", metavar="CASE", help="Only the parts of this case.")
@click.option("--overdue", is_flag=True, help="Only those in which something is overdue.")
@click.option("--destroyable", is_flag=True, help="Only those that need not be kept any longer.")
@limited
@signed
def list_(
    session: Session,
    topic: str | None,
    state: str | None,
    only_open: bool,
    parent: str | None,
    overdue: bool,
    destroyable: bool,
    limit: int | None,
) -> Reply:
    """The cases, in the order in which they were opened, each with what is due in it next."""
    room = Room(session)
    if parent is not None:
        room.case(parent)
    those = Those(topic, state, parent, True if only_open else None, room.now if overdue else None)
    rows, total = _free(room, those, limit) if destroyable else _chosen(room, those, limit)
    due = soonest(room.store.due_rows(cases=[each.case for each in rows]))
    tree: Tree = {"cases": [row_tree(each, due.get(each.case), room.now) for each in rows], "total": total}
    if not rows:
        return Reply(tree, [Line(NONE_FREE if destroyable else _none(room, those), Tone.QUIET)])
    return Reply(tree, [case_grid(room, rows, due), *left_out(len(rows), total)])


class Those(NamedTuple):
    """Which cases are to be listed, as the store takes it."""

    topic: str | None
    state: str | None
    parent: str | None
    is_open: bool | None
    overdue: datetime | None


def _chosen(room: Room, those: Those, limit: int | None) -> tuple[Sequence[CaseRow], int]:
    """The first of them, and how many there are."""
    asked = those._asdict()
    return room.store.case_rows(**asked, limit=limit), sum(each.cases for each in room.store.case_counts(**asked))


def _free(room: Room, those: Those, limit: int | None) -> tuple[Sequence[CaseRow], int]:
    """The same of those that may be destroyed."""
    free = retaining.destroyable(room.store, room.law, room.now)
    found = room.store.case_rows(**those._asdict(), cases=free)
    return found[:limit], len(found)


@command(case, "show", examples=("licet case show C-17", "licet case show C-17 --json | jq '.deadlines[].due'"))
@click.argument("name", metavar="CASE")
@signed
def show(session: Session, name: str) -> Reply:
    """A case: its state, what happened, what is due, what was decided, and what is possible now, for whom.

    Below it stands a command line for everything that is possible, to be completed where `…` stands.
    """
    room = Room(session)
    found = room.case(name)
    able, at_it = room.possible_for_me(found), pointed(room, found)
    tree = {**case_tree(found, able, room.now), **pointed_tree(at_it)}
    return Reply(tree, case_blocks(found, able, room.now, at_it))


@command(case, "help", examples=("licet case help C-17",))
@click.argument("name", metavar="CASE")
@signed
def help_(session: Session, name: str) -> Reply:
    """What is possible in a case now, and what each event means and needs, field by field: the procedure's own help."""
    room = Room(session)
    found = room.case(name)
    able = room.possible_for_me(found)
    tree = case_tree(found, able, room.now)
    kept = {key: tree[key] for key in ("case", "number", "procedure", "state", "possible")}
    return Reply(kept, help_blocks(found, able))


def case_grid(room: Room, rows: Sequence[CaseRow], due: Mapping[str, DueRow]) -> Grid:
    """Cases as a table."""
    return Grid([_row(room, each, due.get(each.case)) for each in rows], COLUMNS)


def row_tree(row: CaseRow, due: DueRow | None, now: datetime) -> Tree:
    """A case in a list, as JSON."""
    return {
        "case": row.case,
        "topic": row.topic,
        "procedure": row.procedure,
        "state": row.state,
        "final": row.final,
        "title": row.title,
        "party": row.party or None,
        "opened": instant(row.opened),
        "updated": instant(row.updated),
        "number": row.number,
        "parent": row.parent,
        "due": due and due_tree(due, now),
    }


def due_tree(due: DueRow, now: datetime) -> Tree:
    """Something that is due, as JSON; `left` in seconds, negative where it is overdue."""
    return {
        "case": due.case,
        "clock": due.key.clock,
        "started_by": due.key.started_by,
        "title": due.title,
        "owner": due.owner,
        "due": instant(due.due),
        "left": int((due.due - now).total_seconds()),
        "overdue": due.due <= now,
        "warned_from": instant(due.warned_from),
        "fires": due.fires,
        "calendar": due.calendar or None,
    }


def soonest(rows: Sequence[DueRow]) -> dict[str, DueRow]:
    """Of each case what is due first. `rows` are in order, soonest first."""
    found: dict[str, DueRow] = {}
    for each in rows:
        found.setdefault(each.case, each)
    return found


def _zone(room: Room, row: CaseRow) -> str | None:
    procedure = room.law.procedures.get(row.procedure)
    return procedure.zone if procedure else None


def _row(room: Room, row: CaseRow, due: DueRow | None) -> list[Line]:
    return [
        cell(row.case, Tone.STRONG),
        cell(row.procedure),
        cell(state_title(room, row), Tone.QUIET if row.final else Tone.PLAIN),
        cell(row.party),
        cell(row.title),
        cell(f"{due.title}, {moment(due.due, _zone(room, row))}" if due else ""),
        countdown(due.due, room.now, due.warned_from) if due else Line(),
    ]


NONE_FREE = "no case may be destroyed now: each is open, kept for longer yet, held, or still owed something"


def _none(room: Room, those: Those) -> str:
    if those.overdue is not None:
        there = sum(each.cases for each in room.store.case_counts(**those._replace(overdue=None)._asdict()))
        if there:
            return f"nothing is overdue in {count(there, 'case')}"
    topic, state = those.topic, those.state
    chosen = " and ".join(f"{name} `{value}`" for name, value in (("topic", topic), ("state", state)) if value)
    known = sorted({name for each in room.law.procedures.values() for name in each.states})
    near = "" if state is None or state in known else offered(state, known)
    return f"no case with {chosen}{near}" if chosen else "no cases; `licet case open` opens one"
