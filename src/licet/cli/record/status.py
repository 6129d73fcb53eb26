"""`licet record status`: what is published, what waits, and who vouches for it."""

from __future__ import annotations

from collections.abc import Sequence

from licet.cli.command import Session, command
from licet.cli.record.publish import checkpoint_rows, checkpoint_tree, sealed, sources
from licet.cli.root import record
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, count, listed, pairs
from licet.cli.terminal.exits import Exit
from licet.cli.terminal.trees import Tree
from licet.cli.world import ExtraMissing, Installation
from licet.record.signed.keys import NoteKey
from licet.record.signed.policy import NONE, Policy
from licet.services.record.keeping.holds import active
from licet.services.record.publishing.status import RecordStatus
from licet.services.record.publishing.status import status as look


@command(record, "status", examples=("licet record status", "licet record status --json | jq .waiting"))
def status(session: Session) -> Reply:
    """The log's head and signatures, what waits to be published, the key, the witnesses, the sealed journal.

    Exit code 1 where the log's own checkpoint is not accepted by its policy, or something stands in the way.
    """
    installation = session.installation
    segments, missing = sealed(installation)
    try:
        holds = tuple(active(installation.sealing.holds()))
    except ExtraMissing as error:
        holds, missing = (), missing or str(error)
    log, key, policy = installation.log, installation.signer.key, installation.policy
    seen = look(log if log.has_begun else None, sources(installation, segments), policy, key, installation.desk.load())
    well = seen.stopped is None and (seen.verdict is None or seen.verdict.accepted)
    return Reply(
        _tree(installation, seen, key, policy, holds, missing),
        _blocks(installation, seen, key, policy, holds, missing),
        Exit.OK if well else Exit.NO,
    )


def _tree(
    installation: Installation,
    seen: RecordStatus,
    key: NoteKey,
    policy: Policy | None,
    holds: Sequence[str],
    missing: str | None,
) -> Tree:
    settings = installation.record
    return {
        "begun": seen.verdict is not None,
        "checkpoint": checkpoint_tree(seen.verdict) if seen.verdict else None,
        "folder": str(settings.folder),
        "public_url": settings.public_url,
        "key": str(key),
        "witnesses": sorted(policy.witnesses) if policy else [],
        "quorum": policy.quorum if policy else NONE,
        "epoch": seen.epoch,
        "waiting": dict(seen.waiting),
        "stopped": seen.stopped,
        "segments": {"sealed": seen.segments, "unpublished": seen.unpublished, "deleted": seen.deleted},
        "holds": list(holds),
        "withholds_nothing": list(seen.idle),
        "note": missing,
    }


def _blocks(
    installation: Installation,
    seen: RecordStatus,
    key: NoteKey,
    policy: Policy | None,
    holds: Sequence[str],
    missing: str | None,
) -> list[Block]:
    settings = installation.record
    waiting = listed([f"{number} {name}" for name, number in seen.waiting.items()])
    begins = Line("it has not begun: `licet record publish` begins it", Tone.WARN)
    blocks: list[Block] = [
        pairs(
            *(checkpoint_rows(seen.verdict) if seen.verdict else [("log", begins)]),
            ("folder", str(settings.folder)),
            ("read at", settings.public_url or ""),
            ("key", str(key)),
            ("witnesses", _witnesses(policy)),
            ("epoch", f"{seen.epoch} is the newest in the log" if seen.epoch else ""),
            ("waiting", Line(waiting or "nothing", Tone.WARN if waiting else Tone.PLAIN)),
            ("segments", _segments(seen)),
            ("holds", listed(holds)),
        ),
    ]
    blocks += [
        Line(f"`record.withhold` names `{each}`, and there is no such document", Tone.WARN) for each in seen.idle
    ]
    if seen.verdict is not None and seen.verdict.log not in (None, key):
        blocks.append(Line("the current key has not signed this yet: `licet record publish` goes on", Tone.WARN))
    blocks += [Line(missing, Tone.WARN)] if missing else []
    blocks += [Line(f"publishing will stop: {seen.stopped}", Tone.BAD)] if seen.stopped else []
    return blocks


def _witnesses(policy: Policy | None) -> Line:
    if policy is None:
        return Line("nobody is asked: `record.policy` names a policy with witnesses", Tone.WARN)
    return Line(f"{listed(sorted(policy.witnesses)) or 'none'}; the quorum is {policy.quorum}")


def _segments(seen: RecordStatus) -> str:
    parts = [f"{count(seen.segments, 'segment')} sealed"]
    parts += [f"{seen.unpublished} not in the log yet"] if seen.unpublished else []
    parts += [f"{seen.deleted} deleted"] if seen.deleted else []
    return listed(parts)
