"""`licet record open`: give an auditor what opens the commitment to something withheld."""

from __future__ import annotations

import os
from pathlib import Path

import click

from licet.cli.command import Session, command
from licet.cli.root import record
from licet.cli.terminal.blocks import Grid, Line, Reply, Tone, cell
from licet.cli.terminal.exits import Misnamed
from licet.services.record.publishing.withholding import Opened, opened_document, opened_rulebook


@command(
    record,
    "open",
    examples=(
        "licet record open us-sealed-2026-07-01 -o for-the-court",
        "licet record open --rulebook 7 -o for-the-court",
    ),
)
@click.argument("document", required=False)
@click.option("--rulebook", type=click.IntRange(1), metavar="EPOCH", help="The rulebook of an epoch, in its place.")
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that gets the files.",
)
def open_(session: Session, document: str | None, rulebook: int | None, output: Path) -> Reply:
    """Write what opens the commitments to a DOCUMENT that is withheld, and to the lists that are withheld with it.

    Each file has a salt and the content: whoever has it reads what was withheld, and can show that the log committed to
    exactly that. Nothing is published by this.
    """
    if (document is None) is (rulebook is None):
        raise Misnamed("name a document, or an epoch with `--rulebook`")
    store, openings = session.installation.store, session.installation.openings
    found = opened_document(store, openings, document) if document else opened_rulebook(store, openings, rulebook or 0)
    if not found:
        raise Misnamed(f"nothing of {f'`{document}`' if document else f'epoch {rulebook}'} was ever withheld")
    files = [_written(output, each) for each in found]
    rows = [
        [cell(each.what, Tone.STRONG), cell(each.opening.commitment), cell(file)]
        for each, file in zip(found, files, strict=True)
    ]
    tree = {
        "opened": [
            {"what": each.what, "commitment": each.opening.commitment, "file": str(file)}
            for each, file in zip(found, files, strict=True)
        ]
    }
    secret = Line("whoever has these files reads what was withheld", Tone.WARN)
    return Reply(tree, [Grid(rows, ("what", "commitment", "file")), secret])


def _written(folder: Path, each: Opened) -> Path:
    path = folder / f"{each.opening.of}-{each.opening.commitment.removeprefix('salted:')[:16]}.json"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(bytes(each.opening))
    except OSError as error:
        raise Misnamed(f"cannot write `{path}`: {error.strerror}") from error
    return path
