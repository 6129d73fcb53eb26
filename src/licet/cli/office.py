"""`licet office`: where people are verified, members pushed, officers decide."""

from __future__ import annotations

import json

import click

from licet.cli.command import JSON, Examples, Session
from licet.cli.place import check_place
from licet.cli.root import licet


@licet.command("office", cls=Examples, examples=("licet office", "licet --config /etc/licet/licet.yaml office"))
@click.pass_obj
def office(session: Session) -> int:
    """Run the office alone, where the configuration sets one (`office:`), until it is told to end.

    `licet serve` runs it beside the gate already; alone it is for a gate that runs elsewhere on the same state.
    """

    def ready(url: str) -> None:
        click.echo(json.dumps({"url": url}) if session.json else f"licet: the office is at {url}")

    if session.admin is not None:
        check_place("office")
    return session.installation.run_office(ready)


office.params.append(JSON)
