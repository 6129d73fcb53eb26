"""`licet record correct`: say that an entry of the log is wrong."""

from __future__ import annotations

import click

from licet.cli.command import Session, command
from licet.cli.record.entries import entries_grid, entry_tree
from licet.cli.root import record
from licet.cli.terminal.blocks import Reply
from licet.cli.terminal.exits import Misnamed
from licet.record.log.entries import Correction
from licet.record.log.entry_spelling import encode
from licet.record.refusal import RecordRefused
from licet.record.signed.checkpoint import read_checkpoint
from licet.services.record.publishing.publish import Appended


@command(record, "correct", examples=("licet record correct 17 --why 'the worker w0 had not started then'",))
@click.argument("entry", type=click.IntRange(0), metavar="INDEX")
@click.option("--why", required=True, metavar="TEXT", help="What is wrong, and what is right; it is published.")
def correct(session: Session, entry: int, why: str) -> Reply:
    """Append that the entry INDEX is wrong. It stays where it is: nothing is ever taken out of the log."""
    installation = session.installation
    log = installation.log
    size = read_checkpoint(log.publish()).checkpoint.head.size
    if entry >= size:
        raise Misnamed(f"there is no entry {entry}: the log has {size}, from 0 on")
    correction = Correction(entry, installation.now(), why)
    try:
        content = encode(correction)
    except RecordRefused as error:
        raise Misnamed(f"that cannot be published: {error}") from error
    appended = Appended(log.append([content]).start, correction)
    return Reply(entry_tree(appended), [entries_grid([appended])])
