"""`licet case decide`: a decision with its six elements, checked as a draft, signed, and written as an instrument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from licet.cases.decision.decision import DECISION, DecisionRejected, decision_of, decision_tree
from licet.cases.decision.missing import missing, standing
from licet.cli.acts.deed import signed
from licet.cli.cases.acting import Asked, entered, entry
from licet.cli.cases.chosen import check_seen, rule_of, why_not
from licet.cli.cases.decisions import decision_blocks
from licet.cli.cases.gathered import gathered
from licet.cli.cases.given import attached, field_options, fields_file, happened_at, when_options
from licet.cli.cases.instruments import ISSUER, written_blocks
from licet.cli.cases.officers import needs_officers
from licet.cli.cases.room import Room
from licet.cli.cases.shown_evidence import shown_evidence
from licet.cli.command import Session, command
from licet.cli.options import TIMEOUT
from licet.cli.root import case as case_group
from licet.cli.terminal.blocks import Block, Line, Reply, Tone
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.new_file import write_new
from licet.cli.terminal.trees import Tree
from licet.core.cases.case import Case
from licet.core.cases.decision import Decision
from licet.core.cases.entry import Exhibit
from licet.core.cases.procedure import Deciding, EventRule
from licet.core.errors import LicetError
from licet.core.errors import Path as Path_
from licet.services.cases.draft import draft as drafted
from licet.wire.yaml import Place, YamlDocument


class DecisionUnfinished(LicetError):
    """A draft that cannot be signed: one line for each thing that is wrong with it or missing, with its place."""


@command(
    case_group,
    "decide",
    examples=(
        "licet case decide C-17 grant decision.yaml --draft",
        "licet case decide C-17 grant decision.yaml --check",
        "licet case decide C-17 grant decision.yaml --on 9 --licence licence.yaml --sign-with ann.key",
    ),
)
@click.argument("name", metavar="CASE")
@click.argument("event")
@click.argument("decision", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--draft", "draft", is_flag=True, help="Write the draft of this decision to DECISION, to be filled in.")
@click.option("--check", "only_check", is_flag=True, help="Say what the draft lacks, or what it says; sign nothing.")
@click.option(
    "--licence",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the instrument that it makes to this file.",
)
@ISSUER
@click.option("--role", help="In which role, where several may.")
@click.option("--party", "parties", multiple=True, metavar="ROLE=NAME", help="Who did it, outside.")
@field_options
@click.option("--on", type=click.IntRange(min=1), help="The newest entry that you saw; refused if there is more.")
@when_options
@signed
@TIMEOUT
def decide(
    session: Session,
    /,
    name: str,
    event: str,
    decision: Path,
    draft: bool,
    only_check: bool,
    licence: Path | None,
    issuer: str | None,
    role: str | None,
    parties: tuple[str, ...],
    fields: tuple[str, ...],
    file: Path | None,
    exhibits: tuple[Path, ...],
    on: int | None,
    happened: datetime | str | None,
    late: str | None,
    timeout: float,
) -> Reply:
    """Decide a case by the event EVENT, as the file DECISION says.

    Every decision has six elements: what it is, its basis, the considerations, what would change it, a named official,
    how to appeal. Everything that a draft lacks is said at once, and nothing is signed before it has all of it. A grant
    writes its licence (--licence, or later `licet case instrument`), which `licet enact` puts in force.
    """
    room = Room(session)
    found = room.case(name)
    rule = deciding(found, event)
    if draft:
        return write_draft(room, found, rule, decision)
    if on is not None:
        check_seen(found, on)
    if licence is not None and licence.exists():
        raise Misnamed(f"`{licence}` is there already; name another file for the instrument")
    read = complete(room, found, rule, decision, singly=session.json)
    if only_check:
        return checked_reply(room, found, event, read, [attached(each)[0] for each in exhibits])
    needs_officers(session)
    asked = Asked(room, role, parties, fields, file, exhibits, decision, happened_at(happened, room.now, late), late)
    reply = entered(session, [(found, *entry(asked, found, event))], timeout)
    return with_instrument(session, reply, found.id, licence, issuer)


def deciding(case: Case, event: str) -> EventRule:
    """An event that decides. Raises `Misnamed` with those that do, and where it is not possible now."""
    rule = rule_of(case, event)
    if rule.decides is None:
        names = ", ".join(f"`{each.name}`" for each in case.procedure.events.values() if each.decides) or "none"
        raise Misnamed(f"`{event}` decides nothing; of `{case.procedure.name}` these do: {names}; see `licet case act`")
    return rule


def write_draft(room: Room, case: Case, rule: EventRule, path: Path) -> Reply:
    """Write the draft into a new file."""
    then = f"licet case decide {case.id} {rule.name} FILE --on {case.number}"
    text = drafted(case, rule, room.catalogues(case.procedure), room.now, then=then)
    write_new(path, text, taken="there already: a draft is not written over it")
    blocks: list[Block] = [Line(f"the draft is in {path}; what is empty in it is what the decision lacks", Tone.GOOD)]
    not_yet = why_not(case, rule.name, room.possible(case))
    if not_yet is not None:
        blocks.append(Line(not_yet, Tone.WARN))
    blocks.append(Line(f"licet case decide {case.id} {rule.name} {path} --check"))
    return Reply({"case": case.id, "event": rule.name, "draft": str(path), "not_yet": not_yet}, blocks)


def complete(room: Room, case: Case, rule: EventRule, path: Path, *, singly: bool) -> Decision:
    """The decision of a file that lacks nothing. Raises `DecisionUnfinished` with everything that it does.

    `singly`: a line for each lack, as programs read them; people get one for many criteria that lack the same.
    """
    assert rule.decides is not None
    document = fields_file(path)
    try:
        read = decision_of({DECISION: document.tree}, rule.decides)
    except DecisionRejected as error:
        lines = [f"{document.place(each.path[1:], at_key=each.at_key)}: {each.message}" for each in error.problems]
        raise DecisionUnfinished("\n".join(lines)) from error
    licences = standing(room.appealed(case), case.decisions)
    lacks = missing(read, rule.decides, room.catalogues(case.procedure), licences=licences, at=room.now)
    if lacks:
        raise DecisionUnfinished("\n".join(_lines([(_near(document, each), each) for each in lacks], singly)))
    return read


def _lines(lacks: Sequence[tuple[Place, str]], singly: bool) -> list[str]:
    return [f"{place}: {sentence}" for place, sentence in lacks] if singly else gathered(lacks)


def checked_reply(room: Room, case: Case, event: str, read: Decision, comes: Sequence[Exhibit]) -> Reply:
    """It lacks nothing: what it says, and what its evidence is."""
    evidence, rows = shown_evidence(room, case, read, comes)
    tree: Tree = {
        "case": case.id,
        "event": event,
        "complete": True,
        "decision": decision_tree(read),
        "evidence": evidence,
    }
    said = Line("the draft lacks nothing; nothing was signed", Tone.GOOD)
    return Reply(tree, [*decision_blocks(read), *rows, said])


def with_instrument(session: Session, reply: Reply, name: str, path: Path | None, issuer: str | None) -> Reply:
    """The reply, with the instrument that the decision makes, once it is made."""
    later = f"licet case instrument {name} --file {path or 'licence.yaml'}"
    if reply.exit is Exit.WAITING:
        lines = [Line("once it is approved, this writes the instrument that it makes:", Tone.QUIET), Line(later)]
        return Reply(reply.tree, [*reply.blocks, *lines], reply.exit)
    made = Room(session).case(name)
    tree, blocks = written_blocks(made, made.decisions[-1], path, issuer, later)
    if made.decisions[-1].decision.kind is Deciding.REMIT:
        blocks.append(Line("it is decided again, by somebody else, in a new case that follows this one:", Tone.QUIET))
        blocks.append(Line(f"licet case open PROCEDURE --link follows={made.id} ..."))
    return Reply({**reply.tree, **tree}, [*reply.blocks, *blocks], reply.exit)


def _near(document: YamlDocument, sentence: str) -> Place:
    """Where a file should be looked at: at what a sentence names first, or at its beginning."""
    for named in sentence.split("`")[1::2]:
        path = _path(document.tree, named)
        if path:
            return document.place(path, at_key=isinstance(path[-1], str))
    return document.place(())


def _path(tree: Mapping[str, Any], named: str) -> Path_:
    """The path of what a sentence names: a criterion, a promise, or a key with the keys above it."""
    for key, member in (("judged", "criterion"), ("promises", "id")):
        for number, each in enumerate(tree.get(key) or ()):
            if isinstance(each, dict) and each.get(member) == named:
                return (key, number)
    first, _, rest = named.partition(".")
    if first not in tree:
        return ()
    inner = tree[first]
    return (first, rest) if isinstance(inner, dict) and rest in inner else (first,)
