"""A case for people: its state, what happened, what is due, what was decided, and what is possible now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from licet.cli.cases.deadlines import deadline_blocks
from licet.cli.cases.decisions import decided_blocks
from licet.cli.cases.moment import moment
from licet.cli.cases.needs import BUILT_IN_LINES, act_line, actor_words, needs
from licet.cli.cases.obligations import obligation_blocks
from licet.cli.cases.pointed import NOTHING, Pointed, take_up_blocks
from licet.cli.cases.timeline import timeline
from licet.cli.terminal.blocks import Block, Grid, Line, Tone, cell, count, listed, pairs
from licet.core.cases.case import Case, Possible
from licet.core.cases.entry import BuiltIn
from licet.core.cases.procedure import CLOCK, FieldRule

LONG = 200
"""Characters of a field's value in a table; `--json` has all."""


def case_blocks(case: Case, able: Sequence[Possible], now: datetime, at_it: Pointed = NOTHING) -> list[Block]:
    """Everything there is to know of a case; `at_it` is what points at it."""
    return [
        head(case, at_it),
        *take_up_blocks(at_it.take_up),
        *_titled("what happened", timeline(case.entries, case.procedure)),
        *_titled("what is due", deadline_blocks(case.deadlines, now)),
        *_titled("obligations", obligation_blocks(case.obligations, now, case.procedure.zone)),
        *_titled("fields", field_blocks(case.fields, case.procedure.fields)),
        *(block for each in case.decisions for block in decided_blocks(each)),
        *_titled("what is possible now", possible_blocks(case, able)),
    ]


def head(case: Case, at_it: Pointed = NOTHING) -> Grid:
    """What it is, where it stands, who is in it, what it is linked to, and what is linked to it."""
    final = case.state.final
    outcome = f": {case.state.outcome}" if case.state.outcome else ""
    return pairs(
        ("case", Line(case.id, Tone.STRONG)),
        ("procedure", f"{case.procedure.name} ({case.procedure.title})"),
        ("state", Line(f"{case.state.title}{outcome}", Tone.QUIET if final else Tone.STRONG)),
        ("which means", case.state.meaning),
        ("opened", moment(case.opened, case.procedure.zone)),
        ("last changed", f"{moment(case.updated, case.procedure.zone)}, by entry {case.number}"),
        *((role, party) for role, party in case.parties.items()),
        *((each.relation, Line(each.target)) for each in case.links),
        *((said, Line(names)) for said, names in at_it.rows),
        *((f"held: {name}", Line(why, Tone.WARN)) for name, why in case.holds.items()),
    )


def field_blocks(fields: Mapping[str, Any], rules: Mapping[str, FieldRule]) -> list[Block]:
    """The newest value of each field that the procedure declares, with its class."""
    rows = [
        (
            cell(name, Tone.STRONG),
            cell(shown(value)),
            cell(rules[name].secrecy.value if name in rules else "", Tone.QUIET),
        )
        for name, value in fields.items()
        if name in rules
    ]
    return [Grid(rows, ("field", "says", "class"))] if rows else []


def possible_blocks(case: Case, able: Sequence[Possible]) -> list[Block]:
    """Each event that can happen now: for whom, what it needs, what keeps it; then a command line for each."""
    procedure = case.procedure
    people = [each for each in able if set(each.event.by) != {CLOCK}]
    if not people:
        return [Line("nothing of its procedure; notes, links and holds can be added", Tone.QUIET)]
    kept = any(each.not_yet for each in people)
    rows = [
        (
            cell(each.event.name, Tone.QUIET if each.not_yet else Tone.STRONG),
            cell(listed([f"{role} (outside)" if procedure.roles[role].party else role for role in each.roles])),
            cell(needs(each.event)),
            cell(_leads(case, each)),
            *([cell(each.not_yet or "", Tone.WARN)] if kept else []),
        )
        for each in people
    ]
    columns = ("event", "by", "needs", "leads to", *(["not yet"] if kept else []))
    lines = [Line(line) for each in people if each.not_yet is None for line in lines_of(case, each)]
    return [Grid(rows, columns), *_titled("command lines, to be completed", lines)]


def lines_of(case: Case, possible: Possible) -> list[str]:
    """The command lines that cause an event: one for each role that may."""
    roles = [each for each in possible.roles if each != CLOCK]
    return [act_line(case, possible.event, case.procedure.roles.get(role)) for role in roles]


def help_blocks(case: Case, able: Sequence[Possible]) -> list[Block]:
    """The procedure's own help: what each event means, what it needs field by field, and what every case has."""
    roles = [
        (cell(name, Tone.STRONG), cell(actor_words(role, name)), cell(case.parties.get(name)))
        for name, role in case.procedure.roles.items()
    ]
    blocks: list[Block] = [head(case), *possible_blocks(case, able), Grid(roles, ("role", "who", "in this case"))]
    for each in able:
        if each.event.meaning:
            blocks.append(Line(f"{each.event.name}: {each.event.meaning}"))
        rows = [
            (
                cell(need.field.name, Tone.STRONG if need.required else Tone.PLAIN),
                cell("must" if need.required else "may"),
                cell(need.field.kind.value),
                cell(f"{need.field.meaning}{_choices(need.field)}"),
                cell(need.field.secrecy.value, Tone.QUIET),
            )
            for need in each.event.needs.values()
        ]
        if rows:
            blocks.append(Grid(rows, (f"field of {each.event.name}", "", "kind", "says", "class")))
    always = [Line(BUILT_IN_LINES[each].format(case=case.id)) for each in BuiltIn if each in BUILT_IN_LINES]
    return [*blocks, Line("what can happen in every case", Tone.QUIET), *always]


def shown(value: Any) -> str:
    """A value of a field in a table."""
    text = plain(value)
    return text if len(text) <= LONG else f"{text[:LONG]}… ({count(len(text), 'character')})"


def plain(value: Any) -> str:
    """A value of a field as a text, whole; what was asked and is not known is `unknown`."""
    if value is None:
        return "unknown"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _choices(rule: FieldRule) -> str:
    return f" ({listed(rule.values)})" if rule.values else ""


def _leads(case: Case, possible: Possible) -> str:
    to = possible.event.to
    return "(stays)" if to is None else case.procedure.states[to].title


def _titled(title: str, blocks: Sequence[Block]) -> list[Block]:
    return [Line(title, Tone.STRONG), *blocks] if blocks else []
