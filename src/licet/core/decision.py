"""What a decision is, and the reference interpreter, which is its definition."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What happens to a request."""

    SERVE = "serve"
    SUBSTITUTE = "substitute"
    REFUSE = "refuse"


class Verdict(NamedTuple):
    """What the rulebook says of one subject and one model, with every reason.

    `permitted_by`: releases whose condition is definitely true. `forbidden_by`: orders that forbid and that no
    licence relieves. `relieved`: (order, licence) for each order that would forbid but for that licence.
    `conflicts`: mandates that require this access although it is not allowed. `unknown`: facts that are unknown and
    of which at least one must become known before this verdict can change; empty if no fact can change it.
    Names are in alphabetical order.
    """

    model: str
    allowed: bool
    permitted_by: tuple[str, ...]
    forbidden_by: tuple[str, ...]
    relieved: tuple[tuple[str, str], ...]
    conflicts: tuple[str, ...]
    unknown: tuple[str, ...]


class Decision(NamedTuple):
    """The answer to a request: who is served what, by which instruments, and what was not known.

    `verdicts` holds the requested model's verdict first, then one for each model of the fallback chain that was
    tried, up to and including the one that serves. `rulebook` is the digest of the rulebook that decided.
    """

    outcome: Outcome
    requested: str
    served: str | None
    operation: str
    verdicts: tuple[Verdict, ...]
    rulebook: str
    at: datetime

    @property
    def instruments(self) -> tuple[str, ...]:
        """The instruments that determined the outcome, in alphabetical order.

        Served: the releases that permit, and each order that a licence relieves with that licence. Otherwise: the
        orders that forbid the requested model, and where one serves instead, the releases that permit that one.
        Refused without any instrument named: no release permits.
        """
        return determining(self.verdicts)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The unknown facts of which at least one must become known before the requested model can be served."""
        return self.verdicts[0].unknown


def determining(verdicts: tuple[Verdict, ...]) -> tuple[str, ...]:
    """The names of the instruments behind a requested model's verdict and those of its fallbacks."""
    names: set[str] = set(verdicts[0].forbidden_by)
    final = verdicts[-1]
    if final.allowed:
        names.update(final.permitted_by)
        for order, licence in final.relieved:
            names.update((order, licence))
    return tuple(sorted(names))
