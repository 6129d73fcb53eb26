"""`licet record publish`: from the store and the sealed journal into the public log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

import click

from licet.cli.command import Session, command
from licet.cli.kinds import DURATION
from licet.cli.record.entries import entries_grid, entry_tree
from licet.cli.root import record
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, count, pairs
from licet.cli.terminal.exits import Exit
from licet.cli.terminal.trees import Tree
from licet.cli.world import ExtraMissing, Installation
from licet.record.refusal import RecordRefused
from licet.record.signed.checkpoint import read_checkpoint
from licet.record.signed.keys import NoteKey
from licet.record.signed.policy import NONE, Party, Policy
from licet.record.signed.verdict import Verdict, judge
from licet.record.spelling import to_base64
from licet.services.ports import StoreUnavailable
from licet.services.record.keeping.sealing import SealReport, seal
from licet.services.record.ports import Log, LogUnavailable, Sealed, SegmentsUnusable
from licet.services.record.publishing.publish import Publication, Sources
from licet.services.record.publishing.publish import publish as append_all
from licet.services.record.verifying import readable

MOST_SHOWN = 200
"""Entries that a table shows; `--json` has all."""


@command(
    record,
    "publish",
    examples=("licet record publish", "licet record publish --follow 60s", "licet record publish --json | jq .size"),
)
@click.option("--follow", type=DURATION, help="Again and again, this far apart.")
@click.option(
    "--seal/--no-seal", "sealing", default=True, show_default=True, help="First seal what the journal closed."
)
def publish(session: Session, follow: timedelta | None, sealing: bool) -> Reply:
    """Append what is new to the public log: documents, enactments, acknowledgements, segments of the journal.

    The first time, it begins the log. It never appends anything twice, wherever it was interrupted. What may not be
    published stops it, and says which setting is needed.
    """
    if follow is None:
        return _once(session, sealing)
    while True:
        try:
            reply = _once(session, sealing)
            if reply.tree["appended"] or reply.exit is not Exit.OK:
                session.reply(reply)
        except (LogUnavailable, SegmentsUnusable, StoreUnavailable) as error:  # a witness or a disk may come back
            click.echo(f"licet: {error}", err=True)
        time.sleep(follow.total_seconds())


def sources(installation: Installation, segments: Sequence[Sealed]) -> Sources:
    """What an installation publishes."""
    return Sources(
        installation.store,
        installation.secret,
        installation.openings,
        installation.record.withhold,
        lambda: segments,
    )


def sealed(installation: Installation) -> tuple[Sequence[Sealed], str | None]:
    """The sealed segments; none, and why, where the extra that reads them is not installed."""
    try:
        return installation.segments.sealed(), None
    except ExtraMissing as error:
        return (), f"nothing of the journal is sealed or published: {error}"


def verdict_of(checkpoint: bytes, policy: Policy | None, key: NoteKey) -> Verdict:
    """What the installation's own policy says of its checkpoint."""
    return judge(policy or Policy((Party(key),), {}, {}, NONE), checkpoint)


def checkpoint_tree(verdict: Verdict) -> Tree:
    """A checkpoint as JSON."""
    assert verdict.checkpoint is not None
    return {
        "origin": verdict.checkpoint.origin,
        "size": verdict.checkpoint.head.size,
        "root": to_base64(verdict.checkpoint.head.root),
        "accepted": verdict.accepted,
        "cosigned": [{"witness": each.witness, "at": each.at} for each in verdict.cosigned],
        "reasons": list(verdict.reasons),
    }


def checkpoint_rows(verdict: Verdict) -> list[tuple[str, Line | str]]:
    """A checkpoint, its root and who signed it."""
    assert verdict.checkpoint is not None
    head = verdict.checkpoint.head
    first, *others = verdict.reasons
    return [
        ("log", Line(verdict.checkpoint.origin, Tone.STRONG)),
        ("size", f"{head.size:,}"),
        ("root", to_base64(head.root)),
        ("signatures", Line(first, Tone.GOOD if verdict.accepted else Tone.BAD)),
        *(("", readable(why)) for why in others),
    ]


def _once(session: Session, sealing: bool) -> Reply:
    installation = session.installation
    report = _sealed_now(session) if sealing else None
    segments, missing = sealed(installation)
    log = installation.log
    before = _published(log)
    done = append_all(log, sources(installation, segments), installation.desk)
    verdict = verdict_of(done.checkpoint, installation.policy, installation.signer.key)
    late = read_checkpoint(done.checkpoint).checkpoint.head.size - before - len(done.appended)
    tree = {
        "appended": [entry_tree(each) for each in done.appended],
        "begun": done.begun,
        **checkpoint_tree(verdict),
        "stopped": str(done.stopped) if done.stopped else None,
        "sealed": [each.name for each in report.sealed] if report else [],
        "note": missing,
    }
    return Reply(
        tree,
        [*_blocks(done, late, report, missing), pairs(*checkpoint_rows(verdict))],
        Exit.NO if done.stopped else Exit.OK,
    )


def _published(log: Log) -> int:
    """How many entries the published checkpoint covers; 0 where there is none to read."""
    try:
        return read_checkpoint(log.checkpoint()).checkpoint.head.size
    except (LogUnavailable, RecordRefused):
        return 0


def _sealed_now(session: Session) -> SealReport | None:
    """Seal what can be sealed; None where that extra is not installed."""
    installation = session.installation
    try:
        folder = installation.sealing
    except ExtraMissing:
        return None
    keys = installation.pseudonyms.all().values()
    return seal(folder, installation.store, keys, session.world.random_bytes, installation.now())


def _blocks(done: Publication, late: int, report: SealReport | None, missing: str | None) -> list[Block]:
    blocks: list[Block] = []
    if done.begun:
        blocks.append(Line("the log has begun", Tone.GOOD))
    if done.appended:
        blocks.append(entries_grid(done.appended[:MOST_SHOWN]))
        left = len(done.appended) - MOST_SHOWN
        blocks += [Line(f"and {count(left, 'more entry')}")] if left > 0 else []
    elif not late:
        blocks.append(Line("there is nothing new to publish"))
    if late > 0:
        told = f"{count(late, 'entry')} that had been appended before, and waited for signatures: published now"
        blocks.append(Line(told, Tone.GOOD))
    if report is not None:
        blocks += [Line(f"journal {each.journal}: {each.why}", Tone.WARN) for each in report.troubles]
    if missing is not None:
        blocks.append(Line(missing, Tone.WARN))
    if done.stopped is not None:
        blocks.append(Line(f"stopped: {done.stopped}", Tone.BAD))
    return blocks
