"""Only officers work cases: whether there are any."""

from __future__ import annotations

from licet.cli.command import Session
from licet.cli.terminal.exits import Misnamed


def needs_officers(session: Session) -> None:
    """Raises `Misnamed` where no officer was appointed yet."""
    if not session.governed:
        raise Misnamed("only officers work cases, and there are none yet: `licet officers appoint` appoints the first")
