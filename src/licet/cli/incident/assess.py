"""`licet incident assess`: which duties to report an incident apply, why, what is due when, what is missing."""

from __future__ import annotations

from datetime import datetime

import click

from licet.cli.command import Session, command
from licet.cli.incident.blocks import duty_blocks, incident_tree
from licet.cli.incident.given import incident_of
from licet.cli.kinds import INSTANT
from licet.cli.root import incident
from licet.cli.terminal.blocks import Reply


@command(
    incident,
    "assess",
    examples=(
        "licet incident assess facts.yaml",
        "licet incident assess facts.yaml --at 2026-06-13T09:00:00-04:00 --why",
        "licet incident assess C-1 --json | jq -r '.to_open[]'",
    ),
)
@click.argument("named", metavar="FILE|CASE")
@click.option("--at", type=INSTANT, help="As of when. [default: now]")
@click.option("--why", is_flag=True, help="Every test of every duty, with its condition, clocks, sources.")
def assess(session: Session, named: str, at: datetime | None, why: bool) -> Reply:
    """Which duties to report an incident apply, why, and what is due when. Changes nothing.

    FILE holds the fields of the form `incident` by name, each with its value or `unknown`; no installation is needed.
    CASE is an incident that was opened. What is not known never means that a duty does not apply: its clock runs.
    """
    found = incident_of(session, named, at)
    return Reply(incident_tree(found), duty_blocks(found, why=why))
