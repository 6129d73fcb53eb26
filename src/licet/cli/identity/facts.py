"""`licet facts`: what is known of a subject and why; and forgetting it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from licet.cli.acts.deed import done, signed
from licet.cli.command import Session, command
from licet.cli.identity.knowledge import knowledge_blocks, knowledge_tree, went
from licet.cli.keys import told_tree
from licet.cli.kinds import INSTANT, utc
from licet.cli.options import ACTOR, TIMEOUT
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Line, Reply, Tone
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.told import exit_of, reached
from licet.services.acts.what import What
from licet.services.identity.forgetting import forget, stand_in
from licet.wire.journal import DecisionRecord

if TYPE_CHECKING:
    from licet.cli.world import Custody, Installation

_EARLIEST = datetime.min.replace(tzinfo=UTC)


@licet.group()
def facts() -> None:
    """What is known of a subject, and why; and forgetting it."""


@command(
    facts,
    "show",
    examples=("licet facts show alice", "licet facts show u-7q2mk3x7q2mz4abc --at 2026-06-27T00:00:00Z --json"),
)
@click.argument("subject")
@click.option("--at", type=INSTANT, default="now", show_default=True, help="As it was, or will be, at this instant.")
def show(session: Session, subject: str, at: datetime | None) -> Reply:
    """Everything that is known of a subject, and why each fact has the value that it has.

    Of each word: who said it, under which framework, at what level, by which carrier and evidence, when and until when,
    the digest of what carried it, its status list and when that was confirmed, the trust document by which it counts,
    and what it is worth. Then who knows the subject, its keys, memberships and what screening found. What issuers call
    the subject is not kept, so it is not shown.
    """
    found = session.installation.knowledge(subject, utc(at))
    if found is None:
        raise Misnamed(f"there is no subject `{subject}`; `licet subjects list` names them")
    return Reply(knowledge_tree(found), knowledge_blocks(found))


@command(
    facts,
    "forget",
    examples=("licet facts forget alice --reason 'asked for it on 3 July'", "licet facts forget alice --reason again"),
)
@click.argument("subject")
@click.option("--reason", required=True, help="Why; kept with it, so without personal data.")
@ACTOR
@signed
@TIMEOUT
def forget_(session: Session, subject: str, reason: str, actor: str | None, timeout: float) -> Reply:
    """Erase what is known of a subject, but for what the law needs: digests, frameworks, dates.

    Its name, the values, bindings, memberships, reasons and opened facts go; its keys end at once. Nothing goes while a
    legal hold covers it. Where there are officers, two of them do it. Run again, it erases what is left, such as after
    a crash; there is no way back.
    """
    installation = session.installation
    store = installation.store
    if session.governed and store.kinds([subject]):
        fields = {"subject": subject, "stands_for": stand_in(session.world.random_bytes), "reason": reason}
        return done(session, What.FORGET, fields, timeout=timeout, more={"stands_for": fields["stands_for"]})
    if session.admin is not None:
        raise Misnamed(f"there is no subject `{subject}` (any more); `licet subjects list` names them")
    archive = archive_of(installation)
    found = forget(
        store,
        installation.workers,
        archive,
        installation.pseudonyms,
        subject,
        _Decisions(installation),
        actor=actor or session.world.actor,
        reason=reason,
        now=installation.now(),
        random_bytes=session.world.random_bytes,
        stopwatch=session.world.stopwatch,
        timeout=timeout,
    )
    tree = {
        "erased": found.stands_for is not None,
        "stands_for": found.stands_for,
        "attestations": found.attestations,
        "opened_facts": found.opened,
        "workers": told_tree(found.announced) if found.announced else None,
    }
    blocks: list[Block] = [Line(went(found.opened), Tone.QUIET)] if archive is not None else []
    if found.stands_for is None or found.announced is None:
        return Reply(tree, [Line(f"nothing is known of `{subject}`: erased before, or never here"), *blocks])
    line = Line(f"erased; `{found.stands_for}` stands for it in what is kept", Tone.STRONG)
    return Reply(tree, [line, *blocks, *reached(found.announced)], exit_of(found.announced))


def archive_of(installation: Installation) -> Custody | None:
    """Sealed segments and holds, where there are any. Raises `ExtraMissing`: nothing is erased past a hold unseen."""
    return installation.sealing if installation.record.segments.exists() else None


class _Decisions:
    """The instants of decisions about pseudonyms in the journal. See `services.identity.forgetting.Decisions`."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def __call__(self, names: Collection[str]) -> Iterator[datetime]:
        for _, entry in self._installation.records.entries(_EARLIEST):
            if isinstance(entry, DecisionRecord) and (entry.subject in names or entry.beside in names):
                yield entry.at
