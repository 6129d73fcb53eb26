"""`licet proposals`, `licet approve`, `licet withdraw`: what waits for a second officer, and what they say to it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from licet.cli.acts.deed import Hand, signed
from licet.cli.acts.waiting import acts_grid, acts_of, approve_other, withdrawn_act
from licet.cli.command import Session, command
from licet.cli.enact import asks
from licet.cli.lift import kept, rulebook_folder
from licet.cli.options import ACTOR, TIMEOUT, YES
from licet.cli.outcome import outcome, report_tree
from licet.cli.proposal import documents_table, proposal_tree
from licet.cli.review import review_blocks, review_tree, reviewed
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count, listed, pairs
from licet.cli.terminal.exits import Exit
from licet.cli.terminal.screen import screen
from licet.cli.terminal.told import exit_of
from licet.cli.terminal.trees import Tree, instant
from licet.core.instruments import Lift
from licet.services import approval
from licet.services.acts.carried import NOTHING
from licet.services.acts.content import read, read_kept
from licet.services.acts.enacting import fields_of, proposal_of
from licet.services.acts.ports import StoredAct
from licet.services.acts.spelling import act_tree
from licet.services.acts.what import What
from licet.services.approval import Again, ApprovalRefused, State, Waiting
from licet.services.enact import EnactReport
from licet.services.findings import Review
from licet.services.lifting import lift_text
from licet.services.ports import Store, StoreConflict
from licet.services.stored import StoredProposal

ID = click.argument("proposal", metavar="ID")

TONES = {State.OPEN: Tone.WARN, State.ENACTED: Tone.GOOD, State.WITHDRAWN: Tone.QUIET, State.SUPERSEDED: Tone.QUIET}


@command(licet, "proposals", examples=("licet proposals", "licet proposals --open --json | jq -r '.proposals[].id'"))
@click.option("--open", "only_open", is_flag=True, help="Only those that wait.")
@signed
def proposals(session: Session, only_open: bool) -> Reply:
    """What was proposed, by whom, and what became of it: open, enacted, withdrawn or superseded; and what officers did.

    Superseded is what neither was approved nor withdrawn, and of which nothing is left to enact, or which no longer
    fits what is enacted by now.
    """
    store = session.installation.store
    found = [each for each in approval.proposals(store) if each.state is State.OPEN or not only_open]
    rows = [
        [
            cell(each.stored.id, Tone.STRONG),
            cell(each.state.value, TONES[each.state]),
            cell(each.stored.at.isoformat(timespec="seconds")),
            cell(each.stored.actor),
            cell(listed(names(store, each.stored))),
            cell(fate(each)),
        ]
        for each in found
    ]
    columns = ("proposal", "state", "proposed", "by", "documents", "since")
    acts = acts_of(session, only_open=only_open)
    blocks: list[Block] = [Grid(rows, columns)] if rows else []
    if acts:
        blocks.append(acts_grid(acts))
    if not blocks:
        nothing = "nothing waits for a second officer" if only_open else "no proposals"
        blocks.append(Line(nothing, Tone.QUIET))
    tree = {"proposals": [waiting_tree(store, each) for each in found], "acts": [act_tree(each) for each in acts]}
    return Reply(tree, blocks)


@command(
    licet,
    "approve",
    examples=(
        "licet approve p-3f9c2d1e0a7b4c58",
        "licet approve a-77d1c0f2b6a94e35 --as ben --sign-with ben.key",
        "licet approve p-3f9c2d1e0a7b4c58 --actor 'B. Counsel' --yes",
    ),
)
@ID
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The subjects that are imported."
)
@ACTOR
@signed
@YES
@TIMEOUT
def approve(session: Session, proposal: str, file: Path | None, actor: str | None, yes: bool, timeout: float) -> Reply:
    """Agree to what another officer proposed, which takes effect by that: documents, or another act.

    Documents are reviewed anew, on top of what is enacted now; of any other act its content is shown.

    If the rulebook has changed since it was proposed, the review is another one: it is shown, and where nobody can be
    asked, only `--yes` goes ahead.
    """
    if session.governed:
        hand = Hand(session)
        act = session.administration.act(proposal)
        says = read_kept(act.content)
        if says is None:
            raise ApprovalRefused(
                f"what `{act.id}` said was erased with whom it was about: there is nothing to approve"
            )
        if says.what is What.ENACT:
            return approve_documents(session, hand, act, yes=yes, timeout=timeout)
        return approve_other(session, hand, act, file, yes=yes, timeout=timeout)
    store, actor = session.installation.store, actor or session.world.actor
    again = approval.reopen(store, proposal, actor=actor)
    found = reviewed(session, again.proposal)
    blocks = [*about(again), *documents_table(again.proposal), *review_blocks(found)]
    refusal: Line | None = None
    if asks(session, yes=yes):
        screen(sys.stdout).show(blocks)
        blocks = []
        question = f"approve {again.stored.id} and enact it as epoch {again.proposal.rulebook.epoch}?"
        if not click.confirm(question, err=True):
            refusal = Line("nothing was enacted; the proposal is still open")
    elif again.moved and not yes:
        refusal = Line("nothing was enacted: the rulebook has changed since; `--yes` approves it as it is", Tone.BAD)
    if refusal is not None:
        tree = {**proposal_tree(again.proposal), **again_tree(again, found), "enacted": False}
        return Reply({**tree, "epoch": again.proposal.before.epoch}, [*blocks, refusal], Exit.NO)
    report = approved(session, again, found, actor, timeout)
    blocks += [
        *outcome(again.proposal, report, session.installation.now()),
        Line(f"proposed by {again.stored.actor}, approved by {report.enactment.approved_by}"),
    ]
    tree = {**proposal_tree(again.proposal), **again_tree(again, found), **report_tree(again.proposal, report)}
    return kept_lift(session, again, Reply(tree, blocks, exit_of(report)))


@command(
    licet,
    "withdraw",
    examples=("licet withdraw p-3f9c2d1e0a7b4c58 --reason 'the wrong annex'",),
)
@ID
@click.option("--reason", required=True, help="Why.")
@ACTOR
@signed
def withdraw(session: Session, proposal: str, reason: str, actor: str | None) -> Reply:
    """Take back what waits, whoever proposed it. Nothing that is in force changes."""
    if session.governed:
        return withdrawn_act(session, proposal, reason)
    installation = session.installation
    actor = actor or session.world.actor
    stored = approval.withdraw(installation.store, proposal, actor=actor, now=installation.now(), reason=reason)
    tree = {"id": stored.id, "state": State.WITHDRAWN.value, "actor": actor, "reason": reason}
    return Reply(tree, [Line(f"{stored.id} is withdrawn", Tone.GOOD)])


def approve_documents(session: Session, hand: Hand, act: StoredAct, *, yes: bool, timeout: float) -> Reply:
    """Review the documents of an act anew, and sign it if it says what they lead to."""
    store, signs = session.installation.store, read(act.content)
    again = approval.reopen(store, proposal_of(store, act.id).id, actor=hand.name)
    found = reviewed(session, again.proposal)
    blocks = [*about(again), *documents_table(again.proposal), *review_blocks(found)]
    if asks(session, yes=yes):
        screen(sys.stdout).show(blocks)
        blocks = []
        question = f"approve {again.stored.id} and enact it as epoch {again.proposal.rulebook.epoch}?"
        if not click.confirm(question, err=True):
            tree = {**proposal_tree(again.proposal), **again_tree(again, found), "enacted": False}
            line = Line("nothing was enacted; the proposal is still open")
            return Reply({**tree, "epoch": again.proposal.before.epoch}, [*blocks, line], Exit.NO)
    if again.moved:
        raise ApprovalRefused(
            f"the rulebook has changed since: what was signed is what epoch {again.stored.epoch} leads to, and epoch"
            f" {again.proposal.before.epoch} is in force: `licet withdraw {again.stored.id}`, and enact it anew"
        )
    if fields_of(again.proposal, signs.fields["by"]) != dict(signs.fields):
        raise ApprovalRefused(f"`{act.id}` does not say what its documents lead to; do not sign it")
    done = session.administration.approve(act.id, hand.name, hand.signer.sign(signs.digest), NOTHING, timeout=timeout)
    assert isinstance(done.told, EnactReport)
    blocks += [
        *outcome(again.proposal, done.told, session.installation.now()),
        Line(f"proposed by {again.stored.actor}, approved by {hand.name}; signed by both: {act.id}"),
    ]
    tree = {**proposal_tree(again.proposal), **again_tree(again, found), **report_tree(again.proposal, done.told)}
    return kept_lift(session, again, Reply({**tree, "act": act.id}, blocks, exit_of(done.told)))


def approved(session: Session, again: Again, found: Review, actor: str, timeout: float) -> EnactReport:
    """Enact it in both names. Raises `StoreConflict` where somebody was faster."""
    try:
        return approval.approve(
            session.installation.store,
            session.installation.workers,
            again,
            found,
            actor=actor,
            now=session.installation.now(),
            stopwatch=session.world.stopwatch,
            timeout=timeout,
        )
    except StoreConflict as error:
        raise StoreConflict(f"nothing of this was enacted: {error}") from error


def kept_lift(session: Session, again: Again, reply: Reply) -> Reply:
    """What `licet lift` proposed is kept as text, as `lift` would have kept it."""
    if json.loads(again.stored.summary).get("by") != "lift":
        return reply
    folder = rulebook_folder(session)
    for written in again.proposal.written:
        lift = again.proposal.rulebook.instrument(written.name)
        file = folder / f"{written.name}.yaml"
        if isinstance(lift, Lift) and lift.digest == written.digest and not file.exists():
            reply = kept(reply, file, text_of(lift))
    return reply


def text_of(lift: Lift) -> str:
    """A lift as `licet lift` writes it."""
    return lift_text(
        lift.name, lift.ends, issuer=lift.issuer, issued=lift.issued, from_=lift.from_, reasons=lift.reasons or None
    )


def about(again: Again) -> list[Block]:
    """Who proposed it and when, and whether the rulebook has changed since."""
    stored = again.stored
    blocks: list[Block] = [
        pairs(
            ("proposal", Line(stored.id, Tone.STRONG)),
            ("proposed", f"{stored.at.isoformat(timespec='seconds')} by {stored.actor}, on epoch {stored.epoch}"),
        )
    ]
    if again.moved:
        epoch = again.proposal.before.epoch
        gone = count(len(stored.documents) - len(again.proposal.written), "document")
        sentence = f"the rulebook has changed since: epoch {epoch} is in force, and this is the review on top of it"
        left = f"; {gone} of it were enacted meanwhile" if len(again.proposal.written) < len(stored.documents) else ""
        blocks.append(Line(sentence + left, Tone.WARN))
    return blocks


def again_tree(again: Again, found: Review) -> Tree:
    """The proposal with its review of today."""
    return {
        "proposal": again.stored.id,
        "proposed_by": again.stored.actor,
        "proposed_at": instant(again.stored.at),
        "proposed_on": again.stored.epoch,
        "moved": again.moved,
        "review": review_tree(found),
    }


def names(store: Store, stored: StoredProposal) -> list[str]:
    """The names of what is proposed."""
    return [each.name for each in store.proposed(stored.id)]


def fate(waiting: Waiting) -> str:
    """What became of a proposal, in a few words."""
    stored = waiting.stored
    if stored.withdrawn is not None:
        return f"withdrawn by {stored.withdrawn.actor}: {stored.withdrawn.reason}"
    return f"epoch {stored.enacted}" if stored.enacted is not None else waiting.because


def waiting_tree(store: Store, waiting: Waiting) -> Tree:
    """A proposal and what became of it."""
    stored, withdrawn = waiting.stored, waiting.stored.withdrawn
    return {
        "id": stored.id,
        "state": waiting.state.value,
        "because": waiting.because,
        "at": instant(stored.at),
        "actor": stored.actor,
        "epoch": stored.epoch,
        "rulebook": stored.rulebook,
        "documents": [
            {"kind": each.kind, "name": each.name, "digest": each.digest} for each in store.proposed(stored.id)
        ],
        "enacted": stored.enacted,
        "withdrawn": withdrawn and {"at": instant(withdrawn.at), "actor": withdrawn.actor, "reason": withdrawn.reason},
        "summary": json.loads(stored.summary),
    }
