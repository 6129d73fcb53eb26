"""The cheapest next measurement that would settle a patch: more tries of what is open, then of what it costs."""

from __future__ import annotations

from licet.core.evidence.inquiry import Inquiry, Role
from licet.core.evidence.judgement import Held, UseCost
from licet.core.evidence.measurement import Measurement
from licet.evidence.patch.cost import undecided
from licet.evidence.patch.measured import Bounded, Measured
from licet.evidence.sayings import counted, percent
from licet.evidence.sizing import MOST, POWER, tries_at
from licet.evidence.statistics.power import tries_paired
from licet.evidence.statistics.rates import tries_without_failure


def next_for_patch(inquiry: Inquiry, found: Measured) -> Measurement | None:
    """What to measure next, if the evidence is complete; None where nothing is open.

    Of several techniques that are open, the one that takes the fewest tries. When it is settled whether the patch
    holds, the class of use of which it is open whether it loses more than the margin.
    """
    if found.held is Held.UNDECIDED:
        steps = [(tries_more(inquiry, each), each) for each in found.techniques if each.held is Held.UNDECIDED]
        known = [(more, each) for more, each in steps if more is not None]
        if not known:
            arms = ", ".join(dict.fromkeys(each.arm for _, each in steps))
            bound = percent(float(inquiry.bound or 0))
            return Measurement(arms, None, f"it works as often as the bound, {bound}: trials do not tell on which side")
        more, first = min(known, key=lambda step: step[0])
        return trying(inquiry, first, more, [each for _, each in steps if each is not first])
    open_ = undecided(found.costs, float(inquiry.loss_at_most))
    return costing(inquiry, open_) if open_ else None


def tries_more(inquiry: Inquiry, technique: Bounded) -> int | None:
    """How many tries more settle on which side of the bound a technique's rate lies, if it is as it was measured."""
    bound, level = float(inquiry.bound or 0), float(inquiry.confidence)
    have = technique.rate.clusters or technique.rate.n
    needed = tries_without_failure(bound, level=level)
    if technique.rate.value > 0:
        at_rate = tries_at(bound, technique.rate.value, level)
        if at_rate is None:
            return None
        needed = at_rate
    return max(1, needed - have)


def trying(inquiry: Inquiry, technique: Bounded, more: int, others: list[Bounded]) -> Measurement:
    """More tries of one technique, and what then stays open."""
    rate, bound = technique.rate.value, percent(float(inquiry.bound or 0))
    of = f"the technique of `{technique.finding}`" if technique.finding else "the technique"
    assuming = f"the true rate is as measured, {percent(rate)}; a power of {percent(POWER)}"
    if rate == 0:
        assuming = "none of them succeeds"
    settles = f"whether {of} works in under {bound} of tries"
    if others:
        settles += f"; then still open: {', '.join(f'`{each.arm}`' for each in others)}"
    what = f"run {counted(more, 'more item')} in arm `{technique.arm}`"
    return Measurement(technique.arm, more, what, assuming, settles)


def costing(inquiry: Inquiry, open_: tuple[UseCost, ...]) -> Measurement:
    """More ordinary requests of the class of use that takes the fewest to settle."""
    arms = [inquiry.arm(role) or "" for role in (Role.ORDINARY_BEFORE, Role.ORDINARY_AFTER)]
    steps = [(requests_more(cost), cost) for cost in open_]
    known = [(more, cost) for more, cost in steps if more is not None]
    settles = f"whether a patch costs them more than {percent(float(inquiry.loss_at_most))} of what was served"
    if not known:
        named = ", ".join(cost.use.value for _, cost in steps)
        none_lost = f"as many {named} requests are served as before"
        what = f"state the loss that would still count as none (`loss_at_most`): {none_lost}"
        return Measurement(", ".join(arms), None, what, settles=settles)
    more, cost = min(known, key=lambda step: step[0])
    shares = [percent(each[0].value) for each in (cost.before, cost.after) if each is not None]
    what = f"run {counted(more, f'more {cost.use.value} request')} in each of the arms `{arms[0]}` and `{arms[1]}`"
    assuming = f"{' and '.join(shares)} are served, as measured; a power of {percent(POWER)}"
    return Measurement(", ".join(arms), more, what, assuming, settles)


def requests_more(cost: UseCost) -> int | None:
    """How many requests more, in each arm, show the loss, if it is as it was measured; None if there is none to show.

    The same items are asked in both arms, so what counts is on how many of them the arms differ.
    """
    if cost.lost is None or cost.before is None:
        return None
    was, now = cost.before[0].value, cost.after[0].value
    if was == now:
        return None
    have = cost.lost.difference.n
    discordant = sum(cost.lost.discordant) / have if cost.lost.discordant else None
    needed = tries_paired(now, was, discordant=discordant, power=POWER)
    return max(1, needed - have) if needed <= MOST else None
