"""`licet diff`: whom two rulebooks decide differently, from when to when, and why."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path

import click

from licet.cli.command import Session, command
from licet.cli.drafts.diff_blocks import diff_blocks
from licet.cli.drafts.diff_tree import diff_tree
from licet.cli.files import source_files
from licet.cli.kinds import INSTANT, WRITTEN
from licet.cli.root import licet
from licet.cli.terminal.blocks import Line, Reply, Tone
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.progress import reported
from licet.core.differences import Differences
from licet.services.diff import NoSuchSide, Side, drafted, enacted, tally_of, with_counts
from licet.services.diff_words import sentences
from licet.services.population import Population, Report, SubjectsOfStore
from licet.services.subjects import expected

EPOCH = re.compile(r"(?:epoch:)?(\d{1,9})", re.ASCII)
ALONE = "alone:"
NOW = "now"


@command(
    licet,
    "diff",
    examples=(
        "licet diff order.yaml",
        "licet diff order.yaml --since 2026-06-12T00:00:00-04:00 --html difference.html",
        "licet diff epoch:3 now",
        "licet diff now order.yaml --population accounts.parquet",
        "licet diff alone:rulebook-a/ alone:rulebook-b/ --json",
    ),
)
@click.argument("a")
@click.argument("b", required=False)
@click.option("--since", type=INSTANT, default="now", show_default=True, help="The first instant that it is about.")
@click.option("--until", type=WRITTEN, help="The first instant that it is no longer about. [default: never]")
@click.option(
    "--population",
    "file",
    type=click.Path(path_type=Path),
    help="Count these instead of the store's subjects: a CSV file, a Parquet file, or a folder of Parquet files.",
)
@click.option("--most", type=click.IntRange(1, 100_000), default=500, show_default=True, help="List so many classes.")
@click.option("--limit", type=click.FloatRange(0), default=30.0, show_default=True, help="Seconds that it may take.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page.")
def diff(
    session: Session,
    a: str,
    b: str | None,
    since: datetime | None,
    until: datetime | None,
    file: Path | None,
    most: int,
    limit: float,
    html: Path | None,
) -> Reply:
    """Find every class of subjects that B decides otherwise than A, with somebody of each. Changes nothing.

    A and B are each `now` (what is enacted), an epoch (`3` or `epoch:3`), a file or folder of documents on top of what
    is enacted, or `alone:` and a file or folder by itself. Without B, a draft is compared with now, and an epoch with
    what became of it. The exit code is 0 if everything was compared, whatever it finds, and 1 if not.
    """
    before, after = sides(session, a, b)
    start = since or (session.installation.now() if session.is_installed else session.world.now())
    if until is not None and until <= start:
        raise click.UsageError("`--until` is not after `--since`")
    found = session.world.differences(before.rulebook, after.rulebook, since=start, until=until, limit=limit, most=most)
    with reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        found = counted(session, found, before, after, file, report)
    said = sentences(found, before.rulebook, after.rulebook, (before.name, after.name))
    tree, blocks = diff_tree(found, before, after, said), diff_blocks(found, said)
    if html is not None:
        write_page(session, html, found, said, f"{before.name}, and {after.name}")
        tree, blocks = {**tree, "html": str(html)}, [*blocks, Line(f"written: {html}", Tone.QUIET)]
    return Reply(tree, blocks, Exit.OK if found.complete else Exit.NO)


def sides(session: Session, a: str, b: str | None) -> tuple[Side, Side]:
    """What is compared with what. Raises `Misnamed` and `NoSuchSide`, and what documents raise."""
    if b is not None:
        return side(session, a), side(session, b)
    if a == NOW:
        raise click.UsageError("say what to compare with what is enacted now: a draft, or an epoch")
    one, now = side(session, a), NOW if session.is_installed else None
    if now is None:
        raise click.UsageError("there is no installation here to compare with; name both sides, as `alone:PATH`")
    return (one, side(session, now)) if EPOCH.fullmatch(a) else (side(session, now), one)


def side(session: Session, named: str) -> Side:
    """One side, from how it is named."""
    epoch = EPOCH.fullmatch(named)
    if named == NOW or epoch:
        try:
            return enacted(session.installation.store, int(epoch[1]) if epoch else None)
        except NoSuchSide as error:
            raise Misnamed(str(error)) from error
    path = named.removeprefix(ALONE)
    alone = path != named or not session.is_installed
    return drafted(None if alone else session.installation.store, source_files([Path(path)]), path)


def counted(
    session: Session, found: Differences, before: Side, after: Side, file: Path | None, report: Report
) -> Differences:
    """The same, with how many of a population each class is; as it is, where there is no population."""
    if not found.differences or (file is None and not session.is_installed):
        return found
    facts = {**before.rulebook.facts, **after.rulebook.facts}

    def population(at: datetime) -> Population:
        if file is not None:
            return session.world.population(file, facts, at, report)
        store = session.installation.store
        confirmed = expected(store.confirmed(), session.installation.now(), at)
        return SubjectsOfStore(store, facts, after.rulebook.trusts(at), confirmed, at, report)

    return with_counts(found, tally_of(before.rulebook, after.rulebook, population))


def write_page(session: Session, path: Path, found: Differences, said: tuple[str, ...], title: str) -> None:
    """Save the difference as a page. Raises `Misnamed` where it cannot be written."""
    text = session.world.difference_page(found, said, title)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misnamed(f"cannot write `{path}`: {error.strerror}") from error
