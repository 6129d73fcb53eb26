"""`licet status` and `licet rulebook`: what is in force, who enforces it, and what changes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

import click

from licet.cli.command import Session, command
from licet.cli.kinds import INSTANT
from licet.cli.proposal import about_of
from licet.cli.root import licet
from licet.cli.safeguarded import safeguard_blocks, safeguard_trees
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count, listed, pairs, short
from licet.cli.terminal.trees import Tree, change_tree, instant, instrument_tree, kind_of
from licet.core.evidence.instruments import Evidence
from licet.core.instruments import Instrument, Provision, Release
from licet.core.rulebook import Rulebook
from licet.services.lapses import Warned
from licet.services.rulebooks import Change, changes_after, in_force
from licet.services.status import JournalHealth, Status, WorkerState
from licet.services.status import status as look
from licet.services.stored import Enactment, Ground, StoredProposal
from licet.services.withholding import sentence
from licet.services.withholding import tree as withheld_tree

TIMEOUT = click.option(
    "--timeout", type=click.FloatRange(0.1, 60), default=2.0, show_default=True, help="Seconds to wait for workers."
)


@command(licet, "status", examples=("licet status", "licet status --json | jq .workers"))
@TIMEOUT
def status(session: Session, timeout: float) -> Reply:
    """Epoch and rulebook, instruments in force, the next change, subjects, keys, gate processes and the journal.

    A gate process that is behind, or does not answer, stands out; the exit code is 0 all the same.
    """
    installation = session.installation
    seen = look(installation.store, installation.workers, installation.journal, installation.now(), timeout=timeout)
    current = [*in_force_blocks(seen.rulebook, seen.now), *safeguard_blocks(seen.rulebook)]
    return Reply(status_tree(seen), [*head(seen), *current, *evidence(seen), *rest(seen)])


@command(
    licet,
    "rulebook",
    examples=("licet rulebook", "licet rulebook --at 2026-06-26T21:00:00-04:00", "licet rulebook --all"),
)
@click.option("--at", type=INSTANT, default="now", show_default=True, help="The instant.")
@click.option("--all", "everything", is_flag=True, help="Also what has ended and what is yet to begin.")
def rulebook(session: Session, at: datetime | None, everything: bool) -> Reply:
    """The instruments in force at an instant, and everything that will change by itself after it."""
    at = at or session.installation.now()
    law = in_force(session.installation.store)
    shown = law.instruments if everything else law.in_force(at)
    tree = {
        "at": instant(at),
        "rulebook": law.digest,
        "epoch": law.epoch,
        "instruments": [
            {**instrument_tree(each, law), "in_force": law.spans[each.name].holds_at(at)} for each in shown
        ],
        "models": [
            {"name": each.name, "family": each.family, "aliases": list(each.aliases), "fallback": list(each.fallback)}
            for each in law.catalogue.models.values()
        ],
        "safeguards": safeguard_trees(law),
        "changes": [change_tree(change) for change in changes_after(law, at)],
    }
    blocks: list[Block] = [pairs(("rulebook", f"{short(law.digest)} (epoch {law.epoch})"), ("at", at.isoformat()))]
    blocks += [instruments_grid(shown, law)] if shown else [Line("no instrument is in force, so nobody is served")]
    blocks += safeguard_blocks(law)
    blocks += [change_line(change) for change in changes_after(law, at)]
    return Reply(tree, blocks)


def head(seen: Status) -> list[Block]:
    """What is in force, and since when."""
    if seen.enactment is None:
        return [Line("nothing was enacted yet: `licet enact` puts documents in force", Tone.WARN)]
    return [
        pairs(
            ("epoch", Line(str(seen.rulebook.epoch), Tone.STRONG)),
            ("rulebook", seen.rulebook.digest),
            ("enacted", enacted_line(seen.enactment)),
            ("one officer alone", Line(f"epochs {listed(seen.alone)}" if seen.alone else "", Tone.WARN)),
            ("waiting", Line(waiting_line(seen.waiting), Tone.WARN)),
            ("now", seen.now.isoformat(timespec="seconds")),
            ("models", listed(sorted(seen.rulebook.catalogue.models))),
        )
    ]


def enacted_line(enactment: Enactment) -> Line:
    """When the newest enactment was made, by whom, and on what it stands."""
    when = f"{enactment.at.isoformat(timespec='seconds')} by {enactment.actor}"
    match enactment.ground:
        case Ground.TWO_OFFICERS:
            return Line(f"{when}, approved by {enactment.approved_by}")
        case Ground.NARROWS:
            return Line(f"{when}, proved to only narrow access")
        case Ground.ONE_OFFICER:
            return Line(f"{when}, one officer alone", Tone.WARN)
        case Ground.FOUNDING:
            return Line(f"{when}, at the founding")
        case Ground.NOT_RECORDED:
            return Line(when)
        case _ as unreachable:
            assert_never(unreachable)


def waiting_line(waiting: Sequence[StoredProposal]) -> str:
    """The proposals that wait for a second officer."""
    return f"{listed([each.id for each in waiting])}: `licet approve` by another officer" if waiting else ""


def in_force_blocks(law: Rulebook, now: datetime) -> list[Block]:
    """The provisions and the evidence in force, and the next change. A lift has done its work when it begins."""
    current = tuple(each for each in law.in_force(now) if isinstance(each, Provision | Evidence))
    changes = changes_after(law, now)
    blocks: list[Block] = [instruments_grid(current, law)] if current else []
    if law.epoch and not any(isinstance(each, Release) for each in current):
        blocks.append(Line("no release permits now, so nobody is served", Tone.WARN))
    if changes:
        blocks.append(change_line(changes[0]))
    return blocks


def instruments_grid(instruments: tuple[Instrument, ...], law: Rulebook) -> Grid:
    """Instruments with the time over which each is in force."""
    rows = []
    for each in instruments:
        span = law.spans[each.name]
        until = span.end.isoformat() if span.end else ""
        rows.append(
            [
                cell(kind_of(each), Tone.BAD if kind_of(each) == "order" else Tone.PLAIN),
                cell(each.name, Tone.STRONG),
                cell(span.start.isoformat()),
                cell("never in force" if span.is_empty else until),
                cell(about_of(each)),
            ]
        )
    return Grid(rows, ("kind", "instrument", "since", "until", "about"))


def change_line(change: Change) -> Line:
    """What changes at a boundary, in a sentence."""
    parts = [f"{kind_of(each)} {each.name} begins" for each in change.begins]
    parts += [f"{kind_of(each)} {each.name} ends" for each in change.ends]
    parts += [each.words for each in change.turns]
    return Line(f"at {change.at.isoformat()}, by itself: {listed(parts)}", Tone.WARN)


def evidence(seen: Status) -> list[Block]:
    """What releases require and is not met, and what has to be seen to before one stops permitting."""
    blocks: list[Block] = [Line(sentence(each), Tone.WARN) for each in seen.withheld]
    if seen.warnings:
        rows = [
            [
                cell(each.at.isoformat(timespec="seconds"), Tone.BAD if each.at <= seen.now else Tone.WARN),
                cell(each.release, Tone.STRONG),
                cell(each.sentence),
            ]
            for each in seen.warnings
        ]
        blocks.append(Grid(rows, ("by then", "release", "what happens")))
    return blocks


def rest(seen: Status) -> list[Block]:
    """Subjects, keys, workers and the journal."""
    blocks: list[Block] = []
    if seen.workers:
        columns = ("worker", "epoch", "enforces", "open", "pid", "trouble")
        blocks.append(Grid([worker_row(each) for each in seen.workers], columns))
    shadow = seen.shadow
    if shadow is not None:
        text = f"beside it, in shadow: {shadow['title']}, begun by {shadow['actor']}; nothing of that is enforced"
        blocks.append(Line(text, Tone.WARN))
    void = len(seen.keys) - seen.keys_that_work
    keys = count(seen.keys_that_work, "key") + (f" (and {void} expired or revoked)" if void else "")
    blocks.append(
        pairs(
            ("gate", "" if seen.workers else "not running: `licet serve` starts it"),
            ("subjects", f"{seen.subjects:,}"),
            ("keys", keys),
            ("journal", journal_line(seen.journal)),
        )
    )
    for each in seen.unread:
        since = seen.lists[each].isoformat(timespec="seconds")
        blocks.append(
            Line(f"the status list {each} was not read in time: its facts are unknown since {since}", Tone.BAD)
        )
    blocks += [Line(f"journal damaged: {each}", Tone.BAD) for each in seen.journal.damaged]
    blocks += [Line(f"journal: a cut-off end was put aside in {each}", Tone.WARN) for each in seen.journal.torn]
    return blocks


def worker_row(state: WorkerState) -> list[Line]:
    """One gate process; red if it is behind."""
    tone = Tone.PLAIN if state.enforces else Tone.QUIET if state.ended else Tone.BAD
    enforces = "yes" if state.enforces else "ended" if state.ended else "NO"
    return [
        cell(state.worker, tone),
        cell(state.epoch, tone),
        cell(enforces, Tone.GOOD if state.enforces else tone),
        cell(state.says.get("open"), tone),
        cell(state.says.get("pid"), tone),
        cell(state.trouble, tone),
    ]


def journal_line(health: JournalHealth) -> str:
    """The journal in a line."""
    part = "" if health.read >= health.size else f", the newest {size(health.read)} of it checked"
    verdict = "DAMAGED" if health.damaged else "intact"
    return f"{count(health.files, 'file')}, {size(health.size)}{part}, {verdict}" if health.files else "empty"


def size(number: int) -> str:
    """Bytes, for people."""
    if number < 10_000:
        return f"{number:,} bytes"
    return f"{number / 1000:,.0f} kB" if number < 10_000_000 else f"{number / 1_000_000:,.0f} MB"


def status_tree(seen: Status) -> Tree:
    """Everything, as JSON."""
    law, enactment = seen.rulebook, seen.enactment
    return {
        "now": instant(seen.now),
        "epoch": law.epoch,
        "rulebook": law.digest,
        "enacted": enacted_tree(enactment) if enactment else None,
        "waiting": [each.id for each in seen.waiting],
        "alone": list(seen.alone),
        "models": sorted(law.catalogue.models),
        "safeguards": safeguard_trees(law),
        "in_force": [instrument_tree(each, law) for each in law.in_force(seen.now)],
        "next": change_tree(seen.changes[0]) if seen.changes else None,
        "withheld": [withheld_tree(each) for each in seen.withheld],
        "warnings": [warning_tree(each) for each in seen.warnings],
        "subjects": seen.subjects,
        "keys": {"valid": seen.keys_that_work, "all": len(seen.keys)},
        "workers": [
            {
                "worker": each.worker,
                "epoch": each.epoch,
                "enforces": each.enforces,
                "ended": each.ended,
                "trouble": each.trouble,
                "says": each.says,
            }
            for each in seen.workers
        ],
        "shadow": seen.shadow,
        "acknowledged": [{"worker": worker, "at": instant(at)} for worker, at in seen.acknowledged],
        "journal": {
            "files": seen.journal.files,
            "bytes": seen.journal.size,
            "checked_bytes": seen.journal.read,
            "torn": list(seen.journal.torn),
            "damaged": list(seen.journal.damaged),
        },
        "status_lists": [
            {"uri": uri, "counts_until": instant(until), "unread": uri in seen.unread}
            for uri, until in sorted(seen.lists.items())
        ],
    }


def warning_tree(warned: Warned) -> Tree:
    """What an officer has to see to before a release stops permitting."""
    return {
        "at": instant(warned.at),
        "kind": warned.kind.value,
        "release": warned.release,
        "models": list(warned.models),
        "sentence": warned.sentence,
    }


def enacted_tree(enactment: Enactment) -> Tree:
    """Who made an enactment, and on what it stands."""
    return {
        "at": instant(enactment.at),
        "actor": enactment.actor,
        "approved_by": enactment.approved_by,
        "ground": enactment.ground.value,
        "rests_on": list(enactment.rests_on),
        "proposal": enactment.proposal,
    }
