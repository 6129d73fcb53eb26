"""`licet enact` and `licet lift`: put documents in force, and wait until every gate process has them."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from licet.cli.blocks import Block, Line, Reply, Tone, count
from licet.cli.check import FILES
from licet.cli.command import Session, command
from licet.cli.exits import Exit, Misnamed
from licet.cli.files import source_files
from licet.cli.kinds import INSTANT
from licet.cli.proposal import ahead, documents_table, proposal_tree
from licet.cli.root import licet
from licet.cli.screen import screen
from licet.cli.told import exit_of, reached
from licet.cli.trees import Tree, instant, workers_tree
from licet.core.instruments import Instrument
from licet.core.rulebook import Rulebook
from licet.services.enact import EnactReport
from licet.services.enact import enact as enact_documents
from licet.services.lifting import check_lift, lift_name, lift_text
from licet.services.ports import Ground, StoreConflict, Warrant
from licet.services.rulebooks import Proposal, in_force, propose
from licet.wire.documents import SourceFile

TIMEOUT = click.option(
    "--timeout", type=click.FloatRange(0.1, 600), default=5.0, show_default=True, help="Seconds to wait for workers."
)
ACTOR = click.option("--actor", help="Who does this; your name on this system if not given.")
YES = click.option("--yes", "-y", is_flag=True, help="Do not ask on a terminal.")


@command(
    licet,
    "enact",
    examples=(
        "licet enact rulebook/",
        "licet enact order.yaml --actor 'A. Counsel' --yes",
        "licet enact - < order.yaml",
    ),
)
@FILES
@ACTOR
@YES
@TIMEOUT
def enact(session: Session, files: tuple[Path, ...], actor: str | None, yes: bool, timeout: float) -> Reply:
    """Put documents in force, as one epoch, and wait until every gate process has it.

    FILES are YAML files, directories of them, or - for the standard input. What is enacted already is left out. An
    instrument whose `from` is yet to come takes effect at that instant by itself.
    """
    proposal = propose(session.installation.store, source_files(files))
    if proposal.subjects:
        names = ", ".join(f"`{each.name}`" for each in proposal.subjects[:5])
        raise Misnamed(f"subjects are imported, not enacted: {names}; use `licet subjects import`")
    if not proposal.written:
        tree = {**proposal_tree(proposal), "enacted": False, "epoch": proposal.before.epoch}
        return Reply(tree, [Line("nothing new: all of this is enacted already", Tone.QUIET)])
    return put_in_force(session, proposal, actor=actor, yes=yes, timeout=timeout)


@command(
    licet,
    "lift",
    examples=(
        "licet lift us-doc-2026-06-12",
        "licet lift us-doc-2026-06-12 us-doc-2026-06-26 --from 2026-06-30T20:00:00-04:00 --reasons 'letter of 30 June'",
    ),
)
@click.argument("instruments", nargs=-1, required=True, metavar="ID...")
@click.option("--from", "from_", type=INSTANT, default="now", show_default=True, help="From when on they are lifted.")
@click.option("--reasons", help="Why, in the issuer's words.")
@click.option("--issuer", help="Who lifts; the actor if not given.")
@click.option("--name", help="The lift's own name; made from the first instrument's if not given.")
@ACTOR
@YES
@TIMEOUT
def lift(
    session: Session,
    instruments: tuple[str, ...],
    from_: datetime | None,
    reasons: str | None,
    issuer: str | None,
    name: str | None,
    actor: str | None,
    yes: bool,
    timeout: float,
) -> Reply:
    """End instruments: write a lift beside the configuration, in rulebook/, and enact it.

    What was there before is there again: whatever else is in force stays as it is.
    """
    installation = session.installation
    now = installation.now().replace(microsecond=0)
    rulebook = in_force(installation.store)
    ends = tuple(dict.fromkeys(instruments))
    check_lift(rulebook, ends, from_ or now)
    name = name or lift_name(rulebook, ends, now)
    issuer = issuer or actor or session.world.actor
    text = lift_text(name, ends, issuer=issuer, issued=now, from_=from_ or now, reasons=reasons)
    file = installation.configuration.parent / "rulebook" / f"{name}.yaml"
    if file.exists():
        raise Misnamed(f"`{file}` exists already; give the lift another name with `--name`")
    proposal = propose(installation.store, [SourceFile(str(file), text.encode(), lambda _: None)])
    reply = put_in_force(session, proposal, actor=actor, yes=yes, timeout=timeout)
    return _kept(reply, file, text) if reply.tree["enacted"] else reply


def _kept(reply: Reply, file: Path, text: str) -> Reply:
    """The lift is in force, whether or not its text can be kept beside the configuration."""
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        line = Line(f"its text is in {file}", Tone.QUIET)
    except OSError as error:
        line = Line(f"its text could not be kept in {file} ({error.strerror}); the store has it", Tone.WARN)
    return Reply({**reply.tree, "file": str(file)}, [*reply.blocks, line], reply.exit)


def put_in_force(session: Session, proposal: Proposal, *, actor: str | None, yes: bool, timeout: float) -> Reply:
    """Show, ask, enact, and tell how far it got."""
    installation, epoch = session.installation, proposal.rulebook.epoch
    blocks = documents_table(proposal)
    if not yes and not session.json and sys.stdin.isatty() and sys.stdout.isatty():
        screen(sys.stdout).show(blocks)
        blocks = []
        own, _ = proposal.told_apart()
        if not click.confirm(f"enact {count(len(own), 'document')} as epoch {epoch}?", err=True):
            tree = {**proposal_tree(proposal), "enacted": False, "epoch": proposal.before.epoch}
            return Reply(tree, [Line("nothing was enacted")], Exit.NO)
    report = enacted(session, proposal, actor, timeout)
    blocks += outcome(proposal, report, installation.now())
    return Reply({**proposal_tree(proposal), **report_tree(proposal, report)}, blocks, exit_of(report))


def enacted(session: Session, proposal: Proposal, actor: str | None, timeout: float) -> EnactReport:
    """Enact a proposal as the epoch that it was made for. Raises `StoreConflict` if that has passed."""
    try:
        return enact_documents(
            session.installation.store,
            session.installation.workers,
            proposal.documents,
            proposal.lists,
            rulebook=proposal.rulebook.digest,
            expected_epoch=proposal.before.epoch,
            warrant=Warrant(Ground.ONE_OFFICER),
            actor=actor or session.world.actor,
            now=session.installation.now(),
            stopwatch=session.world.stopwatch,
            timeout=timeout,
        )
    except StoreConflict as error:
        raise StoreConflict(f"nothing of this was enacted: {error}") from error


def outcome(proposal: Proposal, report: EnactReport, now: datetime) -> list[Block]:
    """What the enactment came to, in sentences."""
    later = ahead(proposal, now)
    at_once = changes_now(proposal, now)
    blocks: list[Block] = [Line(f"enacted as epoch {report.enactment.epoch}", Tone.STRONG)]
    blocks += reached(report, "in force on" if at_once or not later else "known to")
    blocks += [Line(f"{each.name} takes effect {each.from_.isoformat()} by itself", Tone.GOOD) for each in later]
    return blocks


def changes_now(proposal: Proposal, now: datetime) -> bool:
    """Whether something of it applies at once; a new model or definition does."""
    upcoming = {each.name for each in ahead(proposal, now)}
    own, _ = proposal.told_apart()
    return any(each.name not in upcoming for each in own)


def report_tree(proposal: Proposal, report: EnactReport) -> Tree:
    """An enactment as JSON."""
    return {
        "enacted": True,
        "epoch": report.enactment.epoch,
        "at": instant(report.enactment.at),
        "actor": report.enactment.actor,
        "ahead": [_ahead_tree(each, proposal.rulebook) for each in ahead(proposal, report.enactment.at)],
        "workers": workers_tree(report.acks, report.silences, report.gone, report.seconds),
    }


def _ahead_tree(instrument: Instrument, rulebook: Rulebook) -> Tree:
    return {"name": instrument.name, "from": instant(rulebook.spans[instrument.name].start)}
