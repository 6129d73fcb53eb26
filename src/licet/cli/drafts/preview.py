"""`licet preview`: whom documents would touch, before anything is in force."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource

from licet.cli.check import FILES
from licet.cli.command import Session, command
from licet.cli.drafts.preview_blocks import preview_blocks
from licet.cli.drafts.preview_tree import preview_tree
from licet.cli.files import source_files
from licet.cli.kinds import INSTANT
from licet.cli.proposal import proposal_tree
from licet.cli.root import licet
from licet.cli.terminal.blocks import Line, Reply, Tone
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.progress import reported
from licet.core.preview import Preview
from licet.services.beliefs import COUNTED_AFTER
from licet.services.checks import first_turn, step
from licet.services.identity.pseudonyms import naming
from licet.services.keys import pseudonym
from licet.services.population import Population, Report, SubjectsOfStore
from licet.services.preview import Names, Scope, first_difference
from licet.services.preview import preview as previewed
from licet.services.rulebooks import Proposal, propose
from licet.services.subjects import expected
from licet.services.usage import Usage, usage

NEW_PEPPER = 32
"""Bytes of a secret that is forgotten at the end, where there is no installation with one of its own."""


@command(
    licet,
    "preview",
    examples=(
        "licet preview order.yaml",
        "licet preview order.yaml --at 2026-06-12T18:51:00-04:00 --show 3 --names",
        "licet preview order.yaml --population accounts.parquet --html preview.html",
        "licet preview rulebook/ --population accounts/ --all --json",
    ),
)
@FILES
@click.option(
    "--population",
    "file",
    type=click.Path(path_type=Path),
    help="Count these instead of the store's subjects: a CSV file, a Parquet file, or a folder of Parquet files.",
)
@click.option("--at", type=INSTANT, help="The instant; the first from now on at which something differs, if not given.")
@click.option("--show", type=click.IntRange(0, 1000), default=0, help="Show so many subjects of each row.")
@click.option("--names", is_flag=True, help="Show them by name, not by pseudonym.")
@click.option(
    "--by-organisation",
    "organisations",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    help="Show so many organisations.",
)
@click.option("--all", "everything", is_flag=True, help="Count what stays the same too.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page.")
@click.option(
    "--days",
    type=click.IntRange(0, 366),
    default=7,
    show_default=True,
    help="Count requests in so many days of the journal; 0: do not read it.",
)
def preview(
    session: Session,
    files: tuple[Path, ...],
    file: Path | None,
    at: datetime | None,
    show: int,
    names: bool,
    organisations: int,
    everything: bool,
    html: Path | None,
    days: int,
) -> Reply:
    """Count whom documents would touch, on top of what is enacted. Nothing is changed.

    FILES are drafts: YAML files, directories of them, or - for the standard input. For each model and kind of subject:
    who loses it, who gains it, what is served instead, whose streams would be cut, and for whom it is only because a
    fact is not known. Without `--population`, the store's subjects are counted.
    """
    store = session.installation.store if session.is_installed or file is None else None
    proposal = propose(store, source_files(files))
    now = session.installation.now() if store else session.world.now()
    scope = Scope(at or chosen(proposal, now), everything, show, organisations)
    with reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        population = population_of(session, proposal, file, scope.at, report)
        result = previewed(
            proposal.before,
            proposal.rulebook,
            population,
            scope,
            now=now,
            stopwatch=session.world.stopwatch,
            usage=usage_of(session, now, days),
            names=names_of(session, shown=names),
        )
    if html is not None:
        _write_page(session, proposal, result, html)
    blocks = preview_blocks(result, population.ignored)
    if first_turn(step(proposal, now)) is not None:
        blocks.append(Line(f"{COUNTED_AFTER} (`licet review`)", Tone.WARN))
    if html is not None:
        blocks.append(Line(f"written: {html}"))
    blocks.append(Line("nothing was changed", Tone.GOOD))
    return Reply({**proposal_tree(proposal), **preview_tree(result, population.ignored)}, blocks)


def chosen(proposal: Proposal, now: datetime) -> datetime:
    """The instant where none was written out: now, if that was said, else the first at which something differs."""
    said = click.get_current_context().get_parameter_source("at") is ParameterSource.COMMANDLINE
    return now if said else first_difference(proposal.before, proposal.rulebook, now)


def population_of(session: Session, proposal: Proposal, file: Path | None, at: datetime, report: Report) -> Population:
    """The subjects of a file, or the store's, as they are at an instant. Raises what `World.population` does."""
    facts = {**proposal.before.facts, **proposal.rulebook.facts}
    if file is not None:
        return session.world.population(file, facts, at, report)
    store = session.installation.store
    confirmed = expected(store.confirmed(), session.installation.now(), at)
    return SubjectsOfStore(store, facts, proposal.rulebook.trusts(at), confirmed, at, report)


def usage_of(session: Session, now: datetime, days: int) -> Usage | None:
    """What the journal says, where there is one; an office does not tell all of it."""
    return usage(session.installation.records, now, days) if days and session.is_here else None


def names_of(session: Session, *, shown: bool) -> Names:
    """Who may be in the journal, and what is shown of whoever is shown."""
    if session.is_here:
        generations = session.installation.pseudonyms
        names = frozenset(key.subject for key in session.installation.store.keys())  # noqa: SIM118 - a store is no mapping
        newest = partial(pseudonym, generations.current()[1])
        return Names(names, naming(generations), str if shown else newest)
    mark = partial(pseudonym, session.world.random_bytes(NEW_PEPPER))
    return Names(shown=str if shown else mark)


def _write_page(session: Session, proposal: Proposal, result: Preview, html: Path) -> None:
    own, _ = proposal.told_apart()
    found = [proposal.rulebook.instrument(each.name) for each in own]
    title = ", ".join(each.name for each in own) or "nothing new"
    page = session.world.preview_page(result, title, [each for each in found if each is not None])
    try:
        html.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Misnamed(f"cannot write `{html}`: {error.strerror}") from error
