"""`licet record relock`: make the log's lock store again, after its newest state was lost."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.command import Session, command
from licet.cli.root import record
from licet.cli.terminal.blocks import Line, Reply, Tone, pairs
from licet.cli.terminal.exits import Misnamed
from licet.record.spelling import to_base64


@command(
    record,
    "relock",
    examples=(
        "licet record relock --checkpoint from-a-witness",
        "licet record relock --checkpoint .licet/record/checkpoint",
    ),
)
@click.option(
    "--checkpoint",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The newest checkpoint that anybody has: ask the witnesses and those who monitor the log.",
)
def relock(session: Session, checkpoint: Path) -> Reply:
    """Make the log's lock store again, where its newest state is lost.

    The lock store keeps a log from forking: first look for its newest backup. Only where there is none, take the newest
    checkpoint that anybody ever saw. The log's folder must be exactly the log of it. With an older one, the next append
    would sign a second log, which witnesses that saw the first do not cosign.
    """
    try:
        newest = checkpoint.read_bytes()
    except OSError as error:
        raise Misnamed(f"cannot read the checkpoint `{checkpoint}`: {error.strerror}") from error
    head = session.installation.relock(newest)
    tree = {"origin": session.installation.record.origin, "size": head.size, "root": to_base64(head.root)}
    rows = pairs(("log", str(tree["origin"])), ("entries", str(head.size)), ("root", to_base64(head.root)))
    return Reply(tree, [Line("the lock store has this checkpoint now; the log goes on from it", Tone.GOOD), rows])
