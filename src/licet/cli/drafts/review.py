"""`licet review`: everything that an officer reads before signing, in one go."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import click

from licet.cli.check import FILES
from licet.cli.command import Session, command
from licet.cli.drafts.dossier_blocks import dossier_blocks
from licet.cli.drafts.dossier_tree import dossier_tree
from licet.cli.drafts.preview import names_of, population_of, usage_of
from licet.cli.files import source_files
from licet.cli.kinds import INSTANT
from licet.cli.review import PROOF_SECONDS
from licet.cli.root import licet
from licet.cli.terminal.blocks import Line, Reply, Tone
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.progress import reported
from licet.cli.world import ExtraMissing
from licet.services.approval import TWO
from licet.services.checks import People
from licet.services.diff import PopulationAt
from licet.services.dossier import Dossier
from licet.services.examine import Means, examine
from licet.services.population import Report
from licet.services.preview import first_difference
from licet.services.rulebooks import Proposal, propose

MOST = 100
"""Classes of a difference that are told apart, at most; `licet diff` has more."""

DAYS = 7
"""How many days of the journal requests are counted in."""


@command(
    licet,
    "review",
    examples=(
        "licet review order.yaml",
        "licet review order.yaml properties.yaml --html review.html",
        "licet review order.yaml --population accounts.parquet --since 2026-06-12T17:21:00-04:00 --json",
    ),
)
@FILES
@click.option(
    "--population",
    "file",
    type=click.Path(path_type=Path),
    help="Count these instead of the store's subjects: a CSV file, a Parquet file, or a folder of Parquet files.",
)
@click.option(
    "--since",
    type=INSTANT,
    default="now",
    show_default=True,
    help="When it is read: all that is said is about the time from then on.",
)
@click.option(
    "--limit",
    type=click.FloatRange(0),
    default=PROOF_SECONDS,
    show_default=True,
    help="Seconds that each proof, and the difference, may take.",
)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page.")
def review(
    session: Session,
    files: tuple[Path, ...],
    file: Path | None,
    since: datetime | None,
    limit: float,
    html: Path | None,
) -> Reply:
    """Everything to read before signing: what `licet enact` would find, whom it touches, what it changes, what holds.

    FILES are drafts and properties: YAML files, directories of them, or - for the standard input. Proved are the
    properties that stand and those in FILES. What needs a part that is not installed is left out, and said to be.
    Nothing is changed, and the exit code is 0 whatever is found.
    """
    store = session.installation.store if session.is_installed or file is None else None
    proposal = propose(store, source_files(files))
    now = since or (session.installation.now() if store else session.world.now())
    with reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        population, missing = countable(session, proposal, file, now, report)
        people = People(store.subject_count(), store.subjects, store.confirmed()) if store and file is None else None
        asked = replace(means(session, population, now, limit, report), people=people)
        found = examine(proposal, now, asked, missing)
    tree, blocks = dossier_tree(found), dossier_blocks(found)
    if html is not None:
        write_page(session, html, found)
        tree, blocks = {**tree, "html": str(html)}, [*blocks, Line(f"written: {html}")]
    return Reply(tree, [*blocks, Line("nothing was changed", Tone.GOOD)])


def countable(
    session: Session, proposal: Proposal, file: Path | None, now: datetime, report: Report
) -> tuple[PopulationAt | None, Sequence[str]]:
    """The subjects to count; or none, and what counting them needs. Raises what the population raises."""
    counted: PopulationAt = cache(partial(population_of, session, proposal, file, report=report))
    try:
        counted(first_difference(proposal.before, proposal.rulebook, now))
    except ExtraMissing as error:
        return None, (f"whom it touches is left out: {error}",)
    return counted, ()


def means(session: Session, population: PopulationAt | None, now: datetime, limit: float, report: Report) -> Means:
    """What it is worked out with, as far as it is installed."""
    provers = session.world.provers(now, limit=limit)
    compare = partial(session.world.differences, since=now, until=None, limit=limit, most=MOST)
    return Means(
        session.world.stopwatch,
        prover=provers,
        compare=compare if provers else None,
        population=population,
        usage=usage_of(session, session.installation.now(), DAYS) if session.is_here else None,
        names=names_of(session, shown=False),
        officers=session.installation.officers if session.is_installed else TWO,
        report=report,
    )


def write_page(session: Session, path: Path, found: Dossier) -> None:
    """Save everything as a page. Raises `Misnamed` where it cannot be written."""
    own, _ = found.proposal.told_apart()
    title = ", ".join(each.name for each in own if each.kind != "property") or "nothing new"
    text = session.world.review_page(found, title)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misnamed(f"cannot write `{path}`: {error.strerror}") from error
