"""What an inquiry intends, as a plan that coverage is measured against, and what of it is not at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from licet.core.evidence.coverage import Coverage, Gap, Hole
from licet.core.evidence.inquiry import ORDINARY, Inquiry, Role
from licet.core.evidence.judgement import JudgeQuality
from licet.core.evidence.suite import Suite
from licet.core.evidence.trial import Source, Trial
from licet.evidence.coverage.completeness import Intended, Plan, coverage_of
from licet.evidence.coverage.gaps import MOST_NAMED
from licet.evidence.coverage.rising import holes_of_rise, rise
from licet.evidence.trials.models import of_model
from licet.evidence.trials.runs import runs_of
from licet.evidence.trials.table import Mask, Table, table_of

TECHNIQUES = (Role.TECHNIQUE, Role.AFTER)
"""The roles in which the technique is tried against what the inquiry asks."""


@dataclass(frozen=True, slots=True, eq=False)
class Inquired:
    """An inquiry with its trials: the table, the suites that it pins and that are at hand, and the coverage."""

    inquiry: Inquiry
    table: Table
    suites: Mapping[str, Suite]
    coverage: Coverage

    @property
    def pinned(self) -> tuple[tuple[str, str], ...]:
        """The digests of the suites' manifests, by name, as judgements name them."""
        return tuple(sorted({pair for _, suites in self.inquiry.plan for pair in suites}))

    def of(self, names: Iterable[tuple[str, str]]) -> tuple[Suite, ...]:
        """Those of these suites that are at hand."""
        return tuple(self.suites[name] for name, _ in names if name in self.suites)


def inquired(
    inquiry: Inquiry,
    suites: Iterable[Suite],
    trials: Table | Iterable[Trial],
    sources: Iterable[Source],
    quality: JudgeQuality | None,
    spent: Mapping[str, float] | None,
    found: Iterable[Hole],
) -> Inquired:
    """The trials of an inquiry as a table, and what they cover of what it intends.

    A suite counts only with the manifest that the inquiry pins by digest, and a file only if the inquiry pins it,
    where it pins any.
    """
    whole = trials if isinstance(trials, Table) else table_of(trials)
    other = of_another(inquiry, whole)
    table, known = whole.where(~other), tuple(sources)
    pinned = dict(pair for _, each in inquiry.plan for pair in each)
    given = {(suite.name, suite.digest): suite for suite in suites}
    at_hand = {name: given[name, digest] for name, digest in pinned.items() if (name, digest) in given}
    holes = (*found, *not_at_hand(pinned, given), *not_pinned(inquiry, known), *said_of(inquiry, whole.where(other)))
    plan = plan_of(inquiry, at_hand)
    covered = coverage_of(table, plan, whole=whole, sources=known, quality=quality, spent=spent, found=holes)
    return Inquired(inquiry, table, at_hand, rising_of(inquiry, plan, table, covered))


def of_another(inquiry: Inquiry, table: Table) -> Mask:
    """Which trials of the model's own arms asked another model; they do not count.

    The model without its safeguards, and the public models, go by names of their own.
    """
    own = np.zeros(len(table), dtype=np.bool_)
    for role, arm in inquiry.arms:
        own |= table.arms.equal(arm) if role is not Role.UNGUARDED else False
    return own & ~of_model(table, inquiry.model)


def said_of(inquiry: Inquiry, other: Table) -> Iterator[Hole]:
    """A hole for each arm in which trials of another model were found."""
    for arm in other.arms.present:
        here = other.arm(arm)
        named = ", ".join(f"`{name}`" for name in here.models.present)
        said = f"{len(here)} trials of arm `{arm}` are of {named}, not of `{inquiry.model}`: they do not count"
        yield Hole(Gap.ARM_MISSING, said, arm, here.items[:MOST_NAMED], len(here))


def rising_of(inquiry: Inquiry, plan: Plan, table: Table, covered: Coverage) -> Coverage:
    """The coverage, with the rise over tries of the techniques alone.

    That a technique works more often with each try makes its rate a lower bound; what the arms that it is compared
    with do with each try says nothing of that.
    """
    arms = {arm for role, arm in inquiry.arms if role in TECHNIQUES} | {each.arm for each in inquiry.regressions}
    runs = [runs_of(table, each.suite, each.arm) for each in plan.intended if each.scored and each.arm in arms]
    rising = rise(runs, one_capability=False)
    holes = [hole for hole in covered.holes if hole.gap is not Gap.STILL_RISING]
    return replace(covered, rising=rising, holes=(*holes, *holes_of_rise(rising)))


def plan_of(inquiry: Inquiry, suites: Mapping[str, Suite]) -> Plan:
    """Every arm with its suites; in the arms of ordinary requests only what came of a trial matters."""
    ordinary = {(arm, name) for role, arm in inquiry.arms if role in ORDINARY for name, _ in inquiry.ordinary}
    intended = [
        Intended(suites[name], arm, scored=(arm, name) not in ordinary)
        for arm, wanted in inquiry.plan
        for name, _ in wanted
        if name in suites
    ]
    return Plan(
        intended=tuple(intended),
        metric=inquiry.metric,
        low=float(inquiry.low),
        high=float(inquiry.high),
        judge=inquiry.judge,
        budget=inquiry.budget,
    )


def not_at_hand(pinned: Mapping[str, str], given: Collection[tuple[str, str]]) -> Iterator[Hole]:
    """Suites whose manifest is not here, or is another than the inquiry pins."""
    others = dict(given)
    for name, digest in pinned.items():
        if (name, digest) in given:
            continue
        other = f"the one given has the digest `{others[name]}`" if name in others else "none was given"
        said = f"there is no manifest of `{name}` with the digest `{digest}` that the inquiry names; {other}"
        yield Hole(Gap.ITEMS_CHANGED, said)


def not_pinned(inquiry: Inquiry, sources: tuple[Source, ...]) -> Iterator[Hole]:
    """Files that the inquiry does not pin, where it pins any, and pinned ones that are not here."""
    if not inquiry.sources:
        return
    for source in sources:
        if source.digest not in inquiry.sources:
            yield Hole(
                Gap.LOG_CHANGED, f"`{source.file}` has the digest `{source.digest}`, which the inquiry does not pin"
            )
    for digest in sorted(set(inquiry.sources) - {source.digest for source in sources}):
        yield Hole(Gap.LOG_INCOMPLETE, f"the file with the digest `{digest}`, which the inquiry pins, is not at hand")
