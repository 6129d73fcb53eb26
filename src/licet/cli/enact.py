"""`licet enact`: put documents in force or propose them; wait until every gate process has them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from licet.cli.acts.deed import Hand, signed
from licet.cli.check import FILES
from licet.cli.command import Session, command
from licet.cli.files import source_files
from licet.cli.options import ACTOR, TIMEOUT, YES
from licet.cli.outcome import alone, outcome, report_tree
from licet.cli.proposal import documents_table, proposal_tree
from licet.cli.review import review_blocks, review_tree, reviewed
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, count
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.screen import screen
from licet.cli.terminal.told import exit_of
from licet.cli.terminal.trees import instant
from licet.services.acts.carried import Carried
from licet.services.acts.content import TRUST
from licet.services.acts.enacting import fields_of
from licet.services.acts.what import What
from licet.services.approval import ApprovalRefused, ask_second, enact_proposal, warrant_for_one
from licet.services.enact import EnactReport
from licet.services.findings import Review
from licet.services.ports import StoreConflict
from licet.services.rulebooks import Proposal, propose
from licet.services.stored import Warrant


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
@signed
@YES
@TIMEOUT
def enact(session: Session, files: tuple[Path, ...], actor: str | None, yes: bool, timeout: float) -> Reply:
    """Review documents and put them in force, as one epoch; wait until every gate process has it.

    FILES are YAML files, directories of them, or - for the standard input. What is enacted already is left out. An
    instrument whose `from` is yet to come takes effect at that instant by itself. What is proved to only narrow access
    is enacted at once; everything else is proposed, and a second officer approves it with `licet approve`.
    """
    proposal = propose(session.installation.store, source_files(files))
    if proposal.subjects:
        names = ", ".join(f"`{each.name}`" for each in proposal.subjects[:5])
        raise Misnamed(f"subjects are imported, not enacted: {names}; use `licet subjects import`")
    if not proposal.written:
        tree = {**proposal_tree(proposal), "enacted": False, "epoch": proposal.before.epoch}
        return Reply(tree, [Line("nothing new: all of this is enacted already", Tone.QUIET)])
    return put_in_force(session, proposal, actor=actor, yes=yes, timeout=timeout)


def put_in_force(
    session: Session, proposal: Proposal, *, actor: str | None, yes: bool, timeout: float, by: str = "enact"
) -> Reply:
    """Review, show, ask; then enact and tell how far it got, or leave it to a second officer.

    The proof that it only narrows is about the epoch that it is read on, from the instant of the review on. It is
    enacted on that epoch or not at all, and later, so the proof holds of what is enacted. `by`: the command.
    """
    hand = Hand(session) if session.governed else None
    found = reviewed(session, proposal)
    warrant = one_is_enough(session, proposal, found)
    blocks = [*documents_table(proposal), *review_blocks(found)]
    own, _ = proposal.told_apart()
    documents = count(len(own), "document")
    question = f"enact {documents} as epoch {proposal.rulebook.epoch}?"
    if warrant is None:
        question = f"propose {documents} to a second officer?"
    if asks(session, yes=yes):
        screen(sys.stdout).show(blocks)
        blocks = []
        if not click.confirm(question, err=True):
            tree = {**proposal_tree(proposal), "enacted": False, "epoch": proposal.before.epoch}
            return Reply({**tree, "review": review_tree(found)}, [Line("nothing was enacted")], Exit.NO)
    if hand is not None:
        return by_officer(session, hand, proposal, found, timeout, by, blocks)
    if warrant is None:
        return _proposed(session, proposal, found, actor, by, blocks)
    report = enacted(session, proposal, warrant, actor, timeout)
    blocks += [*outcome(proposal, report, session.installation.now()), *alone(report)]
    tree = {**proposal_tree(proposal), **report_tree(proposal, report), "review": review_tree(found)}
    return Reply(tree, blocks, exit_of(report))


def one_is_enough(session: Session, proposal: Proposal, found: Review) -> Warrant | None:
    """The warrant by which one officer may enact it. Whose word counts, two decide, where there are officers."""
    if session.governed and session.installation.officers > 1 and any(e.kind == TRUST for e in proposal.written):
        return None
    return warrant_for_one(found, officers=session.installation.officers)


def by_officer(
    session: Session, hand: Hand, proposal: Proposal, found: Review, timeout: float, by: str, blocks: list[Block]
) -> Reply:
    """Sign the digests of the documents and of what results, and hand that in with them."""
    act = hand.act(What.ENACT, fields_of(proposal, by))
    carried = Carried(proposal.documents, proposal.lists, summary={"by": by, "review": review_tree(found)})
    done = hand.hand_in(act, carried, timeout)
    if isinstance(done.told, EnactReport):
        blocks += [*outcome(proposal, done.told, session.installation.now()), *alone(done.told)]
        blocks.append(Line(f"signed by {act.actor}: {done.act.id}", Tone.QUIET))
        tree = {**proposal_tree(proposal), **report_tree(proposal, done.told), "review": review_tree(found)}
        return Reply({**tree, "act": done.act.id}, blocks, exit_of(done.told))
    blocks += [
        Line(f"proposed as {done.proposal} by {act.actor}; nothing of it is in force", Tone.STRONG),
        Line(f"it needs somebody else with the role approver: licet approve {done.proposal}", Tone.WARN),
    ]
    tree = {
        **proposal_tree(proposal),
        "enacted": False,
        "epoch": proposal.before.epoch,
        "proposal": done.proposal,
        "act": done.act.id,
        "actor": act.actor,
        "at": instant(done.act.at),
        "review": review_tree(found),
    }
    return Reply(tree, blocks, Exit.WAITING)


def asks(session: Session, *, yes: bool) -> bool:
    """Whether there is somebody to ask."""
    return not yes and not session.json and sys.stdin.isatty() and sys.stdout.isatty()


def _proposed(
    session: Session, proposal: Proposal, found: Review, actor: str | None, by: str, blocks: list[Block]
) -> Reply:
    """Keep it until a second officer approves it; what waits already is only named."""
    installation = session.installation
    summary = json.dumps({"by": by, "review": review_tree(found)}, sort_keys=True).encode()
    now, actor = installation.now(), actor or session.world.actor
    try:
        waits = ask_second(installation.store, proposal, summary=summary, actor=actor, now=now)
    except StoreConflict as error:
        raise StoreConflict(f"nothing of this was proposed: {error}") from error
    blocks += [
        Line(f"proposed as {waits.id} by {waits.actor}; nothing of it is in force", Tone.STRONG),
        Line(f"it needs a second officer: licet approve {waits.id}", Tone.WARN),
    ]
    tree = {
        **proposal_tree(proposal),
        "enacted": False,
        "epoch": proposal.before.epoch,
        "proposal": waits.id,
        "actor": waits.actor,
        "at": instant(waits.at),
        "review": review_tree(found),
    }
    return Reply(tree, blocks, Exit.WAITING)


def enacted(session: Session, proposal: Proposal, warrant: Warrant, actor: str | None, timeout: float) -> EnactReport:
    """Enact a proposal as the epoch that it was made for. Raises `StoreConflict` if that has passed."""
    if session.governed:
        hand = Hand(session)
        carried = Carried(proposal.documents, proposal.lists)
        done = hand.hand_in(hand.act(What.ENACT, fields_of(proposal, "enact")), carried, timeout)
        if isinstance(done.told, EnactReport):
            return done.told
        raise ApprovalRefused(f"this needs a second officer, and was proposed as {done.proposal}")
    try:
        return enact_proposal(
            session.installation.store,
            session.installation.workers,
            proposal,
            warrant,
            actor=actor or session.world.actor,
            now=session.installation.now(),
            stopwatch=session.world.stopwatch,
            timeout=timeout,
        )
    except StoreConflict as error:
        raise StoreConflict(f"nothing of this was enacted: {error}") from error


def warranted(session: Session, proposal: Proposal) -> Warrant:
    """The warrant by which one officer may enact this at once. Raises `ApprovalRefused` where there is none."""
    found = reviewed(session, proposal)
    warrant = one_is_enough(session, proposal, found)
    if warrant is None:
        raise ApprovalRefused(f"this needs a second officer, and was not enacted: {found.headline}")
    return warrant
