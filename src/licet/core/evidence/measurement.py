"""The cheapest next measurement that would settle a verdict."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """What to measure next: in which arm, how many trials more, and what it would settle.

    `assuming` says what was assumed of the true rates to arrive at the number. `more` is None where no number of
    trials settles it (a judge that is no better than chance), and `what` says then what would.
    """

    arm: str
    more: int | None
    what: str
    assuming: str = ""
    settles: str = ""
