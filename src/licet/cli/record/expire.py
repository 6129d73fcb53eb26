"""`licet record expire`: segments whose time is over."""

from __future__ import annotations

import click

from licet.cli.command import Session, command
from licet.cli.record.seal import segments_grid
from licet.cli.root import record
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, count
from licet.services.identity.pseudonyms import same_subject
from licet.services.record.keeping.retention import expire as expire_due


@command(record, "expire", examples=("licet record expire --dry-run", "licet record expire"))
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
def expire(session: Session, dry_run: bool) -> Reply:
    """Delete the segments whose latest record is older than the retention, unless a hold covers them.

    The log says so first; its commitments stay, so what is left elsewhere still verifies. The seeds go first, and with
    them everybody's means to open those commitments.
    """
    installation = session.installation
    days, now = installation.record.retention_days, installation.now()
    same = same_subject(installation.pseudonyms, installation.store.subject_names)
    found = expire_due(installation.sealing, installation.log, days=days, now=now, dry_run=dry_run, same=same)
    tree = {
        "retention_days": days,
        "dry_run": dry_run,
        "deleted": [each.name for each in found.deleted],
        "kept": [each._asdict() for each in found.kept],
    }
    blocks: list[Block] = [segments_grid(found.deleted)] if found.deleted else []
    verb = "would be deleted" if dry_run else "deleted"
    blocks.append(Line(f"{count(len(found.deleted), 'segment')} {verb}, after a retention of {days:,} days"))
    blocks += [Line(f"{each.segment} stays: {each.why}", Tone.WARN) for each in found.kept]
    return Reply(tree, blocks)
