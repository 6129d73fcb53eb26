"""`licet incident amend`: facts added to an incident or corrected, and what follows for duties and for reports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from licet.cli.acts.deed import done, signed
from licet.cli.cases.officers import needs_officers
from licet.cli.cases.room import Room
from licet.cli.command import Session, command
from licet.cli.incident.blocks import duty_blocks, incident_tree
from licet.cli.incident.given import Incident, from_file, incident_in
from licet.cli.options import TIMEOUT
from licet.cli.root import incident
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell
from licet.cli.terminal.exits import Exit, Misnamed
from licet.core.cases.case import Case
from licet.services.acts.what import What
from licet.services.cases.asked import NewEntry, acting_fields
from licet.services.cases.incidents import (
    ADD,
    CORRECT,
    assessed,
    concerned,
    contradicted,
    differing,
    new_facts,
    passed_on,
)
from licet.services.cases.reports import words


@command(
    incident,
    "amend",
    examples=(
        "licet incident amend C-1 more.yaml",
        "licet incident amend C-1",
        "licet incident amend C-1 corrected.yaml --why 'two of them were counted twice'",
    ),
)
@click.argument("case")
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--why", help="Why what was recorded is corrected; needed where it was something else.")
@signed
@TIMEOUT
def amend(session: Session, case: str, file: Path | None, why: str | None, timeout: float) -> Reply:
    """Add facts to an incident, or correct them; say which duties apply by that, and which reports say otherwise.

    FILE holds only what is new. What moves the clock of a duty is entered in its case, in the same act; without FILE,
    only that: what the cases of duties do not have yet.
    """
    needs_officers(session)
    room = Room(session)
    before = incident_in(room, room.case(case), room.now)
    assert before.case is not None
    facts = {} if file is None else differing(before.case, from_file(session, file, room.now)[1].facts)
    cases = [each.case for each in before.duties if each.case is not None]
    later = {**before.facts, **facts}
    anew = passed_on(concerned(assessed(room.law, later, room.now), cases), later)
    if not facts and not anew:
        return Reply(
            _tree(before, before, {}), [Line("nothing in it is new", Tone.GOOD), *duty_blocks(before, why=False)]
        )
    entries = [*_told(before.case, facts, why), *anew]
    reply = done(session, What.CASE, acting_fields(entries), timeout=timeout)
    if reply.exit is Exit.WAITING:
        return reply
    now = Room(session)
    after = incident_in(now, now.case(case), now.now)
    tree = {**_tree(before, after, facts), "act": reply.tree["act"]}
    return Reply(tree, [*reply.blocks, *_news(before, after, facts), *duty_blocks(after, why=False)], reply.exit)


def _told(case: Case, facts: Mapping[str, Any], why: str | None) -> list[NewEntry]:
    """The entry in the incident, where there is anything to tell it."""
    if not facts:
        return []
    event = _event(case, facts, why)
    return [new_facts(case, facts, event, why if event == CORRECT else None)]


def _event(case: Case, facts: Mapping[str, Any], why: str | None) -> str:
    """Whether facts are added or corrected. Raises `Misnamed` where a correction has no reason."""
    otherwise = contradicted(case, facts)
    if otherwise and why is None:
        said = "; ".join(f"`{each}` is {words(case.fields[each])}" for each in otherwise)
        raise Misnamed(f"this corrects what was recorded ({said}): say why, with `--why`")
    return CORRECT if otherwise else ADD


def _turned(before: Incident, after: Incident) -> list[tuple[str, str, str]]:
    """Duties of which something else is said than before."""
    old = {each.assessment.procedure.name: each.assessment.applies for each in before.duties}
    found = [(each.assessment.procedure.name, each.assessment.applies) for each in after.duties]
    return [(name, old[name].value, now.value) for name, now in found if name in old and old[name] is not now]


def _news(before: Incident, after: Incident, facts: Mapping[str, Any]) -> list[Block]:
    rows = [
        (cell(name, Tone.STRONG), cell(words(before.facts.get(name)), Tone.QUIET), cell(words(value)))
        for name, value in facts.items()
    ]
    blocks: list[Block] = [Grid(rows, ("field", "was", "is"))] if rows else []
    for name, was, now in _turned(before, after):
        blocks.append(Line(f"{name}: {was} → {now}", Tone.WARN))
    return blocks


def _tree(before: Incident, after: Incident, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **incident_tree(after),
        "act": None,
        "changed": dict(facts),
        "turned": [{"duty": name, "was": was, "is": now} for name, was, now in _turned(before, after)],
    }
