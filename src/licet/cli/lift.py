"""`licet lift`: end instruments, and keep the text of it beside the configuration."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from licet.cli.acts.deed import signed
from licet.cli.command import Session, command
from licet.cli.enact import put_in_force
from licet.cli.kinds import INSTANT
from licet.cli.options import ACTOR, TIMEOUT, YES
from licet.cli.root import licet
from licet.cli.terminal.blocks import Line, Reply, Tone
from licet.cli.terminal.exits import Misnamed
from licet.services.lifting import check_lift, lift_name, lift_text
from licet.services.rulebooks import in_force, propose
from licet.wire.documents import SourceFile


@command(
    licet,
    "lift",
    examples=(
        "licet lift us-doc-2026-06-12",
        "licet lift us-doc-2026-06-12 us-doc-2026-06-26 --from 2026-06-30T20:00:00-04:00 --reasons 'letter of 30 June'",
    ),
)
@click.argument("instruments", nargs=-1, required=True, metavar="ID...")
@click.option("--from", "from_", type=INSTANT, default="now", show_default=True, help="From when on they are lifted.")
@click.option("--reasons", help="Why, in the issuer's words.")
@click.option("--issuer", help="Who lifts; the actor if not given.")
@click.option("--name", help="The lift's own name; made from the first instrument's if not given.")
@ACTOR
@signed
@YES
@TIMEOUT
def lift(
    session: Session,
    instruments: tuple[str, ...],
    from_: datetime | None,
    reasons: str | None,
    issuer: str | None,
    name: str | None,
    actor: str | None,
    yes: bool,
    timeout: float,
) -> Reply:
    """End instruments: enact a lift, and keep its text beside the configuration, in rulebook/.

    What was there before is there again: whatever else is in force stays as it is. To lift an order widens access, so
    it is proposed, and a second officer approves it.
    """
    installation = session.installation
    now = installation.now().replace(microsecond=0)
    rulebook = in_force(installation.store)
    ends = tuple(dict.fromkeys(instruments))
    check_lift(rulebook, ends, from_ or now)
    name = name or lift_name(rulebook, ends, now)
    issuer = issuer or session.officer or actor or session.world.actor
    text = lift_text(name, ends, issuer=issuer, issued=now, from_=from_ or now, reasons=reasons)
    file = rulebook_folder(session) / f"{name}.yaml"
    if file.exists():
        raise Misnamed(f"`{file}` exists already; give the lift another name with `--name`")
    proposal = propose(installation.store, [SourceFile(str(file), text.encode(), lambda _: None)])
    reply = put_in_force(session, proposal, actor=actor, yes=yes, timeout=timeout, by="lift")
    return kept(reply, file, text) if reply.tree["enacted"] else reply


def kept(reply: Reply, file: Path, text: str) -> Reply:
    """The lift is in force, whether or not its text can be kept beside the configuration."""
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        line = Line(f"its text is in {file}", Tone.QUIET)
    except OSError as error:
        line = Line(f"its text could not be kept in {file} ({error.strerror}); the store has it", Tone.WARN)
    return Reply({**reply.tree, "file": str(file)}, [*reply.blocks, line], reply.exit)


def rulebook_folder(session: Session) -> Path:
    """Where the text of a lift is kept: beside the configuration, or here where an office has that."""
    return (Path() if session.admin is not None else session.installation.configuration.parent) / "rulebook"
