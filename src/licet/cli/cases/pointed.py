"""What points at a case, in words and as JSON; and what is still to be opened after an appeal sent something back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from licet.cli.cases.needs import open_line
from licet.cli.cases.room import Room
from licet.cli.cases.states import state_title
from licet.cli.terminal.blocks import Block, Line, Tone, listed
from licet.cli.terminal.trees import Tree
from licet.core.cases.case import Case
from licet.core.cases.procedure import EventRule, Procedure
from licet.services.cases.asked import NewCase
from licet.services.cases.pointing import FOLLOWS, Backlinks, Pointing, backlinks, is_taken_up, sent_back, untaken

PART_OF = "part of"


class Pointed(NamedTuple):
    """What there is to say of a case that it does not say itself.

    `rows`: for each way in which others are linked to it, which. `take_up` is the command line by which a case is
    opened that takes up what this appeal sent back; None where there is nothing to take up.
    """

    rows: tuple[tuple[str, str], ...] = ()
    trees: tuple[Tree, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    take_up: str | None = None


NOTHING = Pointed()


def pointed(room: Room, case: Case) -> Pointed:
    """What points at a case."""
    found = backlinks(room.store, room.law, case, room.now)
    take_up = None if is_taken_up(room.store, case) else take_up_line(room, case)
    return Pointed(tuple(_rows(room, found, case.id)), tuple(map(_tree, found.first)), found.totals, take_up)


def pointed_tree(found: Pointed) -> Tree:
    """The same as JSON."""
    return {"linked_from": list(found.trees), "linked_counts": dict(found.counts), "take_up": found.take_up}


def take_up_line(room: Room, appeal: Case) -> str:
    """A command line that opens the case in which something is decided again that an appeal sent back."""
    link = f" --link {FOLLOWS}={appeal.id}"
    about = sent_back(room.store, room.law, appeal, room.now)
    base = "" if about is None else about.procedure.name.partition("@")[0]
    if about is None or base not in room.law.newest:
        return f"licet case open PROCEDURE{link}"
    procedure = room.law.procedure(base)
    rule = _opening(procedure, about)
    parties = (about.parties.get(each) for each in sorted(rule.by))
    return open_line(procedure, rule, next((each for each in parties if each), None)) + link


def _opening(procedure: Procedure, before: Case) -> EventRule:
    """The event that opened a case, in the newest version of its procedure; another where that no longer does."""
    first = before.entries[0].entry.event
    return next((each for each in procedure.opening if each.name == first), procedure.opening[0])


def take_up_blocks(line: str | None) -> list[Block]:
    """That nobody has taken up yet what an appeal sent back."""
    if line is None:
        return []
    return [Line("it is to be decided again, and no case takes that up yet; this opens one", Tone.WARN), Line(line)]


class Hint(NamedTuple):
    """That a new case (its place among them, from 0) may be the one that takes up what an appeal sent back."""

    position: int
    party: str
    appeal: str
    about: str


def hints(room: Room, procedure: Procedure, new: Sequence[NewCase]) -> list[Hint]:
    """For new cases that follow nothing: the appeals of the same party that nobody has taken up."""
    free = {each.party: place for place, each in reversed([*enumerate(new)]) if each.party and not _follows(each)}
    followed = {link.target for each in new for link in each.links if link.relation == FOLLOWS}
    base = procedure.name.partition("@")[0]
    return [
        Hint(
            free[party], party, appeal.id, listed([each.target for each in appeal.links if each.relation == "appeals"])
        )
        for party, appeal in untaken(room.store, room.law, [*map(str, free)], base, room.now)
        if appeal.id not in followed
    ]


def _follows(new: NewCase) -> bool:
    return any(each.relation == FOLLOWS for each in new.links)


def hint_blocks(found: Sequence[Hint], names: Sequence[str]) -> list[Block]:
    """What to do if a new case is the one; `names` are those of the new cases, none where they wait to be opened."""
    blocks: list[Block] = []
    for each in found:
        said = f"the appeal {each.appeal} sent {each.about} back, of {each.party}, and no case takes that up yet"
        if names:
            blocks += [Line(f"{said}; if {names[each.position]} does:", Tone.WARN), Line(command(each, names))]
        else:
            how = f"if this is to, withdraw it and open it with `--link {FOLLOWS}={each.appeal}`"
            blocks.append(Line(f"{said}; {how}", Tone.WARN))
    return blocks


def hint_trees(found: Sequence[Hint], names: Sequence[str]) -> list[Tree]:
    """The same as JSON."""
    return [
        {
            "appeal": each.appeal,
            "party": each.party,
            "case": names[each.position] if names else None,
            "command": command(each, names) if names else None,
        }
        for each in found
    ]


def command(hint: Hint, names: Sequence[str]) -> str:
    """The command line that links a new case to the appeal."""
    return f"licet case link {names[hint.position]} {FOLLOWS} {hint.appeal}"


def _rows(room: Room, found: Backlinks, case: str) -> list[tuple[str, str]]:
    rows = []
    for said in dict.fromkeys(each.said for each in found.first):
        mine = [each for each in found.first if each.said == said]
        relation = mine[0].relation
        left = found.left_out(relation, case) if mine[0].target == case else 0
        if relation == PART_OF:
            total = dict(found.totals)[PART_OF]
            rows.append(("its parts", f"{total:,}: `licet case queue {case}`"))
            continue
        more = [f"and {left:,} more"] if left else []
        rows.append((said, listed([*(_named(room, each) for each in mine), *more])))
    return rows


def _named(room: Room, each: Pointing) -> str:
    return f"{each.row.case} ({each.row.procedure}: {state_title(room, each.row)})"


def _tree(each: Pointing) -> Tree:
    row = each.row
    return {
        "said": each.said,
        "relation": each.relation,
        "target": each.target,
        "case": row.case,
        "procedure": row.procedure,
        "state": row.state,
        "final": row.final,
    }
