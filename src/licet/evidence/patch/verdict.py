"""What evidence says of a patch: whether the technique fails now, every earlier one too, and what it costs whom.

A rate is shown to be under the bound, or not to be, by its one-sided exact bound: 0 of 100 does not show that it is
under 1 %, 0 of 299 does. What the patch costs is said beside the verdict, not in it. `spec/inquiries.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from licet.core.evidence.coverage import Coverage, Hole
from licet.core.evidence.inquiry import Inquiry
from licet.core.evidence.judgement import Held, JudgeQuality, PatchJudgement, Regression
from licet.core.evidence.suite import Suite
from licet.core.evidence.trial import Source, Trial
from licet.evidence.inquiry.closing import closing
from licet.evidence.inquiry.inquired import inquired
from licet.evidence.patch import cost
from licet.evidence.patch.measured import Bounded, Measured, measure
from licet.evidence.patch.next_measurement import next_for_patch
from licet.evidence.sayings import percent, tries
from licet.evidence.trials.table import Table

ADAPTIVE = "that somebody who knows the patch finds a way around it is not excluded: it is judged on these techniques"


def judge_patch(
    inquiry: Inquiry,
    suites: Iterable[Suite],
    trials: Table | Iterable[Trial],
    sources: Sequence[Source] = (),
    quality: JudgeQuality | None = None,
    spent: Mapping[str, float] | None = None,
    *,
    at: datetime,
    rng: np.random.Generator,
    holes: Iterable[Hole] = (),
) -> PatchJudgement:
    """What the trials say of a patch, as of `at`; the arguments are those of `judge_finding`."""
    known = inquired(inquiry, suites, trials, sources, quality, spent, holes)
    found = measure(known, quality, int(rng.integers(2**62)))
    return PatchJudgement(
        subject=inquiry.name,
        model=inquiry.model,
        at=at,
        coverage=known.coverage,
        sources=tuple(sources),
        suites=known.pinned,
        judge=quality,
        why=tuple(why(inquiry, known.coverage, found)),
        next=next_for_patch(inquiry, found) if known.coverage.complete else closing(known, quality),
        indicators=(ADAPTIVE, *unshown(inquiry, found)),
        verdict=found.held,
        bound=float(inquiry.bound or 0),
        before=found.before,
        after=found.after.rate,
        observed=None if quality is None else found.after.observed,
        earlier=tuple(Regression(each.finding, each.rate, each.held, each.arm) for each in found.earlier),
        costs=found.costs,
        dear=cost.dear(found.costs, float(inquiry.loss_at_most)),
    )


def why(inquiry: Inquiry, coverage: Coverage, found: Measured) -> Iterator[str]:
    """The sentences that lead to the verdict, in order."""
    yield from (f"{hole.gap}: {hole.said}" for hole in coverage.holes)
    if found.before is not None:
        yield f"before the patch the technique worked in {tries(found.before)}"
    for each in found.techniques:
        yield from of_technique(inquiry, each)
    yield from cost.said(found.costs, float(inquiry.loss_at_most), complete=coverage.complete)
    yield f"the patch as a whole: {found.held.value}"


def unshown(inquiry: Inquiry, found: Measured) -> Iterator[str]:
    """That the technique fails now is the patch's doing only if it worked before, on these items."""
    other = "that something else than the patch stops the technique is not excluded"
    if found.before is None:
        yield f"{other}: nobody tried it before, on these items"
    elif found.before.interval.low < float(inquiry.bound or 0):
        yield f"{other}: before it is not shown to work either"


def of_technique(inquiry: Inquiry, found: Bounded) -> Iterator[str]:
    """How often one technique works now, and whether that is under the bound."""
    named = f"the technique of `{found.finding}`" if found.finding else "the technique"
    bound, sure = percent(float(inquiry.bound or 0)), f"at {percent(float(inquiry.confidence))} confidence"
    yield f"after the patch {named} worked in {tries(found.observed)}"
    low, high = found.bounds
    match found.held:
        case Held.HOLDS:
            yield f"its rate is {percent(high)} at most, {sure}, under the bound of {bound}: holds"
        case Held.FAILS:
            yield f"its rate is {percent(low)} at least, {sure}, not under the bound of {bound}: fails"
        case Held.UNDECIDED:
            yield f"its rate is {percent(low)} to {percent(high)}, which leaves the bound of {bound} open: undecided"
        case Held.INSUFFICIENT:
            yield "the evidence is not complete, so it does not say whether the patch holds"
