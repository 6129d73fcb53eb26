"""`licet prove`: whether properties hold for everybody who could ever ask, and if not, who shows it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from licet.cli.command import Session, command
from licet.cli.drafts.proof import blocks_of, tree_of
from licet.cli.files import source_files
from licet.cli.kinds import INSTANT, WRITTEN
from licet.cli.root import licet
from licet.cli.terminal.blocks import Line, Reply, Tone
from licet.cli.terminal.exits import Exit, Misnamed
from licet.cli.terminal.progress import reported
from licet.cli.terminal.trees import Tree, instant
from licet.core.proof import Proof
from licet.core.properties import Certainty, Claim
from licet.services.prove import ASKED, NotAskable, all_proved, inquire, proofs
from licet.wire.documents import SourceFile

PLACE = "the command line"


@command(
    licet,
    "prove",
    examples=(
        "licet prove",
        "licet prove order.yaml properties.yaml --html proofs.html",
        "licet prove order.yaml --claim only-narrows --operations use,tune,weights",
        "licet prove --claim nobody-allowed --whom staff --certainty possible -m fable-5 --until 2027-01-01T00:00:00Z",
        "licet prove --claim lift-restores --instrument us-doc-2026-06-30 --json",
    ),
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--claim", type=click.Choice([each.value for each in Claim]), help="Also prove this, or only this.")
@click.option("--whom", metavar="CONDITION", help="Whom the claim is about; everyone if not given.")
@click.option(
    "--certainty",
    type=click.Choice([each.value for each in Certainty]),
    help="How much must be known of them. [default: definite]",
)
@click.option("--uses", multiple=True, metavar="NAME=TARGET", help="What a name in --whom stands for; several add up.")
@click.option("--model", "-m", "models", multiple=True, metavar="NAME", help="A model that it is about.")
@click.option("--family", "families", multiple=True, metavar="NAME", help="A family that it is about.")
@click.option("--operations", metavar="LIST", help="What is done with the models: use,tune,weights. [default: use]")
@click.option("--from", "from_", type=INSTANT, help="The first instant that it is about. [default: now]")
@click.option("--until", type=WRITTEN, help="The first instant that it is no longer about. [default: never]")
@click.option("--instrument", "instruments", multiple=True, metavar="ID", help="A lift or instrument that it is about.")
@click.option("--against", type=click.IntRange(0), metavar="EPOCH", help="Compare with the rulebook of this epoch.")
@click.option(
    "--limit", type=click.FloatRange(0), default=10.0, show_default=True, help="Seconds that each property may take."
)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write the proofs as a page.")
def prove(
    session: Session,
    /,
    files: tuple[Path, ...],
    against: int | None,
    limit: float,
    html: Path | None,
    **asked: Any,
) -> Reply:
    """Prove properties, or find somebody of whom they do not hold. Changes nothing.

    FILES hold drafts, properties, or both. Proved are the properties in FILES and that of --claim; with neither, all
    that stand. Claims about a step compare the drafts with what is enacted, or what is enacted with the epoch before.
    The exit code is 0 if everything was proved, and 1 if anything was refuted or not decided.
    """
    now = session.installation.now() if session.is_installed or not files else session.world.now()
    store = session.installation.store if session.is_installed else None
    inquiry = inquire(store, source_files(files), asked=asked_here(**asked), against=against)
    provers = session.world.provers(now, limit=limit)
    if provers is None:
        raise NotAskable("proofs are an extra that is not installed: `pip install 'licet[proofs]'`")
    with reported(stream=sys.stderr, stopwatch=session.world.stopwatch) as report:
        found = tuple(proofs(inquiry, provers, report))
    tree, blocks = tree_of(inquiry, found, now), blocks_of(inquiry, found, now)
    if html is not None:
        write_page(session, html, found)
        tree, blocks = {**tree, "html": str(html)}, [*blocks, Line(f"the proofs are in {html}", Tone.QUIET)]
    return Reply(tree, blocks, Exit.OK if all_proved(found) else Exit.NO)


def asked_here(
    *,
    claim: str | None,
    whom: str | None,
    certainty: str | None,
    uses: Sequence[str],
    models: Sequence[str],
    families: Sequence[str],
    operations: str | None,
    from_: datetime | None,
    until: datetime | None,
    instruments: Sequence[str],
) -> SourceFile | None:
    """The property of the options, as the document that it would be; None if there is none."""
    tree: Tree = {
        "property": ASKED,
        "claim": claim,
        "whom": true_or(whom),
        "certainty": certainty,
        "uses": dict(target_of(each) for each in uses),
        "models": list(models),
        "families": list(families),
        "operations": operations.split(",") if operations else None,
        "from": instant(from_),
        "until": instant(until),
        "instruments": list(instruments),
    }
    tree = {key: value for key, value in tree.items() if value not in (None, [], {})}
    if claim is None:
        if len(tree) > 1:
            raise click.UsageError("say what is claimed of these, with `--claim`")
        return None
    return SourceFile(PLACE, json.dumps(tree).encode(), list_beside)


def true_or(whom: str | None) -> str | bool | None:
    """`true` is a truth value in a document, and everything else a text."""
    return True if whom == "true" else whom


def target_of(use: str) -> tuple[str, str]:
    """One of `--uses`."""
    local, equals, target = use.partition("=")
    if not equals:
        raise click.UsageError(
            f"`{use}` is no name with what it stands for; write NAME=DEFINITION@VERSION or NAME=FILE"
        )
    return local, target


def list_beside(name: str) -> bytes | None:
    """A list in the directory in which the command runs."""
    try:
        return Path(name).read_bytes()
    except OSError:
        return None


def write_page(session: Session, path: Path, found: Sequence[Proof]) -> None:
    """Save the proofs as a page. Raises `Misnamed` where it cannot be written."""
    text = session.world.proof_page(found, "Proofs")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misnamed(f"cannot write `{path}`: {error.strerror}") from error
