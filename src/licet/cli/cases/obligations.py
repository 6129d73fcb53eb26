"""The obligations of a case: what decisions oblige whom to, until when, and how each stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from licet.cli.cases.countdown import countdown
from licet.cli.cases.moment import moment
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell
from licet.cli.terminal.trees import Tree, instant
from licet.core.cases.decision import Kept, Obligation

TONES = {
    Kept.OWED: Tone.PLAIN,
    Kept.OVERDUE: Tone.BAD,
    Kept.BROKEN: Tone.BAD,
    Kept.DISCHARGED: Tone.GOOD,
    Kept.ENDED: Tone.QUIET,
}


def obligation_blocks(obligations: Sequence[Obligation], now: datetime, zone: str) -> list[Block]:
    """A table, or nothing where nobody is obliged to anything."""
    if not obligations:
        return []
    rows = [
        (
            cell(each.id, Tone.STRONG),
            cell(each.promise.kind.value),
            cell(each.promise.owner),
            cell(each.promise.text),
            cell(moment(each.due, zone) if each.due else ""),
            _left(each, now),
            cell(each.kept.value, TONES[each.kept]),
        )
        for each in obligations
    ]
    broken = [
        Line(
            f"{each.id} is broken; put right by {moment(each.cure_by, zone)}, or it can suspend",
            Tone.BAD,
        )
        for each in obligations
        if each.cure_by is not None and each.kept is Kept.BROKEN
    ]
    return [Grid(rows, ("obligation", "from", "who", "what", "due", "left", "stands")), *broken]


def obligation_tree(obligation: Obligation) -> Tree:
    """An obligation as JSON."""
    return {
        "id": obligation.id,
        "kind": obligation.promise.kind.value,
        "owner": obligation.promise.owner,
        "text": obligation.promise.text,
        "decided_by": obligation.decided_by,
        "since": instant(obligation.since),
        "due": instant(obligation.due),
        "kept": obligation.kept.value,
        "discharged": [instant(each) for each in obligation.discharged],
        "cure_by": instant(obligation.cure_by),
    }


def _left(obligation: Obligation, now: datetime) -> Line:
    due = obligation.cure_by if obligation.kept is Kept.BROKEN else obligation.due
    if due is None or obligation.kept in (Kept.DISCHARGED, Kept.ENDED):
        return Line()
    return countdown(due, now)
