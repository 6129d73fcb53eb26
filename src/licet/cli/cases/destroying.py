"""`licet case destroy`: the content of cases is destroyed once their retention is over, by two officers."""

from __future__ import annotations

import click

from licet.cli.acts.deed import done, signed
from licet.cli.cases.officers import needs_officers
from licet.cli.cases.room import Room
from licet.cli.command import Session, command
from licet.cli.options import TIMEOUT
from licet.cli.root import case
from licet.cli.terminal.blocks import Reply
from licet.services.acts.refusal import ActRefused
from licet.services.acts.what import What
from licet.services.cases.retaining import why_kept


@command(
    case,
    "destroy",
    examples=(
        "licet case destroy C-17 --reason 'kept for five years'",
        "licet case destroy C-17 C-18 --reason 'it is time: licet case list --destroyable'",
    ),
)
@click.argument("names", metavar="CASE...", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why; kept with the act.")
@signed
@TIMEOUT
def destroy(session: Session, names: tuple[str, ...], reason: str, timeout: float) -> Reply:
    """Destroy what cases say, for good, once a second officer has agreed; numbers, events and instants stay.

    All of them or none: a case under a legal hold, that is open, in which something is owed, or that has to be kept for
    longer is refused, with the reason and until when.
    """
    needs_officers(session)
    room = Room(session)
    wanted = list(dict.fromkeys(names))
    kept = [f"`{name}`: {why}" for name in wanted for why in why_kept(room.law, room.case(name), room.now)]
    if kept:
        raise ActRefused("\n".join(kept))
    return done(session, What.DESTROY_CASES, {"cases": wanted, "reason": reason}, timeout=timeout)
