"""What all deeds of officers share on the command line: who signs with which key, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from licet.cli.cases.act_blocks import act_on_cases_blocks, of_cases
from licet.cli.command import Session
from licet.cli.terminal.blocks import Block, Line, Reply, Tone, pairs
from licet.cli.terminal.exits import Exit
from licet.cli.terminal.told import exit_of, reached
from licet.cli.terminal.trees import Tree, workers_tree
from licet.services.acts.carried import NOTHING, Carried
from licet.services.acts.content import Act, make, read
from licet.services.acts.refusal import NotPermitted, SignatureRefused
from licet.services.acts.spelling import state_of
from licet.services.acts.what import What
from licet.services.acts.words import lines
from licet.wire.canonical import digest

if TYPE_CHECKING:
    from licet.cli.world import OfficerSigner
    from licet.services.acts.administering import Done
    from licet.services.acts.ports import StoredAct

KEPT = timedelta(days=3650)
"""How long it is remembered that an approved act was used."""

F = TypeVar("F", bound=Callable[..., Any])


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def remember(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        session = context.find_object(Session)
        if session is not None and value is not None:
            setattr(session, name, value)

    return remember


def signed(function: F) -> F:
    """Add `--as` and `--sign-with` to a command; the session remembers them."""
    key = click.option(
        "--sign-with",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="LICET_OFFICER_KEY",
        show_envvar=True,
        expose_value=False,
        callback=_remember("sign_with"),
        help="The file of the officer's private key.",
    )
    name = click.option(
        "--as",
        metavar="NAME",
        envvar="LICET_OFFICER",
        show_envvar=True,
        expose_value=False,
        callback=_remember("officer"),
        help="Which officer does this; by default whose key it is.",
    )
    return name(key(function))


class Hand:
    """An officer at the keyboard, with their key."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._administration = session.administration
        if session.sign_with is None:
            raise SignatureRefused(
                "there are officers here, so this has to be signed: name your key with `--sign-with FILE`"
                " (LICET_OFFICER_KEY); `licet officers key` makes one"
            )
        self.signer: OfficerSigner = session.world.officer_key(session.sign_with)
        self.name = session.officer or self._whose()

    def _whose(self) -> str:
        for each in self._administration.officers():
            if each.roles and each.key(self.signer.id) is not None:
                return each.name
        raise SignatureRefused(
            f"the key `{self.signer.id}` is no officer's; an administrator appoints officers with their keys"
            " (`licet officers appoint`)"
        )

    def act(self, what: What, fields: Mapping[str, Any]) -> Act:
        """A new act of this officer."""
        administration = self._administration
        return make(
            what,
            fields,
            installation=administration.installation,
            actor=self.name,
            now=administration.now(),
            random_bytes=self._session.world.random_bytes,
        )

    def hand_in(self, act: Act, carried: Carried, timeout: float) -> Done:
        """Sign an act and hand it in."""
        return self._administration.submit(act.content, self.signer.sign(act.digest), carried, timeout=timeout)


def done(
    session: Session,
    what: What,
    fields: Mapping[str, Any],
    *,
    timeout: float,
    carried: Carried = NOTHING,
    more: Mapping[str, Any] | None = None,
    said: Sequence[Block] = (),
    waiting: Sequence[Block] = (),
) -> Reply:
    """Do something as an officer, and tell what came of it. `said` is told once it is done, `waiting` while it waits.

    `more` is added to the tree.
    """
    hand = Hand(session)
    found = hand.hand_in(hand.act(what, fields), carried, timeout)
    tree = {**act_tree(found), **(more or {})}
    if found.act.is_open:
        return Reply(tree, [*waiting_blocks(found.act), *waiting], Exit.WAITING)
    return Reply(tree, [*done_blocks(found), *said], exit_of(found.told) if found.told else Exit.OK)


def act_tree(found: Done) -> Tree:
    """What handing in an act came to, as JSON."""
    told = found.told
    return {
        "act": found.act.id,
        "state": state_of(found.act),
        "digest": digest(found.act.content),
        "actor": found.act.actor,
        "proposal": found.proposal,
        "result": found.result,
        "workers": workers_tree(told.acks, told.silences, told.gone, told.seconds) if told else None,
    }


def waiting_blocks(act: StoredAct) -> list[Block]:
    """It waits, and for whom."""
    return [
        *act_blocks(act),
        Line(f"proposed as {act.id} by {act.actor}; nothing of it is in force", Tone.STRONG),
        Line(f"it needs somebody else with the role approver: licet approve {act.id}", Tone.WARN),
    ]


def done_blocks(found: Done, *, shown: bool = False) -> list[Block]:
    """It is done, and how far it got; with what it says, unless that was shown already."""
    by = f"signed by {found.act.actor}" if found.act.signature is not None else f"by {found.act.actor}, unsigned"
    if found.act.settlement is not None:
        by = f"proposed by {found.act.actor}, approved by {found.act.settlement.actor}"
    line = Line(f"{found.act.id} is done: {by}", Tone.STRONG)
    return [*([] if shown else act_blocks(found.act)), line, *(reached(found.told) if found.told else [])]


def act_blocks(act: StoredAct) -> list[Block]:
    """An act in words."""
    says = read(act.content)
    return act_on_cases_blocks(says) if of_cases(says) else [pairs(*lines(says))]


def allowed(session: Session, work: str, reason: str, act: str | None, key: str | None = None) -> Reply | None:
    """None where an approved act allows this work on keys, which it does for the act's own reason and until it is done.

    Without an act, it is proposed: the reply says so.
    """
    if act is None:
        hint = Line("once it is approved, run this again with --by and its ID", Tone.WARN)
        fields = {"work": work, "key": key, "reason": reason}
        return done(session, What.KEEP_KEYS, fields, timeout=0.1, said=[hint], waiting=[hint])
    found = session.administration.act(act)
    says = read(found.content)
    if says.what is not What.KEEP_KEYS or (says.fields["work"], says.fields["key"]) != (work, key):
        raise NotPermitted(f"`{act}` does not allow this (`{work}`)")
    if not (found.alone or (found.settlement is not None and found.settlement.outcome == "approved")):
        raise NotPermitted(f"`{act}` was not approved: somebody with the role `approver` runs `licet approve {act}`")
    if says.fields["reason"] != reason.strip():
        raise NotPermitted(f"`{act}` was approved for another reason: `{says.fields['reason']}`")
    store, now = session.installation.store, session.installation.now()
    if not store.use_once("keep keys", bytes.fromhex(says.digest[7:]), until=now + KEPT, at=now):
        raise NotPermitted(f"`{act}` was used already: propose it anew")
    return None
