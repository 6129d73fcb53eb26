"""The cheapest next measurement that would settle a threshold: what is missing first, then more of what there is.

Numbers are of trials that would settle it with a power of 80 %, if the true rates are those that were measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from licet.core.evidence.coverage import Coverage, Gap
from licet.core.evidence.judgement import Reached
from licet.core.evidence.measurement import Measurement
from licet.core.evidence.threshold import Threshold
from licet.evidence.coverage.completeness import Plan
from licet.evidence.coverage.labels import judge_next
from licet.evidence.coverage.mending import AGAIN, OF_BUDGET, OF_JUDGES, ORDER, UNSOUND, missing_tries, settled
from licet.evidence.sayings import counted
from licet.evidence.threshold.clearing import clearing
from licet.evidence.threshold.measured import Measured
from licet.evidence.trials.correction import Correction
from licet.evidence.trials.runs import Run, runs_of
from licet.evidence.trials.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """What is known when the next measurement is looked for."""

    threshold: Threshold
    verdict: Reached
    coverage: Coverage
    found: tuple[Measured, ...]
    plan: Plan
    about: Table
    correction: Correction

    @property
    def runs(self) -> list[Run]:
        """Every run that was intended, those without a trial too."""
        return [runs_of(self.about, each.suite, each.arm) for each in self.plan.intended]


def next_measurement(known: Open) -> Measurement | None:
    """What to measure next; None where nothing is open."""
    match known.verdict:
        case Reached.REACHED | Reached.NOT_REACHED:
            return None
        case Reached.CANNOT_RULE_OUT:
            return clearing(known.threshold, known.found, known.correction)
        case Reached.INSUFFICIENT:
            return mending(known)
        case _:
            assert_never(known.verdict)


def mending(known: Open) -> Measurement:
    """What closes the first gap, in the order in which closing them makes sense; it names what then stays open."""
    gaps = {hole.gap for hole in known.coverage.holes}
    finds = {UNSOUND: unsound, AGAIN: run_missing, OF_JUDGES: validate, OF_BUDGET: spend}
    for of in ORDER:
        mended = [gap for gap in of if gap in gaps]
        if mended:
            measurement = finds[of](known)
            left = sorted(gaps - set(mended))
            return Measurement(
                measurement.arm, measurement.more, measurement.what, measurement.assuming, settled(mended, left)
            )
    return Measurement("", None, "run the suites that the threshold names, in full")


def unsound(known: Open) -> Measurement:
    """Logs and items as they should be; where they are lost, the run again."""
    arms = dict.fromkeys(hole.arm for hole in known.coverage.holes if hole.gap in UNSOUND and hole.arm)
    what = (
        "find the logs as they were made, with the manifest, judge and scale that the threshold names, or run it again"
    )
    again = sum(each.intended for each in known.coverage.arms if each.arm in arms or not arms)
    return Measurement(", ".join(arms), again or None, what)


def run_missing(known: Open) -> Measurement:
    """The trials that are missing or came to nothing, over all arms."""
    missing = {run: missing_tries(run) for run in known.runs}
    arms = ", ".join(dict.fromkeys(run.arm for run, tries in missing.items() if tries and run.arm))
    total = sum(missing.values())
    if not total:
        left = sorted({hole.arm for hole in known.coverage.holes if hole.gap in AGAIN and hole.arm})
        return Measurement(", ".join(left), None, "measure nothing more: judge again with the arms that were left out")
    suites = ", ".join(dict.fromkeys(f"`{run.suite.name}`" for run, tries in missing.items() if tries))
    return Measurement(
        arms, total, f"run the {counted(total, 'trial')} of {suites} that are missing or came to nothing"
    )


def validate(known: Open) -> Measurement:
    """Labels for the judge, or another judge."""
    return judge_next(known.threshold.judge, known.correction.quality)


def spend(known: Open) -> Measurement:
    """The rest of the budget; more than that, where the score was still rising."""
    arms = ", ".join(dict.fromkeys(run.arm for run in known.runs if run.arm))
    gaps = {hole.gap for hole in known.coverage.holes}
    if Gap.STILL_RISING in gaps:
        tries = sum(len(run.suite.items) for run in known.runs)
        what = "try every item again with twice the budget, until the score no longer rises"
        return Measurement(arms, tries, what)
    left = [
        (each.what, each.declared - (each.spent or 0))
        for each in known.coverage.budget
        if short(each.spent, each.declared)
    ]
    rest = ", ".join(f"{amount:,g} {what}" for what, amount in left)
    return Measurement(
        arms, max(trials_for(known, left), default=None), f"spend the rest of the declared budget: {rest}"
    )


def short(spent: float | None, declared: float) -> bool:
    """Whether a part of the budget was not spent."""
    return spent is None or spent < declared


def trials_for(known: Open, left: Iterable[tuple[str, float]]) -> Iterator[int]:
    """How many trials would spend what is left of the budget, by what trials used so far."""
    trials = sum(len(run.table) for run in known.runs)
    used = {each.what: each.spent or 0.0 for each in known.coverage.budget}
    for what, amount in left:
        if what == "tries":
            yield int(np.ceil(amount))
        elif what == "tokens" and used[what] > 0:
            yield int(np.ceil(amount * trials / used[what]))
