"""`licet case instrument`: the licence or the lift that a decision makes, as a file for `licet enact`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.acts.deed import signed
from licet.cli.cases.room import Room
from licet.cli.command import Session, command
from licet.cli.root import case as case_group
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, count, listed
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.new_file import write_new
from licet.cli.terminal.trees import Tree
from licet.core.cases.case import Case, Decided
from licet.services.cases.deciding import instruments
from licet.wire.document_text import text_of

ISSUER = click.option("--issuer", help="Who issues it; the role that decided, if not given.")


@command(
    case_group,
    "instrument",
    examples=("licet case instrument C-17 --file licence.yaml", "licet case instrument C-2 C-3 --file annex-a.yaml"),
)
@click.argument("names", metavar="CASE...", nargs=-1, required=True)
@click.option("--file", "path", type=click.Path(dir_okay=False, path_type=Path), help="Write them to this new file.")
@click.option("--entry", type=click.IntRange(min=1), help="Of the decision of this entry; else of the newest.")
@ISSUER
@signed
def instrument(
    session: Session, names: tuple[str, ...], path: Path | None, entry: int | None, issuer: str | None
) -> Reply:
    """What the decisions of cases write: licences and lifts, in one file, to be put in force with `licet enact`."""
    room = Room(session)
    trees: list[Tree] = []
    for name in names:
        found = room.case(name)
        trees += trees_of(found, decided(found, entry), issuer)
    if not trees:
        raise Misnamed(
            f"the decisions of {listed(names)} write no instrument: only grants, variations, stays and suspensions do"
        )
    text = text_of(trees)
    if path is None:
        return Reply({"documents": trees, "file": None}, [Line(line) for line in text.splitlines()])
    write_new(path, text)
    return Reply({"documents": trees, "file": str(path)}, said(trees, path))


def decided(case: Case, entry: int | None) -> Decided:
    """The decision of an entry, or the newest one. Raises `Misnamed`."""
    found = [each for each in case.decisions if entry is None or each.number == entry]
    if not found:
        numbers = listed([each.number for each in case.decisions]) or "none"
        what = "nothing was decided yet" if entry is None else f"entry {entry} decides nothing"
        raise Misnamed(f"`{case.id}`: {what}; entries with decisions: {numbers}")
    return found[-1]


def trees_of(case: Case, made: Decided, issuer: str | None) -> list[Tree]:
    """The documents that a decision writes."""
    return [each.tree for each in instruments(case, made, lambda _: None, issuer)]


def written_blocks(
    case: Case, made: Decided, path: Path | None, issuer: str | None, later: str
) -> tuple[Tree, list[Block]]:
    """The instrument of a decision that was just made: written where that was asked for."""
    trees = trees_of(case, made, issuer)
    if not trees:
        return {"instrument": None}, [Line("it writes no instrument", Tone.QUIET)] if path else []
    if path is None:
        return {"instrument": None}, [Line("this writes the instrument that it makes:", Tone.QUIET), Line(later)]
    write_new(path, text_of(trees))
    return {"instrument": str(path)}, said(trees, path)


def said(trees: list[Tree], path: Path) -> list[Block]:
    """What was written, and what comes next."""
    names = listed([next(iter(each.values())) for each in trees])
    return [Line(f"{count(len(trees), 'instrument')} in {path}: {names}", Tone.GOOD), Line(f"licet enact {path}")]
