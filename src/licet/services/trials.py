"""What trials are there, counted; and whether a file of trials is what its logs give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.estimate import Interval
from licet.core.evidence.trial import Came, Trial
from licet.wire.trials.changed import Difference, unlike
from licet.wire.trials.reading import Reading, changed


@dataclass(frozen=True, slots=True)
class ArmCount:
    """One arm of one source: its trials by what came of them, and those without a score, at a limit, invalidated."""

    source: str
    arm: str
    trials: int
    came: tuple[tuple[Came, int], ...]
    unscored: int
    limits: int
    invalid: int


@dataclass(frozen=True, slots=True)
class Look:
    """How often the trials of a suite succeeded so far, in one arm, on one model, by one metric.

    `once` is Wilson's interval, right for somebody who looks once; `always` the confidence sequence, right at every
    look at once. Both are None where no trial counts.
    """

    suite: str
    arm: str
    model: str
    metric: str
    hits: int
    tries: int
    once: Interval | None
    always: Interval | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A file of trials against the logs that it says it was read from.

    `same`: no trial differs, and nothing shows that the file or a log was changed after it was made. `holes` are all
    that file and logs show.
    """

    same: bool
    trials: int
    differences: tuple[Difference, ...]
    holes: tuple[Hole, ...]


def counted(trials: Iterable[Trial]) -> list[ArmCount]:
    """The arms of each source, in the order in which they come."""
    came: Counter[tuple[str, str, Came]] = Counter()
    rest: dict[tuple[str, str], list[int]] = {}
    for trial in trials:
        key = (trial.source, trial.arm)
        came[trial.source, trial.arm, trial.came] += 1
        of = rest.setdefault(key, [0, 0, 0, 0])
        of[0] += 1
        of[1] += trial.score is None
        of[2] += trial.limit is not None
        of[3] += trial.invalid is not None
    return [
        ArmCount(source, arm, of[0], tuple((each, came[source, arm, each]) for each in Came), of[1], of[2], of[3])
        for (source, arm), of in rest.items()
    ]


def checked(kept: Reading, logs: Reading) -> Checked:
    """Whether the trials of a file are those of the logs, by the digests that it names and trial by trial."""
    holes = [*kept.holes, *(hole for hole in logs.holes if hole not in kept.holes)]
    there = {source.digest: source for source in logs.sources}
    named = {source.digest: source for source in kept.sources}
    for digest, source in named.items():
        if digest not in there:
            holes.append(changed(f"no log has the digest of `{source.file}`: {digest}"))
    for digest, source in there.items():
        if digest not in named:
            holes.append(
                changed(f"`{source.file}` is not a log that the trials were read from: its digest is {digest}")
            )
    differences = tuple(unlike(kept.trials, logs.trials))
    altered = any(hole.gap is Gap.LOG_CHANGED for hole in holes)
    return Checked(not differences and not altered, len(kept.trials), differences, tuple(holes))
