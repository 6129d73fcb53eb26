"""A drill: an order for named subjects only and for a limited time; and what happened to them while it lasted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple


class Acknowledged(NamedTuple):
    """A gate process that took the drill over, so many seconds after its enactment began, and the answers it cut."""

    worker: str
    seconds: float
    cut: int | None = None


class Cut(NamedTuple):
    """An open answer that the drill ended: the request, its model, and how many seconds after the drill began."""

    request: str
    model: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Drilled:
    """What happened to one named subject, from the journal.

    Counted are requests for the drill's models. `before`: those between the drill's first instant and the moment in
    which the worker that decided had taken it over; they count nowhere else. `requests` are those that were decided
    under the drill: each was `served` by a drilled model (there must be none), substituted (`instead`: by which model,
    how often) or `refused`. `first`: seconds from the drill's beginning to the first decision that names it. `cuts`:
    answers that it ended; `ran_on`: answers that were open when it began and that ended otherwise after it had begun.
    After its end: `restored` requests were served by the model itself again, `still_refused` were not (for whatever
    reason); `back`: seconds from the drill's end to the first that was served; None where nobody asked.
    """

    subject: str
    pseudonym: str
    requests: int
    served: int
    instead: tuple[tuple[str, int], ...]
    refused: int
    first: float | None
    cuts: tuple[Cut, ...]
    ran_on: int
    before: int
    restored: int
    still_refused: int
    back: float | None

    @property
    def substituted(self) -> int:
        """How many requests another model answered."""
        return sum(count for _, count in self.instead)

    @property
    def slowest_cut(self) -> float | None:
        """Seconds after which the last of the cut answers had ended."""
        return max((cut.seconds for cut in self.cuts), default=None)

    @property
    def median_cut(self) -> float | None:
        """Seconds after which half of the cut answers had ended."""
        return median(cut.seconds for cut in self.cuts) if self.cuts else None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at before the drill was enacted: nobody but those named is decided otherwise because of it.

    `subjects` others were compared, in `classes` of equal facts, over `decisions` pairs of decisions of the reference
    interpreter. `proved`: a solver also proved it for everybody who could ever ask; None where no prover was there.
    `rests_on` and `assumptions` are the proof's.
    """

    subjects: int
    classes: int
    decisions: int
    proved: bool | None = None
    rests_on: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DrillReport:
    """A drill, as the store and the journal have it.

    `name` is the order's; `streams` is `cut` or `finish`; `enacted` is when it was put in force as `epoch`, `begins`
    and `ends` the time `[begins, ends)` over which it is in force (by its `until`, or by a lift before that). `at` is
    the instant of the report; the journal was read up to it. `touched_others`: decisions and ends of answers of
    anybody who is not named that name the drill (there must be none), of `others` decisions about others that were
    made while it lasted. `damaged` are places of the journal that cannot be read, so that nothing is proved by it.
    `checked` is None in a report that is made later, from the store and the journal alone.
    """

    name: str
    title: str
    reasons: str
    actor: str
    models: tuple[str, ...]
    streams: str
    epoch: int
    rulebook: str
    enacted: datetime
    begins: datetime
    ends: datetime
    at: datetime
    subjects: tuple[Drilled, ...]
    others: int
    touched_others: int
    acknowledged: tuple[Acknowledged, ...]
    silent: tuple[str, ...] = ()
    checked: Checked | None = None
    damaged: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether the drill had ended when the report was made."""
        return self.at >= self.ends

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.ends - self.begins

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """All answers that it ended, the first one first."""
        return tuple(sorted((cut for each in self.subjects for cut in each.cuts), key=lambda cut: cut.seconds))

    @property
    def served(self) -> int:
        """Requests of the named that a drilled model answered although the drill was in force; there must be none."""
        return sum(each.served for each in self.subjects)

    @property
    def failures(self) -> tuple[str, ...]:
        """What is not as it has to be, in sentences; empty if the drill did what it should and nothing else."""
        found = []
        if self.served:
            found.append(f"{self.served} requests of those named were served by a drilled model")
        if self.touched_others:
            found.append(f"{self.touched_others} records about others name the drill")
        found += [f"worker {each} did not acknowledge it" for each in self.silent]
        found += [f"the journal cannot be read at {each}" for each in self.damaged]
        return tuple(found)
