"""`licet serve` and the demonstrations: what starts processes and waits for them."""

from __future__ import annotations

import click

from licet.cli.command import JSON, Examples, Session
from licet.cli.place import check_place
from licet.cli.root import licet


@licet.command("serve", cls=Examples, examples=("licet serve", "licet --config /etc/licet/licet.yaml serve"))
@click.pass_obj
def serve(session: Session) -> int:
    """Run the gate, with as many worker processes as the configuration says, until it is told to end.

    Ctrl-C or SIGTERM lets answers under way end first. What is enacted meanwhile reaches it by itself.
    """
    if session.admin is not None:
        check_place("serve")
    return session.installation.serve()


@licet.command("demo", cls=Examples, examples=("licet demo", "licet demo --json > result.json"))
@click.option("--scenario", metavar="DIR", help="The scenario's directory; the cycle of June 2026 if not given.")
@click.option("--folder", metavar="DIR", help="Where state and logs go, made anew; ./.demo if not given.")
@click.option("--svg", metavar="FILE", help="Also save the result as a picture.")
@click.pass_obj
def demo(session: Session, scenario: str | None, folder: str | None, svg: str | None) -> int:
    """Play the cycle of June 2026 with seven callers, official clients and a real small model.

    Afterwards the gate stays up. Without a terminal it ends by itself: with 0 if every answer was as the scenario
    expects, with 1 if some answer was not, with 2 if it could not be played.
    """
    options = {"--scenario": scenario, "--folder": folder, "--svg": svg}
    arguments = [part for name, value in options.items() if value is not None for part in (name, value)]
    return session.world.demo([*arguments, "--json"] if session.json else arguments)


@licet.command(
    "demo-evidence", cls=Examples, examples=("licet demo-evidence", "licet demo-evidence --json > result.json")
)
@click.option("--scenario", metavar="DIR", help="The scenario's directory; the dispute of June 2026 if not given.")
@click.option("--folder", metavar="DIR", help="Where everything goes, made anew; ./.demo-evidence if not given.")
@click.pass_obj
def demo_evidence(session: Session, scenario: str | None, folder: str | None) -> int:
    """Play the dispute of June 2026 on stand-ins: a technique reported, reproduced, graded, patched, and its price.

    Everything is measured on a real small model, by Inspect, through a real gate. It ends by itself: with 0 if all was
    as expected, with 1 if something was not, with 2 if it could not be played. Needs the extras `demo`, `evals`,
    `evidence` and `pages`.
    """
    options = {"--scenario": scenario, "--folder": folder}
    arguments = [part for name, value in options.items() if value is not None for part in (name, value)]
    return session.world.demo_evidence([*arguments, "--json"] if session.json else arguments)


@licet.command("demo-cases", cls=Examples, examples=("licet demo-cases", "licet demo-cases --json > result.json"))
@click.option("--scenario", metavar="DIR", help="The scenario's directory; June 2026 if not given.")
@click.option("--folder", metavar="DIR", help="Where everything goes, made anew; ./.demo-cases if not given.")
@click.pass_obj
def demo_cases(session: Session, scenario: str | None, folder: str | None) -> int:
    """Play June 2026 as it should have been: reasons, criteria, clocks, an appeal, one organisation at a time.

    Officers type and sign each step, on a real gate. It ends by itself: with 0 if all was as expected, with 1 if
    something was not, with 2 if it could not be played. Needs the extras `cases`, `demo` and `pages`.
    """
    options = {"--scenario": scenario, "--folder": folder}
    arguments = [part for name, value in options.items() if value is not None for part in (name, value)]
    return session.world.demo_cases([*arguments, "--json"] if session.json else arguments)


for each in (serve, demo, demo_evidence, demo_cases):
    each.params.append(JSON)
