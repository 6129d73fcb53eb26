"""`licet check`: are these documents in order, on top of what is enacted?"""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.command import Session, command
from licet.cli.files import source_files
from licet.cli.proposal import documents_table, proposal_tree
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count
from licet.services.rulebooks import propose

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))


@command(
    licet,
    "check",
    examples=("licet check rulebook/", "licet check order.yaml --json", "cat order.yaml | licet check -"),
)
@FILES
def check(session: Session, files: tuple[Path, ...]) -> Reply:
    """Read documents on top of what is enacted; nothing is changed.

    FILES are YAML files, directories of them, or - for the standard input. Every problem is named with its file, line
    and column. Without an installation here, the documents are checked by themselves.
    """
    store = session.installation.store if session.is_installed else None
    proposal = propose(store, source_files(files))
    own, _ = proposal.told_apart()
    blocks: list[Block] = documents_table(proposal)
    if store is None:
        blocks.append(Line("there is no installation here, so these were checked by themselves", Tone.WARN))
    if proposal.read:
        rows = [[cell(each.kind), cell(each.name, Tone.STRONG), cell(each.digest)] for each in proposal.read]
        blocks.append(Grid(rows, ("read, never enacted", "name", "digest, to be pinned")))
    found = f"{count(len(own), 'new document')} and {count(len(proposal.subjects), 'subject')}"
    blocks.append(Line(f"in order: {found}; nothing was changed", Tone.GOOD))
    read = [{"kind": each.kind, "name": each.name, "digest": each.digest} for each in proposal.read]
    return Reply({**proposal_tree(proposal), "read": read, "installed": store is not None}, blocks)
