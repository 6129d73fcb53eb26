"""`licet shadow`: what a draft would change, counted on live traffic, with nothing of it in force."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click
from click.core import ParameterSource

from licet.cli.check import FILES
from licet.cli.command import Session, command
from licet.cli.files import source_files
from licet.cli.kinds import DURATION, INSTANT
from licet.cli.options import ACTOR
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count, listed, pairs, short
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.live import live
from licet.cli.terminal.trees import Tree, instant
from licet.core.change import NARROWING, WIDENING, Effect
from licet.services.rulebooks import Proposal, propose
from licet.services.shadow import Seen, Shadow, Tally, first_difference

EVERY_SECONDS = 1.0
MOST_LIVE = 15
"""Kinds of change that are shown while it runs; in the end all are."""


@command(
    licet,
    "shadow",
    examples=(
        "licet shadow order.yaml",
        "licet shadow order.yaml --for 10m --json > shadow.json",
        "licet shadow order.yaml --at 2026-06-12T18:51:00-04:00",
    ),
)
@FILES
@click.option(
    "--for", "length", type=DURATION, default="60s", show_default=True, help="How long: 90s, 10m, 2h. Ctrl-C ends it."
)
@click.option(
    "--at", type=INSTANT, help="Judge as of this instant; when the draft first makes a difference, if not given."
)
@ACTOR
def shadow(
    session: Session, files: tuple[Path, ...], length: timedelta, at: datetime | None, actor: str | None
) -> Reply:
    """Evaluate a draft beside the rulebook on live traffic, and count what it would change. Enforces nothing.

    FILES are as for `enact`. Each gate process decides every request a second time, by the draft. A draft that takes
    effect later is judged as of that instant. It ends by itself after `--for`, with Ctrl-C, or 10 seconds after this
    command is gone.
    """
    installation = session.installation
    sources = source_files(files)
    proposal = checked(propose(installation.store, sources))
    run = Shadow(
        installation.shadows,
        lambda: propose(installation.store, sources),
        session.world.random_bytes(8).hex(),
        title_of(proposal),
        actor or session.world.actor,
        at or as_of(proposal, installation.now()),
        session.world.stopwatch,
    )
    tally = watched(run, length.total_seconds(), session)
    return Reply(tally_tree(tally), blocks(tally, run.title), Exit.NOT_EVERYWHERE if tally.trouble else Exit.OK)


def as_of(proposal: Proposal, now: datetime) -> datetime | None:
    """The instant where none was written out: now, if that was said, else when the draft first makes a difference."""
    said = click.get_current_context().get_parameter_source("at") is ParameterSource.COMMANDLINE
    return now if said else first_difference(proposal.before, proposal.rulebook, now)


def checked(proposal: Proposal) -> Proposal:
    """A proposal that can be compared with what is in force. Raises `Misnamed`."""
    if proposal.subjects:
        names = listed([f"`{each.name}`" for each in proposal.subjects[:5]])
        raise Misnamed(f"subjects are imported, not enacted: {names}; use `licet subjects import`")
    if not proposal.written:
        raise Misnamed("nothing new: all of this is enacted already, so there is nothing to compare")
    return proposal


def title_of(proposal: Proposal) -> str:
    """A draft in a few words."""
    own, with_licet = proposal.told_apart()
    first = (own or with_licet)[0]
    rest = len(own or with_licet) - 1
    return f"{first.kind} {first.name}" + (f" and {count(rest, 'more document')}" if rest else "")


def watched(run: Shadow, seconds: float, session: Session) -> Tally:
    """Run a shadow to its end, and show how it is doing on a terminal."""
    run.begin()
    try:
        with live(sys.stdout, wanted=not session.json) as show:
            follow(run, seconds, session.world.stopwatch, lambda tally: show(blocks(tally, run.title, running=True)))
    except KeyboardInterrupt:
        pass  # by hand is one way to end it
    finally:
        tally = run.end()
    assert tally is not None
    return tally


def follow(run: Shadow, seconds: float, stopwatch: Callable[[], float], show: Callable[[Tally], None]) -> None:
    """Ask once a second, which also keeps the shadow alive."""
    end = stopwatch() + seconds
    while (left := end - stopwatch()) > 0:
        time.sleep(min(EVERY_SECONDS, left))
        show(run.ask())


def blocks(tally: Tally, title: str, *, running: bool = False) -> list[Block]:
    """The figures for people."""
    verb = "would have been" if not running else "would be"
    share = f" ({tally.changed / tally.compared:.1%})" if tally.compared else ""
    shown: list[Block] = [
        Line(f"shadow of {title}: nothing of it is enforced", Tone.STRONG),
        pairs(
            ("beside", f"epoch {tally.epoch}; with the draft, {short(tally.rulebook)}"),
            ("as of", tally.at.isoformat() if tally.at else ""),
            ("gate", f"{count(len(tally.workers), 'worker')}, {tally.seconds:.0f} s"),
            ("compared", f"{count(tally.compared, 'request')} of {count(tally.callers, 'caller')}"),
            ("different", cell(different(tally, verb, share), Tone.WARN if tally.changed else Tone.GOOD)),
            (
                "open now",
                f"{count(tally.open, 'answer')}, of which {tally.cut:,} {verb} cut ({tally.streams:,} streams)",
            ),
            ("rebased", f"{count(tally.rebased, 'time')}, as the rulebook changed meanwhile" if tally.rebased else ""),
        ),
    ]
    if tally.rows:
        rows = tally.rows[:MOST_LIVE] if running else tally.rows
        shown.append(Grid([_row(each) for each in rows], COLUMNS))
        if len(rows) < len(tally.rows):
            shown.append(Line(f"and {len(tally.rows) - len(rows):,} kinds of change with fewer requests", Tone.QUIET))
    if tally.uncounted:
        shown.append(Line(f"and {count(tally.uncounted, 'request')} in more kinds of change than are told apart"))
    shown += [Line(f"worker {worker} takes no part: {why}", Tone.BAD) for worker, why in tally.trouble]
    if running:
        shown.append(Line("Ctrl-C ends it", Tone.QUIET))
    return shown


COLUMNS = ("model", "effect", "served now", "with the draft", "by", "only as long as unknown", "requests")


def different(tally: Tally, verb: str, share: str) -> str:
    """How many requests would be decided otherwise."""
    if not tally.changed:
        return f"none {verb} decided otherwise"
    return (
        f"{count(tally.changed, 'request')}{share} of {count(tally.callers_changed, 'caller')} {verb} decided otherwise"
    )


def tone_of(effect: Effect) -> Tone:
    """Red for what is lost, green for what is gained."""
    return Tone.BAD if effect in NARROWING else Tone.GOOD if effect in WIDENING else Tone.WARN


def _row(row: Seen) -> Sequence[Line]:
    return (
        cell(row.model, Tone.STRONG),
        cell(row.effect.value, tone_of(row.effect)),
        cell(row.was or "nothing"),
        cell(row.becomes or "nothing"),
        cell(listed(row.by)),
        cell(listed(row.unknown), Tone.WARN),
        cell(f"{row.requests:,}"),
    )


def tally_tree(tally: Tally) -> Tree:
    """The figures as JSON."""
    return {
        "seconds": round(tally.seconds, 3),
        "at": instant(tally.at),
        "rulebook": tally.rulebook,
        "epoch": tally.epoch,
        "workers": list(tally.workers),
        "compared": tally.compared,
        "changed": tally.changed,
        "uncounted": tally.uncounted,
        "changes": [
            {
                "model": row.model,
                "was": row.was,
                "becomes": row.becomes,
                "effect": row.effect.value,
                "by": list(row.by),
                "unknown": list(row.unknown),
                "requests": row.requests,
            }
            for row in tally.rows
        ],
        "callers": tally.callers,
        "callers_changed": tally.callers_changed,
        "open": tally.open,
        "cut": tally.cut,
        "streams": tally.streams,
        "rebased": tally.rebased,
        "trouble": [{"worker": worker, "why": why} for worker, why in tally.trouble],
    }
