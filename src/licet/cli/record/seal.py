"""`licet record seal`: what the journal has closed becomes segments."""

from __future__ import annotations

import click

from licet.cli.command import Session, command
from licet.cli.root import record
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count
from licet.cli.terminal.exits import Exit
from licet.cli.terminal.trees import Tree, instant
from licet.record.log.entry_spelling import tree_of
from licet.services.record.keeping.logged import segments_logged
from licet.services.record.keeping.sealing import Removal, SealReport, Trouble, remove_journals
from licet.services.record.keeping.sealing import seal as seal_all
from licet.services.record.ports import Sealed


@command(record, "seal", examples=("licet record seal", "licet record seal --remove"))
@click.option("--remove", is_flag=True, help="Then delete the journal files whose segments the log has.")
def seal(session: Session, remove: bool) -> Reply:
    """Seal the journal files that nobody appends to any more: Parquet, and a commitment to every record.

    What is sealed is not sealed again, wherever it was interrupted. `licet record publish` puts the commitments into
    the log. Journal files stay until `--remove`, which deletes none that is damaged or holds anything else than what
    was sealed.
    """
    installation = session.installation
    folder, now = installation.sealing, installation.now()
    # read first: what is sealed now cannot be in the log, and a log that cannot be read stops this before it begins
    logged = segments_logged(installation.log) if remove else None
    keys = installation.pseudonyms.all().values()
    report = seal_all(folder, installation.store, keys, session.world.random_bytes, now)
    removal = None if logged is None else remove_journals(folder, logged)
    failed = any(each.journal not in _names(report) for each in report.troubles)
    return Reply(_tree(report, removal), _blocks(report, removal), Exit.NO if failed else Exit.OK)


def sealed_tree(sealed: Sealed) -> Tree:
    """A sealed segment as JSON."""
    return {
        "segment": tree_of(sealed.entry),
        "facts": None if sealed.facts is None else tree_of(sealed.facts),
        "journal": sealed.journal,
        "damage": [each._asdict() for each in sealed.damage],
    }


def segments_grid(segments: tuple[Sealed, ...]) -> Grid:
    """Segments as a table."""
    rows = [
        [
            cell(each.name, Tone.STRONG),
            cell(instant(each.entry.first), Tone.QUIET),
            cell(instant(each.entry.last), Tone.QUIET),
            cell(f"{each.entry.records:,}"),
            cell(f"{each.facts.subjects:,}" if each.facts else "0"),
            cell(f"{each.entry.bytes:,}"),
            cell(count(len(each.damage), "stretch").replace("stretchs", "stretches") if each.damage else "", Tone.BAD),
        ]
        for each in segments
    ]
    return Grid(rows, ("segment", "first", "last", "records", "subjects", "bytes", "damage"))


def _names(report: SealReport) -> set[str]:
    return {each.journal for each in report.sealed}


def _tree(report: SealReport, removal: Removal | None) -> Tree:
    return {
        "sealed": [sealed_tree(each) for each in report.sealed],
        "troubles": [each._asdict() for each in report.troubles],
        "unnamed": report.unnamed,
        "removed": list(removal.removed) if removal else [],
        "kept": [each._asdict() for each in removal.kept] if removal else [],
    }


def _blocks(report: SealReport, removal: Removal | None) -> list[Block]:
    blocks: list[Block] = []
    if report.sealed:
        blocks.append(segments_grid(report.sealed))
        blocks.append(Line(f"sealed {count(len(report.sealed), 'segment')}", Tone.GOOD))
    else:
        blocks.append(Line("there is nothing to seal: every closed journal file is"))
    blocks += [_line(each, Tone.BAD) for each in report.troubles]
    if report.unnamed:
        blocks.append(Line(f"nobody is known any more behind {count(report.unnamed, 'pseudonym')}", Tone.WARN))
    if removal is not None:
        blocks.append(Line(f"deleted {count(len(removal.removed), 'journal file')}"))
        blocks += [_line(each, Tone.WARN) for each in removal.kept]
    return blocks


def _line(trouble: Trouble, tone: Tone) -> Line:
    return Line(f"{trouble.journal}: {trouble.why}", tone)
