"""Coverage: what was intended against what was run. `spec/suites.md` says of each gap when there is one.

What was intended is a `Plan`, made before anybody looks at a score: which suites in which arms, on which metric, with
which judge and budget. What is missing is named; nothing is filled in and nothing left out of the count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from licet.core.evidence.coverage import Counts, Coverage, Hole
from licet.core.evidence.judgement import JudgeQuality
from licet.core.evidence.suite import Suite
from licet.core.evidence.threshold import Asked
from licet.core.evidence.trial import Came, Source
from licet.evidence.coverage.budget import budget_spent, unspent
from licet.evidence.coverage.gaps import gaps
from licet.evidence.coverage.judges import holes_of_judges
from licet.evidence.coverage.origins import holes_of_sources, retries
from licet.evidence.coverage.rising import holes_of_rise, rise
from licet.evidence.statistics.rates import detectable
from licet.evidence.trials.runs import Run, runs_of
from licet.evidence.trials.table import Table


@dataclass(frozen=True, slots=True)
class Intended:
    """One suite that is to be run in one arm.

    `scored` is False where only what came of a trial matters, served or not: then nobody has to score it.
    """

    suite: Suite
    arm: str
    scored: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was intended. `metric` with its scale is what scores are on, `judge` what is asked of the judge.

    `budget` is the declared elicitation budget by name. `one_capability` says that all arms try to bring out the same
    thing, so that a rise from an arm of small budget to one of large budget is a rise with budget; the arms of an
    inquiry differ in what they are, and are not compared so.
    """

    intended: tuple[Intended, ...]
    metric: str
    low: float
    high: float
    judge: Asked | None = None
    budget: tuple[tuple[str, Decimal], ...] = ()
    one_capability: bool = False


def coverage_of(
    table: Table,
    plan: Plan,
    *,
    whole: Table | None = None,
    sources: Iterable[Source] = (),
    quality: JudgeQuality | None = None,
    spent: Mapping[str, float] | None = None,
    found: Iterable[Hole] = (),
) -> Coverage:
    """What the trials cover of a plan.

    `sources` are the files that all trials of the table came from, or all of `whole` where the table is a part of it,
    and `found` what their readers missed in them. `spent` says what was spent of the budget where trials do not tell
    (hours). `quality` is the judge's, if somebody measured it. Trials of other suites and arms than the plan's are
    looked at only to see that no source lost any.
    """
    known = tuple(sources)
    runs = [runs_of(table, each.suite, each.arm, scored=each.scored) for each in plan.intended]
    scored = [run for run in runs if run.scored]
    rising = rise(scored, one_capability=plan.one_capability)
    budget = budget_spent(plan.budget, runs, spent or {})
    holes = [
        *found,
        *(hole for run in runs for hole in gaps(run, plan.metric, plan.low, plan.high)),
        *holes_of_judges(scored, plan.judge, quality),
        *unspent(budget),
        *holes_of_rise(rising),
        *holes_of_sources(table if whole is None else whole, known),
    ]
    return Coverage(
        arms=counts(runs, table, known),
        holes=tuple(dict.fromkeys(holes)),
        budget=budget,
        detectable=smallest_found(scored or runs, quality),
        rising=rising,
    )


def counts(runs: list[Run], table: Table, sources: tuple[Source, ...]) -> tuple[Counts, ...]:
    """The figures of each arm, over its suites, in the order of the plan."""
    again = retries(table, sources)
    return tuple(
        figures(arm, [run for run in runs if run.arm == arm], again.get(arm, 0))
        for arm in dict.fromkeys(run.arm for run in runs)
    )


def figures(arm: str, runs: list[Run], again: int) -> Counts:
    """The figures of one arm."""
    tables = [run.table for run in runs]
    return Counts(
        arm=arm,
        intended=sum(len(run.suite.items) * run.suite.attempts for run in runs),
        run=sum(map(len, tables)),
        scored=sum(int(table.scored.sum()) for table in tables),
        served=sum(int(table.came(Came.SERVED).sum()) for table in tables),
        fallback=sum(int(table.came(Came.FALLBACK).sum()) for table in tables),
        blocked=sum(int(table.came(Came.BLOCKED).sum()) for table in tables),
        errors=sum(int(run.failed.sum()) for run in runs),
        limits=sum(int(table.limits.given.sum()) for table in tables),
        retries=again,
        invalidated=sum(int(table.reasons.given.sum()) for table in tables),
    )


def smallest_found(runs: list[Run], quality: JudgeQuality | None) -> float | None:
    """The smallest true rate that every run would have found at least once with 95 % probability.

    Tries of one item are not independent, so what is counted is groups: items, or families where the items stand for
    a population. A judge misses successes: the rate is larger by its sensitivity, at the lower end of what is known
    of it. A run of nothing finds nothing, so there is no such rate; neither is there with no run at all.
    """
    groups = [run.groups for run in runs]
    if not groups or min(groups) == 0:
        return None
    seen = quality.sensitivity.interval.low if quality else 1.0
    rate = max(detectable(each) for each in groups)
    return min(1.0, rate / seen) if seen > 0 else 1.0
