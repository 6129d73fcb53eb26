"""What officers say to acts that wait: show one in words, sign it, take it back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licet.cli.acts.deed import Hand, act_blocks, act_tree, done, done_blocks
from licet.cli.cases.act_blocks import headline as on_cases
from licet.cli.cases.act_blocks import of_cases
from licet.cli.command import Session
from licet.cli.enact import asks
from licet.cli.terminal.blocks import Grid, Line, Reply, Tone, cell
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.screen import screen
from licet.cli.terminal.told import exit_of
from licet.services.acts.carried import Carried
from licet.services.acts.content import read, read_kept, withdrawal_digest
from licet.services.acts.enacting import act_of
from licet.services.acts.spelling import act_tree as stored_tree
from licet.services.acts.spelling import state_of
from licet.services.acts.what import What
from licet.services.acts.words import headline
from licet.services.approval import proposal_named

if TYPE_CHECKING:
    from licet.services.acts.ports import StoredAct

TONES = {"open": Tone.WARN, "done": Tone.GOOD, "approved": Tone.GOOD, "withdrawn": Tone.QUIET}


def acts_of(session: Session, *, only_open: bool) -> list[StoredAct]:
    """All acts but those of documents, which are shown as proposals."""
    found = (each for each in session.administration.acts() if each.is_open or not only_open)
    return [each for each in found if (act := read_kept(each.content)) is None or act.what is not What.ENACT]


def acts_grid(found: list[StoredAct]) -> Grid:
    """Acts as a table."""
    rows = [
        [
            cell(each.id, Tone.STRONG),
            cell(state_of(each), TONES[state_of(each)]),
            cell(each.at.isoformat(timespec="seconds")),
            cell(each.actor),
            cell(_does(each)),
            cell(_settled(each)),
        ]
        for each in found
    ]
    return Grid(rows, ("act", "state", "proposed", "by", "does", "since"))


def approve_other(
    session: Session, hand: Hand, act: StoredAct, file: Path | None, *, yes: bool, timeout: float
) -> Reply:
    """Agree to an act that is about no documents: its content is shown, and its digest is signed."""
    asked = asks(session, yes=yes)
    if asked:
        screen(sys.stdout).show(act_blocks(act))
        if not click.confirm(f"approve {act.id}?", err=True):
            return Reply({**stored_tree(act), "approved": False}, [Line("nothing was done; it still waits")], Exit.NO)
    carried = Carried(file=_content(file))
    signature = hand.signer.sign(read(act.content).digest)
    found = session.administration.approve(act.id, hand.name, signature, carried, timeout=timeout)
    return Reply(act_tree(found), done_blocks(found, shown=asked), exit_of(found.told) if found.told else Exit.OK)


def withdrawn_act(session: Session, name: str, reason: str) -> Reply:
    """Take back what waits; documents that nobody signed, too."""
    hand = Hand(session)
    if name.startswith("p-") and act_of(proposal_named(session.installation.store, name)) is None:
        fields = {"proposal": name, "reason": reason}
        more = {"id": name, "state": "withdrawn", "reason": reason}
        return done(session, What.CLOSE, fields, timeout=0.1, more=more)
    act = session.administration.act(name)
    signed = withdrawal_digest(act.id, read(act.content).digest, hand.name, reason)
    found = session.administration.withdraw(act.id, hand.name, reason, hand.signer.sign(signed))
    tree = {"id": name, "state": "withdrawn", "actor": hand.name, "reason": reason, "act": found.act.id}
    return Reply(tree, [Line(f"{name} is withdrawn", Tone.GOOD)])


def _does(act: StoredAct) -> str:
    says = read_kept(act.content)
    if says is None:
        return f"{act.kind} (erased)"
    return on_cases(says) if of_cases(says) else headline(says)


def _content(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        return file.read_bytes()
    except OSError as error:
        raise Misnamed(f"cannot read `{file}`: {error.strerror}") from error


def _settled(act: StoredAct) -> str:
    if act.settlement is None:
        return ""
    because = f": {act.settlement.reason}" if act.settlement.reason else ""
    return f"{act.settlement.outcome} by {act.settlement.actor}{because}"
