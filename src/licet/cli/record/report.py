"""`licet report`: what an order came to, from the store, the journal and the log."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from licet.cli.command import Session, command
from licet.cli.kinds import INSTANT_OR_NOW
from licet.cli.record.report_blocks import report_blocks
from licet.cli.record.report_tree import report_tree
from licet.cli.root import licet
from licet.cli.terminal.blocks import Block, Line, Reply, Tone
from licet.cli.terminal.exits import Exit, Misnamed
from licet.services.record.reporting.law import NoSuchOrder, law_of
from licet.services.record.reporting.log import PublishedLog
from licet.services.record.reporting.report import report as made

Bound = datetime | Literal["now"] | None
"""An end of the time that is counted; None where there is none."""

CHECKPOINT = "checkpoint"
"""The file that a log has as soon as it has begun."""


@command(
    licet,
    "report",
    examples=(
        "licet report us-doc-2026-06-12",
        "licet report us-doc-2026-06-12 --html report.html",
        "licet report us-doc-2026-06-12 --from 2026-06-12T18:51:00-04:00 --until 2026-06-13T00:00:00-04:00 --json",
    ),
)
@click.argument("order")
@click.option(
    "--from", "since", type=INSTANT_OR_NOW, help="Count decisions from here on; from its first instant, if not given."
)
@click.option(
    "--until", type=INSTANT_OR_NOW, help="Count decisions before this; to its end, or all there are, if not given."
)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write the report as a page.")
def report(session: Session, order: str, since: Bound, until: Bound, html: Path | None) -> Reply:
    """The compliance report of an order: who put it in force, what was decided under it, how to verify that.

    Every figure is counted from the journal, which is read once; instruments, enactments and acknowledgements are the
    store's; the log, where there is one, says what of it is public.
    """
    installation = session.installation
    now = installation.now()
    since, until = (now if each == "now" else each for each in (since, until))
    if since is not None and until is not None and until <= since:
        raise click.UsageError("`--until` is not after `--from`")
    try:
        law = law_of(installation.store, order)
    except NoSuchOrder as error:
        raise Misnamed(str(error)) from error
    seen = made(
        law,
        installation.whole_journal,
        now,
        since=since,
        until=until,
        log=published(session),
        withheld=lambda digest: commitment(session, digest),
        place=installation.record.public_url or told(installation.record.folder),
    )
    tree, blocks = report_tree(seen), report_blocks(seen)
    if html is not None:
        blocks.append(written(html, session.world.report_page(seen)))
        tree["html"] = str(html)
    return Reply(tree, blocks, Exit.NO if seen.failures else Exit.OK)


def told(folder: Path) -> str:
    """A folder as somebody types it who is where this runs."""
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def published(session: Session) -> PublishedLog | None:
    """The log as anybody reads it; None where it has not begun."""
    folder = session.installation.record.folder
    return session.world.open_log(str(folder)) if (folder / CHECKPOINT).exists() else None


def commitment(session: Session, digest: str) -> str | None:
    """What the log has in the place of a document that was withheld. Raises `LogUnavailable`."""
    found = session.installation.openings.find("document", digest)
    return None if found is None else found.commitment


def written(html: Path, page: str) -> Block:
    """Write a page. Raises `Misnamed`."""
    try:
        html.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Misnamed(f"cannot write `{html}`: {error.strerror}") from error
    return Line(f"the report is in {html}", Tone.QUIET)
