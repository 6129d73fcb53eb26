"""`licet case queue`: customer by customer, each of many organisations with its own state, deadline and answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import click

from licet.cli.acts.deed import signed
from licet.cli.cases.bounded import left_out, limited
from licet.cli.cases.chosen import loaded
from licet.cli.cases.countdown import countdown
from licet.cli.cases.moment import moment
from licet.cli.cases.room import Room
from licet.cli.cases.showing import row_tree, soonest
from licet.cli.cases.states import state_title
from licet.cli.command import Session, command
from licet.cli.root import case
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count
from licet.cli.terminal.trees import Tree
from licet.core.cases.case import Case
from licet.core.cases.procedure import FieldKind
from licet.services.cases.ports import CaseCount, CaseRow, DueRow

COLUMNS = ("case", "who", "state", "answer", "due", "left")


@command(
    case,
    "queue",
    examples=("licet case queue C-1", "licet case queue C-1 --json | jq '.counts'"),
)
@click.argument("name", metavar="CASE")
@click.option("--state", help="Only those in this state.")
@limited
@signed
def queue(session: Session, name: str, state: str | None, limit: int | None) -> Reply:
    """The parts of a case: of each organisation its state, what is due, and its answer; and how many are where."""
    room = Room(session)
    parent = room.case(name)
    counts = room.store.case_counts(parent=parent.id)
    late = sum(each.cases for each in room.store.case_counts(parent=parent.id, overdue=room.now))
    rows = room.store.case_rows(parent=parent.id, state=state, limit=limit)
    total = sum(each.cases for each in counts if state in (None, each.state))
    due = soonest(room.store.due_rows(cases=[each.case for each in rows]))
    cases = {each.id: each for each in loaded(session, room, [each.case for each in rows])}
    tree: Tree = {
        "case": parent.id,
        "parts": [_tree(room, each, due.get(each.case), cases[each.case]) for each in rows],
        "total": total,
        "counts": _by_state(counts),
        "open": sum(each.cases for each in counts if not each.final),
        "overdue": late,
    }
    if not counts:
        line = Line(
            f"`{parent.id}` has no parts; `licet case open PROCEDURE --parent {parent.id} --csv FILE` opens them"
        )
        return Reply(tree, [line])
    return Reply(tree, [*_grid(room, rows, due, cases), *_counted(room, counts, late), *left_out(len(rows), total)])


def _tree(room: Room, row: CaseRow, due: DueRow | None, case: Case) -> Tree:
    said = {"organisation": organisation(case), "outcome": outcome(room, row), "answer": answer(case)}
    return {**row_tree(row, due, room.now), **said}


def _by_state(counts: Sequence[CaseCount]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for each in counts:
        found[each.state] += each.cases
    return dict(found)


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


def _counted(room: Room, counts: Sequence[CaseCount], late: int) -> list[Block]:
    titles: Counter[str] = Counter()
    for each in counts:
        titles[state_title(room, each)] += each.cases
    still = sum(each.cases for each in counts if not each.final)
    said = ", ".join(f"{number:,} {title}" for title, number in titles.most_common())
    return [
        Line(f"{count(titles.total(), 'case')}, {still:,} open: {said}", Tone.STRONG),
        *([Line(f"{count(late, 'case')} overdue", Tone.BAD)] if late else []),
    ]
