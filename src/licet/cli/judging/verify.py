"""`licet judge verify`: judge again by the same logs, and say what differs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from licet.cli.command import Session, command
from licet.cli.judging.given import FILE, LOGS, judgement_of, labels_of, trials_of
from licet.cli.root import judge
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, pairs
from licet.cli.terminal.exits import Exit
from licet.cli.terminal.trees import Tree
from licet.services.judging.asking import question_again, stored
from licet.services.judging.keeping import (
    Difference,
    again_with_earlier,
    differences,
    log_differences,
    validations_of,
)
from licet.services.judging.words import headline
from licet.wire.judgement.kept import Kept, digest_of

MOST = 20
"""Differences on a terminal; `--json` has all."""

TAKEN = "what the labels came to is taken from the judgement: name them with `--labels` to count them again"


@command(
    judge,
    "verify",
    examples=(
        "licet judge verify judgement.json elicited.eval",
        "licet judge verify judgement.json logs/ --labels labels.csv --json",
    ),
)
@click.argument("file", metavar="JUDGEMENT", type=FILE)
@LOGS
@click.option("--labels", type=FILE, help="The labels that the judge was validated with, to count them again.")
def verify(session: Session, file: Path, logs: tuple[Path, ...], labels: Path | None) -> Reply:
    """Do these logs lead to this judgement? They are read again, digests compared, and everything judged again.

    JUDGEMENT is what `--save` wrote: what was asked, the instant and the seed are in it. The exit code is 0 if the same
    comes out, and 1 if anything differs.
    """
    kept = judgement_of(file)
    tried = trials_of(session, logs)
    given = labels_of(labels)
    asked = question_again(kept)
    validations = validations_of(kept) if labels is None else given.validations
    found = session.world.judge(asked, tried, validations, at=kept.judgement.at, seed=kept.seed)
    again = replace(kept, judgement=again_with_earlier(found, kept.judgement))
    if labels is not None:
        again = replace(again, asked=replace(again.asked, labels=given.digest))
    sources = log_differences(kept.judgement.sources, again.judgement.sources)
    differing = differences(kept, again)
    notes = [TAKEN] if labels is None and kept.judgement.judge is not None else []
    return replied(kept, again, (*sources, *differing), notes)


def replied(kept: Kept, again: Kept, found: tuple[Difference, ...], notes: list[str]) -> Reply:
    """The answer first, then each difference with its place."""
    asked = [stored(each) for each in kept.asked.documents]
    tree: Tree = {
        "same": not found,
        "digest": digest_of(kept),
        "headline": headline(kept.judgement),
        "again": headline(again.judgement),
        "documents": [{"kind": each.kind, "name": each.name, "digest": each.digest} for each in asked],
        "differences": [each._asdict() for each in found],
        "notes": notes,
    }
    if not found:
        said = "verified: the same logs lead to the same judgement"
        blocks: list[Block] = [Line(said, Tone.GOOD), Line(headline(kept.judgement))]
    else:
        blocks = [Line("not verified: something else comes out", Tone.BAD)]
        blocks.append(pairs(("it says", headline(kept.judgement)), ("judged again", headline(again.judgement))))
        blocks.append(Grid([tuple(map(cell, each)) for each in found[:MOST]], ("where", "it says", "judged again")))
        if len(found) > MOST:
            blocks.append(Line(f"and {len(found) - MOST:,} more: `--json` has all", Tone.QUIET))
    blocks += [Line(each, Tone.QUIET) for each in notes]
    blocks.append(pairs(("judgement", digest_of(kept)), *((f"{each.kind} {each.name}", each.digest) for each in asked)))
    return Reply(tree, blocks, Exit.NO if found else Exit.OK)
