"""`licet record disclose`: sealed segments for an auditor, whole or decision by decision."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from licet.cli.command import Session, command
from licet.cli.kinds import WRITTEN
from licet.cli.root import record
from licet.cli.terminal.blocks import Line, Reply, Tone, count, listed, pairs
from licet.cli.terminal.exits import Misnamed
from licet.cli.terminal.trees import instant
from licet.services.identity.pseudonyms import naming
from licet.services.ports import Store
from licet.services.record.keeping.disclosure import Asked
from licet.services.record.keeping.disclosure import disclose as disclose_to


@command(
    record,
    "disclose",
    examples=(
        "licet record disclose --from 2026-06-12T00:00:00Z --until 2026-06-27T00:00:00Z -o for-the-auditor",
        "licet record disclose --subject alice -o for-alice",
    ),
)
@click.option("--from", "since", type=WRITTEN, help="Only what has a record from this instant on.")
@click.option("--until", type=WRITTEN, help="Only what has a record before this instant.")
@click.option("--subject", "subjects", multiple=True, help="Only decisions about this subject; several add up.")
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write: new or empty.",
)
def disclose(
    session: Session, since: datetime | None, until: datetime | None, subjects: tuple[str, ...], folder: Path
) -> Reply:
    """Open sealed records to an auditor, with everything that shows that they are what the log commits to.

    Without `--subject` whole segments, every record in them included; they hold personal data, as the log does not.
    With it only the decisions about these subjects, each with a salt and a path of its own, so that nothing else can
    be opened.
    """
    installation = session.installation
    names, marks = _named(installation.store, subjects), naming(installation.pseudonyms)
    asked = Asked(
        since and since.astimezone(UTC),
        until and until.astimezone(UTC),
        tuple(mark for each in names for mark in marks(each)) or None,
    )
    made = disclose_to(installation.sealing, installation.disclosure(folder), asked, installation.now())
    tree = {
        "folder": str(folder),
        "from": instant(asked.since),
        "until": instant(asked.until),
        "subjects": list(names) or None,
        "segments": list(made.segments),
        "records": made.records,
        "facts": made.subjects,
    }
    told = pairs(
        ("folder", Line(str(folder), Tone.STRONG)),
        ("segments", listed(made.segments)),
        ("records", f"{made.records:,}" + ("" if names else ", all of these segments")),
        ("facts", count(made.subjects, "subject") + ("" if len(made.segments) == 1 else ", counted in each segment")),
    )
    return Reply(tree, [told, Line("it holds personal data: hand it over encrypted", Tone.WARN)])


def _named(store: Store, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """Each subject once. Raises `Misnamed` for one that there is not."""
    names = tuple(dict.fromkeys(subjects))
    there = store.kinds(names)
    for name in names:
        if name not in there:
            raise Misnamed(f"there is no subject `{name}`")
    return names
