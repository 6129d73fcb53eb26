"""`licet register`: the public register of cases: its numbers in the terminal, and as static pages, JSON and a feed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click

from licet.cli.command import Session, command
from licet.cli.root import register
from licet.cli.terminal.blocks import Block, Grid, Line, Reply, Tone, cell, count, pairs
from licet.core.cases.register.in_force import InForce
from licet.core.cases.register.lists import Overdue
from licet.core.cases.register.register import Register
from licet.core.cases.register.shown import Hidden
from licet.core.cases.register.times import ClockTimes
from licet.services.cases.register.publishing import Address, Published
from licet.wire.register import register_tree

SHOWN = 20
"""Overdue ones in the terminal; `--json` has them all."""

A_YEAR_OR_A_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")


@command(
    register,
    "publish",
    examples=(
        "licet register publish public/",
        "licet register publish public/ --base-url https://register.example/ --since 2026",
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base-url", metavar="URL", help="Where DIR will be read; needed for the feed.")
@click.option(
    "--since", metavar="DAY", help="A year or a day since which that address was yours; names the feed's entries."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="How many processes share the work where there are many cases.",
)
def publish(session: Session, folder: Path, base_url: str | None, since: str | None, processes: int) -> Reply:
    """Write the public register into DIR: pages, JSON and, with --base-url, an Atom feed.

    DIR is new, empty, or a register already. Only files that changed are written, and files of cases that are no
    longer there are removed; every file is whole at every instant. Any web server can serve DIR as it is.
    """
    made = session.installation.publish_register(folder, naming=naming_of(base_url, since), processes=processes)
    return Reply(published_tree(made, folder), published_blocks(made, folder))


@command(register, "show", examples=("licet register show", "licet register show --json"))
def show(session: Session) -> Reply:
    """What the register says now, without writing it: what is overdue, and how each clock was kept."""
    seen = session.installation.register()
    return Reply(register_tree(seen), [*overdue(seen), Line(), *procedures(seen), Line(), *clocks(seen)])


def naming_of(base_url: str | None, since: str | None) -> Address | None:
    """Where it can be read. The names of a feed's entries need both (RFC 4151)."""
    if base_url is None:
        if since is not None:
            raise click.UsageError("`--since` goes with `--base-url`")
        return None
    address = urlsplit(base_url)
    if address.scheme not in ("https", "http") or not address.hostname or address.query or address.fragment:
        raise click.UsageError(f"`{base_url}` is no address of a folder, as in `https://register.example/`")
    if since is None or not A_YEAR_OR_A_DAY.fullmatch(since):
        raise click.UsageError("`--base-url` takes `--since`: a year or a day (`2026`, `2026-06-12`) when it was yours")
    return Address(base_url.rstrip("/") + "/", since)


def published_tree(made: Published, folder: Path) -> dict[str, object]:
    """What publishing did, as JSON."""
    seen = made.register
    return {
        "folder": str(folder),
        "at": seen.at.isoformat(),
        "written": made.written,
        "unchanged": made.unchanged,
        "removed": made.removed,
        "cases": seen.cases,
        "open": seen.open,
        "overdue": len(seen.overdue),
        "feed": seen.base_url is not None,
    }


def published_blocks(made: Published, folder: Path) -> list[Block]:
    """What publishing did, for people."""
    files = f"{count(made.written, 'file')} written, {made.unchanged:,} as they were, {made.removed:,} removed"
    blocks: list[Block] = [
        Line(f"the register of {count(made.register.cases, 'case')} is in {folder}: {files}", Tone.GOOD),
        *overdue(made.register),
    ]
    if made.register.base_url is None:
        blocks.append(Line("no feed: its entries are named by an address, `--base-url`", Tone.QUIET))
    return blocks


def overdue(seen: Register) -> list[Block]:
    """What is overdue, first."""
    if not seen.overdue:
        return [Line("nothing is overdue", Tone.GOOD)]
    shown = [late(each, seen.at) for each in seen.overdue[:SHOWN]]
    blocks: list[Block] = [
        Line(f"{len(seen.overdue):,} overdue", Tone.BAD),
        Grid(shown, ("case", "what", "who", "due", "overdue for")),
    ]
    if len(seen.overdue) > SHOWN:
        blocks.append(Line(f"and {len(seen.overdue) - SHOWN:,} more: `--json` has them all", Tone.QUIET))
    return blocks


def late(each: Overdue, now: datetime) -> tuple[Line, ...]:
    """Something that is overdue."""
    owner = f"withheld ({each.owner.secrecy})" if isinstance(each.owner, Hidden) else each.owner
    if each.due is None:
        return cell(each.case, Tone.STRONG), cell(each.what), cell(owner), cell("withheld", Tone.QUIET), cell(None)
    due = each.due.astimezone(UTC).isoformat(sep=" ", timespec="minutes")
    return cell(each.case, Tone.STRONG), cell(each.what), cell(owner), cell(due), cell(days(now - each.due), Tone.BAD)


def procedures(seen: Register) -> list[Block]:
    """The procedures and how many cases go under each."""
    rows = [procedure(each) for each in seen.procedures]
    return [
        pairs(("cases", f"{seen.cases:,}"), ("open", f"{seen.open:,}"), ("destroyed", f"{seen.erased:,}")),
        Line(),
        Grid(rows, ("procedure", "in force", "cases", "open")),
    ]


def procedure(each: InForce) -> tuple[Line, ...]:
    """The row of a procedure."""
    since = "with licet" if each.since is None else each.since.date().isoformat()
    name = cell(each.procedure.name, Tone.STRONG if each.current else Tone.QUIET)
    return name, cell(since, Tone.QUIET), cell(f"{each.cases:,}"), cell(f"{each.open:,}")


def clocks(seen: Register) -> list[Block]:
    """Every clock that ever started, against its limit."""
    rows = [clock(of, each) for of in seen.procedures for each in of.clocks if each.started]
    if not rows:
        return [Line("no clock has started yet", Tone.QUIET)]
    names = ("procedure", "clock", "limit", "started", "met", "missed", "open", "median, net", "worst, net")
    return [Grid(rows, names), Line("what is not done yet counts with its age: >= where that matters", Tone.QUIET)]


def clock(of: InForce, each: ClockTimes) -> tuple[Line, ...]:
    """The row of a clock."""
    numbers = (f"{each.started:,}", f"{each.met:,}")
    missed = cell(f"{each.missed:,}", Tone.BAD if each.missed else Tone.PLAIN)
    spread = each.net
    return (
        cell(of.procedure.name),
        cell(each.clock),
        cell(each.limit),
        *(cell(number) for number in numbers),
        missed,
        cell(f"{each.open:,}"),
        cell(None if spread is None else lasted(spread.median, spread.median_at_least)),
        cell(None if spread is None else lasted(spread.worst, spread.worst_at_least)),
    )


def lasted(seconds: float, at_least: bool) -> str:
    """A time, or the least that it can be."""
    return f"{'>= ' if at_least else ''}{days(timedelta(seconds=seconds))}"


def days(time: timedelta) -> str:
    """A time in days, or in hours where it is short."""
    hours = time.total_seconds() / 3600
    return f"{hours:,.1f} h" if hours < 72 else f"{hours / 24:,.1f} d"
