"""What happened in a case: its entries as a table, in the order in which they count, with their marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from licet.cases.built_in import rule_of
from licet.cli.cases.moment import moment
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, listed
from licet.cli.terminal.trees import Tree, instant
from licet.core.cases.case import Placed
from licet.core.cases.entry import BuiltIn, Entry, Exhibit
from licet.core.cases.procedure import NEW, Procedure

COLUMNS = ("no", "happened", "what", "by", "state", "marks")


def timeline(entries: Sequence[Placed], procedure: Procedure) -> list[Block]:
    """The table, and below it what each late entry changed."""
    rows = [
        (
            cell(each.entry.number, Tone.QUIET if each.overtaken else Tone.STRONG),
            cell(moment(each.entry.happened, procedure.zone)),
            cell(what(each.entry, procedure), Tone.QUIET if each.overtaken else Tone.PLAIN),
            cell(who(each.entry)),
            cell(_moved(each, procedure)),
            cell(listed(marks(each, procedure.zone)), Tone.WARN if each.backdated or each.overtaken else Tone.QUIET),
        )
        for each in entries
    ]
    return [Grid(rows, COLUMNS), *(line for each in entries for line in changes(each))]


def titled(procedure: Procedure, event: str) -> str:
    """An event of the procedure, or one that every case has, as people call it."""
    rule = rule_of(procedure, event)
    return rule.title if rule else event


SUBJECTS = {
    BuiltIn.LINK: "{relation} {target}",
    BuiltIn.HOLD: "{name}",
    BuiltIn.RELEASE: "{name}",
    BuiltIn.DISCHARGE: "{obligation}",
    BuiltIn.BREACH: "{obligation}",
    BuiltIn.MOVE: "in {state}",
    BuiltIn.WITHHOLD: "{field} of entry {entry}",
}
"""What is said of an entry that every case can have: which link, which hold, which obligation."""


def what(entry: Entry, procedure: Procedure) -> str:
    """What an entry is, and of what: `Obligation met: 9.audit`."""
    title = titled(procedure, entry.event)
    subject = next((text for event, text in SUBJECTS.items() if event == entry.event), None)
    if subject is None or entry.event in procedure.events:
        return title
    return f"{title}: {subject.format_map(defaultdict(str, entry.fields))}"


def who(entry: Entry) -> str:
    """Who did it, in which role, who recorded it, and who agreed."""
    if entry.clock is not None:
        return f"the clock `{entry.clock.clock}`"
    done = (
        f"{entry.party} ({entry.role}), recorded by {entry.actor}" if entry.party else f"{entry.actor} ({entry.role})"
    )
    return f"{done}, with {entry.second}" if entry.second else done


def marks(placed: Placed, zone: str) -> list[str]:
    """What there is to know of an entry: that it is late or overtaken, and what came with it."""
    entry = placed.entry
    found = ["overtaken: has no effect"] if placed.overtaken else []
    if placed.backdated:
        found.append(f"late, recorded {moment(entry.at, zone)}")
    if entry.exhibits:
        found.append("with " + listed([each.name for each in entry.exhibits]))
    return found


def changes(placed: Placed) -> list[Line]:
    """Why an entry came late, and what it changed."""
    number = placed.entry.number
    lines = [Line(f"entry {number} came late: {placed.entry.late}", Tone.WARN)] if placed.entry.late else []
    if not placed.backdated:  # the clock's, by somebody's word
        return lines
    return lines + [
        Line(f"entry {number} changed {each.clock}: it was {each.before}, and is {each.after}", Tone.WARN)
        for each in placed.shifts
    ]


def placed_tree(placed: Placed) -> Tree:
    """An entry with what it did, as JSON."""
    return {
        **entry_tree(placed.entry),
        "before": placed.before,
        "after": placed.after,
        "overtaken": placed.overtaken,
        "backdated": placed.backdated,
        "shifts": [
            {"clock": each.clock, "started_by": each.started_by, "before": each.before, "after": each.after}
            for each in placed.shifts
        ],
    }


def entry_tree(entry: Entry) -> dict[str, Any]:
    """An entry as JSON."""
    return {
        "number": entry.number,
        "event": entry.event,
        "role": entry.role,
        "party": entry.party,
        "actor": entry.actor,
        "second": entry.second,
        "at": instant(entry.at),
        "happened": instant(entry.happened),
        "late": entry.late,
        "fields": dict(entry.fields),
        "exhibits": [exhibit_tree(each) for each in entry.exhibits],
        "clock": entry.clock and {"clock": entry.clock.clock, "started_by": entry.clock.started_by},
        "act": entry.act,
    }


def exhibit_tree(exhibit: Exhibit) -> Tree:
    """An exhibit as JSON."""
    return {
        "name": exhibit.name,
        "media_type": exhibit.media_type,
        "size": exhibit.size,
        "digest": exhibit.digest,
    }


def _moved(placed: Placed, procedure: Procedure) -> str:
    after = procedure.states.get(placed.after)
    if placed.after in (placed.before, NEW):
        return ""
    return after.title if after else placed.after
