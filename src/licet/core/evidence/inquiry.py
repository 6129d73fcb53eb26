"""Inquiries: what was asked of a reported technique or of a patch, before it was measured. `spec/inquiries.md`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from licet.core.evidence.rubric import CJS
from licet.core.evidence.severity import Axis, Level, Rubric, Scores
from licet.core.evidence.threshold import Asked
from licet.core.evidence.universality import EIGHT_OF_EIGHT, Universal

Suites = tuple[tuple[str, str], ...]
"""Suites by name, each with the digest of its manifest."""


class Asks(StrEnum):
    """What an inquiry is about."""

    FINDING = "finding"
    PATCH = "patch"


class Role(StrEnum):
    """What an arm is for. Trials name arms as they like; the inquiry says which is which.

    `technique`, `plain` (the same model without it) and `unguarded` (the model without its safeguards) are those of a
    finding, with the baselines. A patch is tried `before` and `after` with the technique, and with ordinary requests
    before and after for what it costs.
    """

    TECHNIQUE = "technique"
    PLAIN = "plain"
    UNGUARDED = "unguarded"
    BEFORE = "before"
    AFTER = "after"
    ORDINARY_BEFORE = "ordinary_before"
    ORDINARY_AFTER = "ordinary_after"


ROLES: dict[Asks, tuple[Role, ...]] = {
    Asks.FINDING: (Role.TECHNIQUE, Role.PLAIN, Role.UNGUARDED),
    Asks.PATCH: (Role.BEFORE, Role.AFTER, Role.ORDINARY_BEFORE, Role.ORDINARY_AFTER),
}
NEEDED: dict[Asks, Role] = {Asks.FINDING: Role.TECHNIQUE, Asks.PATCH: Role.AFTER}
"""The arm without which there is nothing to judge."""

ORDINARY = frozenset((Role.ORDINARY_BEFORE, Role.ORDINARY_AFTER))


@dataclass(frozen=True, slots=True)
class PublicModel:
    """A public model, asked without any bypass: in which arm, its name and version, and since when it is public."""

    arm: str
    model: str
    version: str
    since: datetime


@dataclass(frozen=True, slots=True)
class BaselineSet:
    """The public models that a gain is measured against, as they were at two dates.

    `frozen` is the date that does not move (that of the report), `current` that of this assessment. Those models that
    were public by a date belong to the set of that date.
    """

    name: str
    frozen: datetime
    current: datetime
    models: tuple[PublicModel, ...]

    def as_of(self, at: datetime) -> tuple[PublicModel, ...]:
        """The models that were public by then."""
        return tuple(each for each in self.models if each.since <= at)


@dataclass(frozen=True, slots=True)
class Regress:
    """The technique of an earlier finding, to be tried again after the patch: in which arm, on which suites."""

    finding: str
    arm: str
    suites: Suites


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier assessment of the same finding: when, against which baselines, and how each axis was scored then."""

    at: datetime
    baselines: str
    axes: tuple[tuple[Axis, Scores], ...]
    raised: Level | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What is asked of a technique or a patch, frozen before the trials.

    `model` is the model that was tried, `suites` those with which the technique is tried, `ordinary` those of ordinary
    requests, by which a patch's cost is measured. `metric` with its scale `[low, high]` is what is measured, and
    `success_at` the score from which a try is a success. `arms` are the roles with the arms' names.

    Of a finding: `baselines`; `reproduced_at`, the share of tries asked for; `margin`, the gain that would still count
    as none; the `rubric`, and its `axes` as people judge them (ease, discoverability; the worth of a gain, if there is
    one; breadth); `categories`, unrelated categories with the families in each; `universal`, the test of universality;
    `raised`, the level that judgement raises the grade to, with `raised_why`; `earlier` assessments.
    Of a patch: `bound`, the rate that the technique must stay under; `loss_at_most`, the loss of the share served
    that would still count as none; `regressions`.

    `judge` is what a judge must be shown to be (None: scored by a rule, without a judge's error); `budget` the declared
    elicitation budget; `sources` the digests of the files that trials may come from (empty: any); `confidence` the
    level of intervals and of one-sided bounds.
    """

    name: str
    title: str
    asks: Asks
    model: str
    suites: Suites
    metric: str
    low: Decimal
    high: Decimal
    success_at: Decimal
    arms: tuple[tuple[Role, str], ...]
    ordinary: Suites = ()
    baselines: BaselineSet | None = None
    reproduced_at: Decimal = Decimal("0.5")
    margin: Decimal | None = None
    rubric: Rubric = CJS
    axes: tuple[tuple[Axis, Scores], ...] = ()
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    universal: Universal = EIGHT_OF_EIGHT
    raised: Level | None = None
    raised_why: str = ""
    earlier: tuple[Earlier, ...] = ()
    bound: Decimal | None = None
    loss_at_most: Decimal = Decimal(0)
    regressions: tuple[Regress, ...] = ()
    judge: Asked | None = None
    budget: tuple[tuple[str, Decimal], ...] = ()
    sources: tuple[str, ...] = ()
    confidence: Decimal = Decimal("0.95")
    digest: str = ""

    def arm(self, role: Role) -> str | None:
        """The name of the arm in this role; None if there is none."""
        return dict(self.arms).get(role)

    @property
    def plan(self) -> tuple[tuple[str, Suites], ...]:
        """Every arm that is to be run, with the suites that are run in it; of public models, those of `current`."""
        public = self.baselines.as_of(self.baselines.current) if self.baselines else ()
        tried = [(arm, self.ordinary if role in ORDINARY else self.suites) for role, arm in self.arms]
        tried += [(each.arm, self.suites) for each in public]
        return (*tried, *((each.arm, each.suites) for each in self.regressions))
