"""What is said of an incident and a duty to report it: whether it applies, why, what is due when, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from licet.core.cases.clock import Deadline
from licet.core.cases.duty import Applies, Reason
from licet.core.cases.procedure import Procedure


@dataclass(frozen=True, slots=True)
class Beginning:
    """When a duty begins: the earliest of the instants that trigger it.

    `field` names the instant that was used; None: it is the instant of the assessment, since nothing earlier is known.
    `sure`: that instant is one of those that trigger it. Otherwise it may have begun later, and is counted from here.
    """

    at: datetime
    field: str | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Clocked:
    """One clock of a duty: its deadline, or, where it does not run yet, the title of the event that will start it.

    `event` is the event that meets it, which for the developer's clocks is a report.
    """

    clock: str
    title: str
    owner: str
    event: str
    source: str
    deadline: Deadline | None
    starts_with: str


@dataclass(frozen=True, slots=True)
class Needed:
    """The fields that a report must say: `unknown` are those recorded as unknown, `missing` those nobody spoke of."""

    report: str
    title: str
    fields: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Whether one duty applies to an incident, with everything that follows.

    `clocks` are empty where it does not apply. Where it is not law they say what would be due.
    """

    procedure: Procedure
    applies: Applies
    reasons: tuple[Reason, ...]
    begins: Beginning
    clocks: tuple[Clocked, ...]
    reports: tuple[Needed, ...]

    @property
    def runs(self) -> bool:
        """Whether its clocks run: it applies, or nobody can tell that it does not."""
        return self.applies in (Applies.YES, Applies.UNKNOWN)

    @property
    def first(self) -> Clocked | None:
        """The clock that is due first."""
        running = [(each.deadline.due, each) for each in self.clocks if each.deadline and each.deadline.due]
        return min(running, key=lambda each: each[0])[1] if running else None

    @property
    def unknown(self) -> tuple[str, ...]:
        """The fields that keep it from being told whether it applies, each once."""
        return tuple(dict.fromkeys(name for reason in self.reasons for name in reason.unknown))
