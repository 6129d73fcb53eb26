"""A patch as it was measured: how often the technique and each earlier one still work, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from licet.core.evidence.estimate import Estimate, Sides
from licet.core.evidence.inquiry import Inquiry, Role, Suites
from licet.core.evidence.judgement import Held, JudgeQuality, UseCost
from licet.evidence.inquiry.inquired import Inquired
from licet.evidence.inquiry.pairing import telling_nothing
from licet.evidence.inquiry.tried import Tried, bounds_of, rate_of, tried, true_rate
from licet.evidence.patch.cost import costs_of


@dataclass(frozen=True, slots=True)
class Bounded:
    """How often a technique works after the patch: `rate` with its upper bound, `observed` as it was counted.

    `finding` is the earlier finding whose technique it is, empty for the one that is patched. `bounds` are the
    one-sided bounds of the rate, each at the whole confidence.
    """

    finding: str
    arm: str
    rate: Estimate
    observed: Estimate
    bounds: tuple[float, float]
    held: Held


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a patch: the technique after it and before it, the earlier ones, and the cost."""

    after: Bounded
    before: Estimate | None
    earlier: tuple[Bounded, ...]
    costs: tuple[UseCost, ...]

    @property
    def techniques(self) -> tuple[Bounded, ...]:
        """The technique and every earlier one."""
        return (self.after, *self.earlier)

    @property
    def held(self) -> Held:
        """The verdict on the whole: one that fails fails it, one that is open leaves it open."""
        return whole(each.held for each in self.techniques)


def whole(verdicts: Iterable[Held]) -> Held:
    """The verdict on several techniques together."""
    found = set(verdicts)
    for verdict in (Held.INSUFFICIENT, Held.FAILS, Held.UNDECIDED):
        if verdict in found:
            return verdict
    return Held.HOLDS


def measure(known: Inquired, quality: JudgeQuality | None, seed: int) -> Measured:
    """The arms of a patch."""
    inquiry = known.inquiry
    return Measured(
        after=bounded(known, "", inquiry.arm(Role.AFTER) or "", inquiry.suites, quality, seed),
        before=before(known, quality, seed),
        earlier=tuple(
            bounded(known, each.finding, each.arm, each.suites, quality, seed) for each in inquiry.regressions
        ),
        costs=costs(known, seed),
    )


def bounded(
    known: Inquired, finding: str, arm: str, suites: Suites, quality: JudgeQuality | None, seed: int
) -> Bounded:
    """How often a technique works in an arm, against the bound that it must stay under."""
    inquiry, level = known.inquiry, float(known.inquiry.confidence)
    found = tried(known.table, known.of(suites), arm, float(inquiry.success_at))
    observed = rate_of(found, level=level, sides=Sides.UPPER)
    bounds = bounds_of(found, quality, level, seed)
    held = against(inquiry, bounds, complete=known.coverage.complete)
    return Bounded(finding, arm, true_rate(observed, quality, seed), observed, bounds, held)


def against(inquiry: Inquiry, bounds: tuple[float, float], *, complete: bool) -> Held:
    """Whether the rate is shown to be under the bound, or shown not to be."""
    low, high = bounds
    bound = float(inquiry.bound or 0)
    if not complete:
        return Held.INSUFFICIENT
    if high < bound:
        return Held.HOLDS
    return Held.FAILS if low >= bound else Held.UNDECIDED


def before(known: Inquired, quality: JudgeQuality | None, seed: int) -> Estimate | None:
    """How often the technique worked before the patch; None where no arm says."""
    arm = known.inquiry.arm(Role.BEFORE)
    if arm is None:
        return None
    found = tried(known.table, known.of(known.inquiry.suites), arm, float(known.inquiry.success_at))
    return true_rate(rate_of(found, level=float(known.inquiry.confidence)), quality, seed)


def costs(known: Inquired, seed: int) -> tuple[UseCost, ...]:
    """What ordinary requests came to, before and after."""
    inquiry = known.inquiry
    after = ordinary(known, Role.ORDINARY_AFTER)
    if after is None:
        return ()
    margin, level = float(inquiry.loss_at_most), float(inquiry.confidence)
    before = ordinary(known, Role.ORDINARY_BEFORE)
    found = costs_of(known.table, before, after, margin=margin, level=level, seed=seed)
    if known.coverage.complete:
        return found
    return tuple(each if each.lost is None else replace(each, lost=telling_nothing(each.lost)) for each in found)


def ordinary(known: Inquired, role: Role) -> Tried | None:
    """The ordinary requests in an arm: nobody scores them, what came of them counts."""
    arm, inquiry = known.inquiry.arm(role), known.inquiry
    if arm is None:
        return None
    return tried(known.table, known.of(inquiry.ordinary), arm, float(inquiry.success_at), scored=False)
