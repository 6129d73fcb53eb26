"""`licet case act`: cause an event of one case, or of many in one signed act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from licet.cli.acts.deed import done, signed
from licet.cli.cases.acting_as import column_of, party_of, role_and_party
from licet.cli.cases.checked import checked, checked_row
from licet.cli.cases.chosen import Choice, cases, loaded, rule_of, why_not
from licet.cli.cases.given import Given, field_options, fields_file, given, happened_at, when_options
from licet.cli.cases.officers import needs_officers
from licet.cli.cases.room import Room
from licet.cli.cases.rows import DECISION_COLUMNS, instant_of, overlaid
from licet.cli.cases.sheet import Cased, Cells, read_sheet, refuse, repeated
from licet.cli.command import Session, command
from licet.cli.options import TIMEOUT
from licet.cli.root import case as case_group
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, count
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.told import among
from licet.core.cases.case import Case
from licet.core.cases.procedure import EventRule
from licet.services.acts.carried import Carried
from licet.services.acts.what import What
from licet.services.cases.asked import NewEntry, acting_fields
from licet.wire.sheet import SheetProblem

COLUMNS = ("case", "event", "role", "party", "happened", "late")
"""Columns of a file of events beside the fields of the events."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every case: as options say it."""

    room: Room
    role: str | None
    parties: Sequence[str]
    fields: Sequence[str]
    file: Path | None
    exhibits: Sequence[Path]
    decision: Path | None
    happened: datetime | None
    late: str | None

    def given(self, rule: EventRule) -> Given:
        """The fields and exhibits for one event."""
        found = given(rule, self.fields, self.file, self.exhibits)
        if self.decision is None:
            return found
        if "decision" in found.fields:
            raise Misnamed("the decision is given twice: with `--decision`, and among the fields")
        fields = {**found.fields, "decision": fields_file(self.decision).tree}
        return Given(fields, found.exhibits, found.content, None)


@command(
    case_group,
    "act",
    examples=(
        "licet case act C-17 answer_intent --party applicant=acme --field answer='we now screen at sign-up' --on 5",
        (
            "licet case act C-17 tell_orally --field told='Jo, by telephone' \\\n"
            "    --happened 2026-06-12T17:21:00-04:00 --late 'noted on Monday'"
        ),
        "licet case act ask --parent C-1 --state proposed --field missing='the register of owners'",
        "licet case act withdraw --case C-2 --case C-3 --party organisation=acme",
        "licet case act approve --csv answers.csv --decision decision.yaml",
    ),
)
@click.argument("words", metavar="[CASE] [EVENT]", nargs=-1)
@click.option("--case", "named", multiple=True, metavar="CASE", help="A case; several add up, in one act.")
@click.option("--parent", metavar="CASE", help="All parts of this case that are open.")
@click.option("--state", help="With --parent: those in this state.")
@click.option("--csv", "sheet", type=click.Path(dir_okay=False, path_type=Path), help="One event for each row.")
@click.option("--role", help="In which role, where several may.")
@click.option("--party", "parties", multiple=True, metavar="ROLE=NAME", help="Who did it, outside.")
@field_options
@click.option(
    "--decision", type=click.Path(dir_okay=False, path_type=Path), help="A file with the decision that all share."
)
@click.option("--on", type=click.IntRange(min=1), help="The newest entry that you saw; refused if there is more.")
@when_options
@signed
@TIMEOUT
def act(
    session: Session,
    /,
    words: tuple[str, ...],
    named: tuple[str, ...],
    parent: str | None,
    state: str | None,
    sheet: Path | None,
    role: str | None,
    parties: tuple[str, ...],
    fields: tuple[str, ...],
    file: Path | None,
    exhibits: tuple[Path, ...],
    decision: Path | None,
    on: int | None,
    happened: datetime | str | None,
    late: str | None,
    timeout: float,
) -> Reply:
    """Cause an event of a case. What is possible now, and what it needs, `licet case show CASE` says.

    Several cases, by name (--case), by queue (--parent) or by row (--csv: columns `case`, `event`, `role`, `party`,
    `happened`, `late`, and fields), are one signed act: all of it happens, or none.
    """
    needs_officers(session)
    room = Room(session)
    asked = Asked(room, role, parties, fields, file, exhibits, decision, happened_at(happened, room.now, late), late)
    if sheet is not None:
        if named or parent or state or on or len(words) > 1:
            raise Misnamed(
                "`--csv` names the cases itself: leave out the case, `--case`, `--parent`, `--state`, `--on`"
            )
        return from_sheet(session, asked, sheet, words[0] if words else None, timeout)
    choice, event = chosen(words, Choice(named, parent, state, on))
    found = cases(session, room, choice)
    return entered(session, [(each, *entry(asked, each, event)) for each in found], timeout)


def chosen(words: Sequence[str], choice: Choice) -> tuple[Choice, str]:
    """The cases and the event. Raises `Misnamed` where they cannot be told apart."""
    if choice.state is not None and choice.parent is None:
        raise Misnamed("`--state` goes with `--parent`")
    if choice.is_empty and len(words) == 2:
        return Choice((words[0],), on=choice.on), words[1]
    if not choice.is_empty and len(words) == 1:
        return choice, words[0]
    if choice.is_empty:
        raise Misnamed(
            "name the case and the event, as in `licet case act C-17 withdraw`; `licet case show C-17` says which"
        )
    raise Misnamed("with `--case` or `--parent`, name the event alone, as in `licet case act remind --parent C-1`")


