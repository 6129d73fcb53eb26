"""`licet case queue`: customer by customer, each of many organisations with its own state, deadline and answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import click

from licet.cli.acts.deed import signed
from licet.cli.cases.chosen import loaded
from licet.cli.cases.countdown import countdown
from licet.cli.cases.moment import moment
from licet.cli.cases.room import Room
from licet.cli.cases.showing import is_overdue, row_tree, soonest, state_title
from licet.cli.command import Session, command
from licet.cli.root import case
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count
from licet.cli.terminal.trees import Tree
from licet.core.cases.case import Case
from licet.core.cases.procedure import FieldKind
from licet.services.cases.ports import CaseRow, DueRow

COLUMNS = ("case", "who", "state", "answer", "due", "left")


@command(
    case,
    "queue",
    examples=("licet case queue C-1", "licet case queue C-1 --json | jq '.counts'"),
)
@click.argument("name", metavar="CASE")
@click.option("--state", help="Only those in this state.")
@signed
def queue(session: Session, name: str, state: str | None) -> Reply:
    """The parts of a case: of each organisation its state, what is due, and its answer; and how many are where."""
    room = Room(session)
    parent = room.case(name)
    rows = room.store.case_rows(parent=parent.id)
    due = soonest(room.store.due_rows())
    shown = [each for each in rows if state is None or each.state == state]
    cases = {each.id: each for each in loaded(session, room, [each.case for each in shown])}
    counts = Counter(each.state for each in rows)
    late = sum(is_overdue(due.get(each.case), room.now) for each in rows)
    tree: Tree = {
        "case": parent.id,
        "parts": [{**row_tree(each, due.get(each.case), room.now), "outcome": outcome(room, each)} for each in shown],
        "counts": dict(counts),
        "open": sum(not each.final for each in rows),
        "overdue": late,
    }
    if not rows:
        line = Line(
            f"`{parent.id}` has no parts; `licet case open PROCEDURE --parent {parent.id} --csv FILE` opens them"
        )
        return Reply(tree, [line])
    return Reply(tree, [*_grid(room, shown, due, cases), *_counted(room, rows, late)])


def outcome(room: Room, row: CaseRow) -> str | None:
    """What a case came to, as its procedure says of its state; None while it is open."""
    procedure = room.law.named(row.procedure)
    found = procedure.states.get(row.state) if procedure else None
    return found.outcome if found else None


def organisation(case: Case) -> str | None:
    """The organisation that a case is about, by the first field that names one; else the first party."""
    rules = case.procedure.fields.values()
    named = (case.fields.get(each.name) for each in rules if each.kind is FieldKind.ORGANISATION)
    found = next((str(each) for each in named if each), None)
    return found or next(iter(case.parties.values()), None)


def answer(case: Case) -> str | None:
    """The newest decision in a sentence; None where nothing was decided."""
    return case.decisions[-1].decision.summary if case.decisions else None


def _grid(room: Room, rows: Sequence[CaseRow], due: dict[str, DueRow], cases: Mapping[str, Case]) -> list[Block]:
    if not rows:
        return [Line("no part is in this state", Tone.QUIET)]
    return [Grid([_row(room, each, due.get(each.case), cases[each.case]) for each in rows], COLUMNS)]


def _row(room: Room, row: CaseRow, due: DueRow | None, case: Case) -> list[Line]:
    return [
        cell(row.case, Tone.STRONG),
        cell(organisation(case)),
        cell(state_title(room, row), Tone.QUIET if row.final else Tone.PLAIN),
        cell(answer(case) or outcome(room, row) or "pending", Tone.PLAIN if row.final else Tone.WARN),
        cell(moment(due.due, case.procedure.zone) if due else ""),
        countdown(due.due, room.now, due.warned_from) if due else Line(),
    ]


def _counted(room: Room, rows: Sequence[CaseRow], late: int) -> list[Block]:
    titles = Counter(state_title(room, each) for each in rows)
    still = sum(not each.final for each in rows)
    said = ", ".join(f"{number:,} {title}" for title, number in titles.most_common())
    return [
        Line(f"{count(len(rows), 'case')}, {still:,} open: {said}", Tone.STRONG),
        *([Line(f"{count(late, 'case')} overdue", Tone.BAD)] if late else []),
    ]
