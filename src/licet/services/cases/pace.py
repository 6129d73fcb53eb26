"""Whether the wall clock can be trusted to let clocks run out: it is held against one that nobody can set.

CLOCK_BOOTTIME counts on while a machine sleeps, and starts anew with each boot (clock_gettime(2)).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

TOLERANCE = 5.0
"""Seconds by which the two may part from one look to the next: clocks are slewed, and looks take a moment."""

STEADY = 600.0
"""Seconds over which the wall clock has to go on steadily after it jumped."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the wall clock went when it was last looked at. All in seconds.

    `boot` names the boot; `ahead` is the wall clock less the boot's; `jumped` is when, by the boot's clock, it last
    jumped, and None once it has been steady since, or somebody said that it is right.
    """

    boot: str
    wall: float
    ahead: float
    jumped: float | None = None

    @property
    def is_steady(self) -> bool:
        """Whether clocks may run out by it."""
        return self.jumped is None

    def confirmed(self) -> Pace:
        """The same, once an officer said that the wall clock is right."""
        return replace(self, jumped=None)


def paced(before: Pace | None, boot: str, wall: float, running: float) -> Pace:
    """The pace by another look: the wall clock's seconds, and those since the boot.

    After another boot nothing tells how long the machine was off; only a wall clock that went back is a jump then.
    """
    ahead = wall - running
    if before is None:
        return Pace(boot, wall, ahead)
    if before.boot != boot:
        back = wall < before.wall - TOLERANCE
        return Pace(boot, wall, ahead, running if back or before.jumped is not None else None)
    if abs(ahead - before.ahead) > TOLERANCE:
        return Pace(boot, wall, ahead, running)
    over = before.jumped is not None and running - before.jumped >= STEADY
    return Pace(boot, wall, ahead, None if over else before.jumped)