def entry(asked: Asked, case: Case, event: str) -> tuple[NewEntry, Given]:
    """What is to be entered in one case. Raises what names everything that is wrong with it."""
    rule = rule_of(case, event)
    if asked.happened is None:
        problem = why_not(case, event, asked.room.possible(case))
        if problem is not None:
            raise Misnamed(problem)
    role, party = role_and_party(case.procedure, rule, asked.role, asked.parties, case.parties)
    came = asked.given(rule)
    fields = checked(rule, came)
    new = NewEntry(case.id, case.number, event, role, fields, party, asked.happened, asked.late, came.exhibits)
    return new, came


def entered(session: Session, new: Sequence[tuple[Case, NewEntry, Given]], timeout: float) -> Reply:
    """Hand in the act, and say how the cases stand then."""
    contents = {each.digest: each for _, _, came in new for each in came.content}
    carried = Carried(exhibits=tuple(contents.values()))
    reply = done(session, What.CASE, acting_fields([each for _, each, _ in new]), timeout=timeout, carried=carried)
    if reply.exit is Exit.WAITING:
        return reply
    return Reply(reply.tree, [*reply.blocks, *after(session, [each.id for each, _, _ in new])], reply.exit)


def after(session: Session, names: Sequence[str]) -> list[Block]:
    """How cases stand after an act."""
    if len(names) > 1:
        return [Line(f"entered in {count(len(names), 'case')}: {among(names)}", Tone.GOOD)]
    found = Room(session).case(names[0])
    line = Line(f"{found.id} is now `{found.state.title}`, at entry {found.number}", Tone.GOOD)
    return [line, Line(f"licet case show {found.id}")]


def from_sheet(session: Session, asked: Asked, path: Path, event: str | None, timeout: float) -> Reply:
    """An event for each row. Raises `SheetRejected` with every place."""
    sheet = read_sheet(path)
    if event is not None and "event" in sheet.columns:
        raise Misnamed("the event is named twice: by the argument, and by the column `event`")
    required = ("case",) if event is not None else ("case", "event")
    sheet.check((*sheet.columns,), required)
    refuse(list(repeated(sheet.rows, "case")))
    found = _cases(session, asked.room, sheet)
    sheet.check(_allowed([rule for each in found.values() for rule in _rules(each, sheet, event)]), required)
    problems: list[SheetProblem] = []
    new = [_row(asked, found[each.values["case"]], each, event, problems) for each in sheet.rows]
    refuse(problems)
    return entered(session, [each for each in new if each is not None], timeout)


def _cases(session: Session, room: Room, sheet: Cased) -> Mapping[str, Case]:
    problems, names = [], []
    for each in sheet.rows:
        name = each.values["case"]
        if room.store.case(name) is None:
            problems.append(each.problem("case", f"there is no case `{name}`"))
        names.append(name)
    refuse(problems)
    return {each.id: each for each in loaded(session, room, names)}


def _rules(case: Case, sheet: Cased, event: str | None) -> list[EventRule]:
    """The events that the rows of a case name."""
    events = {event or each.values["event"] for each in sheet.rows if each.values["case"] == case.id}
    return [case.procedure.events[each] for each in sorted(events) if each in case.procedure.events]


def _allowed(rules: Sequence[EventRule]) -> tuple[str, ...]:
    """The columns of a file: those of every file, the fields of its events, parts of decisions where one decides."""
    fields = [name for rule in rules for name in rule.needs]
    decisions = DECISION_COLUMNS if any(rule.decides for rule in rules) else ()
    return tuple(dict.fromkeys((*COLUMNS, *fields, *decisions)))


def _row(
    asked: Asked, case: Case, cells: Cells, event: str | None, problems: list[SheetProblem]
) -> tuple[Case, NewEntry, Given] | None:
    before, name = len(problems), event or cells.values["event"]
    happened = instant_of(cells, asked.room.now, problems) or asked.happened
    try:
        rule = rule_of(case, name)
        not_possible = why_not(case, name, asked.room.possible(case)) if happened is None else None
    except Misnamed as error:
        not_possible = str(error)
    if not_possible is not None:
        problems.append(cells.problem("event" if event is None else "case", not_possible))
        return None
    came = asked.given(rule)
    fields = overlaid(rule, came.fields, cells, problems)
    role, party = _who(asked, case, rule, cells, problems)
    fields = checked_row(rule, fields, cells, problems)
    if len(problems) > before:
        return None
    late = cells.values.get("late") or asked.late
    new = NewEntry(case.id, case.number, name, role, fields, party, happened, late, came.exhibits)
    return case, new, came


def _who(
    asked: Asked, case: Case, rule: EventRule, cells: Cells, problems: list[SheetProblem]
) -> tuple[str, str | None]:
    roles = case.procedure.roles
    outside = [each for each in sorted(rule.by) if each in roles and roles[each].party]
    role = cells.values.get("role") or asked.role
    try:
        named = [*asked.parties, *party_of(cells, asked.role, outside)]
        return role_and_party(case.procedure, rule, role, named, case.parties, in_row=True)
    except Misnamed as error:
        column = column_of(cells, rule)
        problems.append(cells.problem(column if column in cells.values else "case", str(error)))
        return "", None
