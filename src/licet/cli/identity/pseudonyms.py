"""`licet pseudonyms`: the keys by which journal and record name subjects."""

from __future__ import annotations

import click

from licet.cli.acts.deed import allowed, signed
from licet.cli.command import Session, command
from licet.cli.identity.facts import archive_of
from licet.cli.identity.knowledge import went
from licet.cli.keys import told_tree
from licet.cli.options import ACTOR, TIMEOUT
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.told import exit_of, reached
from licet.services.announce import announce
from licet.services.identity.forgetting import destroy_pseudonyms

REASON = click.option("--reason", required=True, help="Why; kept with it where officers do it.")
BY = click.option("--by", "act", metavar="ACT", help="The approved act that allows it, where there are officers.")


@licet.group()
def pseudonyms() -> None:
    """The keyed names of subjects in journal and record: their keys have generations, which can be destroyed."""


@command(pseudonyms, "list", examples=("licet pseudonyms list", "licet pseudonyms list --json"))
def list_(session: Session) -> Reply:
    """The generations that are there, oldest first. The newest one names subjects now."""
    generations = session.installation.pseudonyms
    numbers, newest = sorted(generations.all()), generations.current()[0]
    tree = {"generations": [{"number": each, "newest": each == newest, "is_secret": each == 0} for each in numbers]}
    rows = [
        [
            cell(each, Tone.STRONG),
            cell("names subjects now" if each == newest else "leads older records back", _tone(each == newest)),
            cell("the installation's secret: cannot be destroyed alone" if each == 0 else ""),
        ]
        for each in numbers
    ]
    return Reply(tree, [Grid(rows, ("generation", "use", ""))])


@command(pseudonyms, "rotate", examples=("licet pseudonyms rotate --reason 'every year'",))
@REASON
@BY
@ACTOR
@signed
@TIMEOUT
def rotate(session: Session, reason: str, act: str | None, actor: str | None, timeout: float) -> Reply:
    """Make the next generation: new records name subjects anew. Older records are led back as before."""
    installation = session.installation
    if session.governed and (waits := allowed(session, "rotate pseudonyms", reason, act)) is not None:
        return waits
    number = installation.pseudonyms.rotate(session.world.random_bytes)
    actor, now = _doer(session, act, actor), installation.now()
    installation.store.pseudonyms_changed(number, "made", actor=actor, at=now)
    told = announce(installation.workers, stopwatch=session.world.stopwatch, timeout=timeout)
    line = Line(f"generation {number} names subjects from now on", Tone.STRONG)
    return Reply({"generation": number, "workers": told_tree(told)}, [line, *reached(told, "known to")], exit_of(told))


@command(
    pseudonyms, "destroy", examples=("licet pseudonyms destroy 1 --reason 'nothing of 2025 is to be led back' --yes",)
)
@click.argument("generation", type=click.IntRange(0))
@REASON
@BY
@click.option("--yes", is_flag=True, help="Destroy it; without this, only what it costs is said.")
@ACTOR
@signed
@TIMEOUT
def destroy(
    session: Session, generation: int, reason: str, act: str | None, yes: bool, actor: str | None, timeout: float
) -> Reply:
    """Destroy an old generation: its pseudonyms in journal and record mean nobody any more, for good.

    What that costs: nobody can say any more whose the decisions of its time were, not even those whom they were about.
    Disclosures and proofs by name have nothing of it; the opened facts of sealed segments that name people by it go,
    so claims about that time are not shown. It is refused while there is any legal hold.
    """
    installation = session.installation
    installation.pseudonyms.check_destroyable(generation)
    if not yes:
        raise Misnamed(
            f"to destroy generation `{generation}` is for good: its records are led back to nobody, disclosures and"
            " proofs by name have nothing of them, claims about its time are not shown any more; say so with `--yes`"
        )
    if session.governed and (waits := allowed(session, "destroy pseudonyms", reason, act, str(generation))) is not None:
        return waits
    opened, told = destroy_pseudonyms(
        installation.store,
        installation.workers,
        archive_of(installation),
        installation.pseudonyms,
        generation,
        actor=_doer(session, act, actor),
        now=installation.now(),
        stopwatch=session.world.stopwatch,
        timeout=timeout,
    )
    tree = {"generation": generation, "destroyed": True, "opened_facts": opened, "workers": told_tree(told)}
    blocks: list[Block] = [
        Line(f"generation {generation} is destroyed; backups of its key must go, too", Tone.STRONG),
        Line(went(opened), Tone.QUIET),
    ]
    return Reply(tree, [*blocks, *reached(told, "known to")], exit_of(told))


def _doer(session: Session, act: str | None, actor: str | None) -> str:
    """Whom the event names: where there are officers, the one whose act it was."""
    if act is not None and session.governed:
        return session.administration.act(act).actor
    return actor or session.world.actor


def _tone(newest: bool) -> Tone:
    return Tone.GOOD if newest else Tone.QUIET
