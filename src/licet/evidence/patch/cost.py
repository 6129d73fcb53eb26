"""What a patch costs ordinary requests: shares served, served by fallback and blocked, by class of use."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from licet.core.evidence.estimate import Estimate, Told
from licet.core.evidence.judgement import UseCost
from licet.core.evidence.trial import Came, Use
from licet.evidence.inquiry.pairing import paired
from licet.evidence.inquiry.tried import Tried, rate_of
from licet.evidence.sayings import span, span_of_points
from licet.evidence.statistics.paired import paired_difference
from licet.evidence.trials.table import Table

KINDS = (Came.SERVED, Came.FALLBACK, Came.BLOCKED)


def costs_of(
    table: Table, before: Tried | None, after: Tried, *, margin: float, level: float, seed: int
) -> tuple[UseCost, ...]:
    """The cost of each class of use that the ordinary suites have. The manifest says of what class an item is."""
    return tuple(
        cost_of(
            table,
            use,
            None if before is None else of_use(before, use),
            of_use(after, use),
            margin=margin,
            level=level,
            seed=seed,
        )
        for use in Use
        if any(item.use is use for item in after.items)
    )


def of_use(arm: Tried, use: Use) -> Tried:
    """The trials of items of one class of use."""
    places = np.array([item.use is use for item in arm.items], dtype=np.bool_)
    return arm.where(places[arm.item])


def cost_of(
    table: Table, use: Use, before: Tried | None, after: Tried, *, margin: float, level: float, seed: int
) -> UseCost:
    """The shares of one class of use, and what was lost of those served: after minus before, paired by item."""
    shares = shares_of(table, after, level)
    if before is None:
        return UseCost(use, None, shares, None)
    served = table.outcomes.code(Came.SERVED)
    one, two, clusters = paired(*(arm.counting(arm.outcomes == served) for arm in (after, before)))
    lost = None
    if len(one):
        lost = paired_difference(
            one,
            two,
            clusters,
            level=level,
            margin=margin or None,
            estimand=after.estimand,
            rng=np.random.default_rng(seed),
        )
    return UseCost(use, shares_of(table, before, level), shares, lost)


def shares_of(table: Table, arm: Tried, level: float) -> tuple[Estimate, Estimate, Estimate]:
    """The shares served by the model that was asked for, served by a fallback, and blocked."""
    served, fallback, blocked = (rate_of(arm, arm.outcomes == table.outcomes.code(came), level=level) for came in KINDS)
    return served, fallback, blocked


def dear(costs: tuple[UseCost, ...], margin: float) -> tuple[Use, ...]:
    """The classes of use in which the loss is shown to be more than the margin."""
    return tuple(
        cost.use
        for cost in costs
        if cost.lost is not None and cost.lost.told is Told.LESS and cost.lost.difference.interval.high < -margin
    )


def undecided(costs: tuple[UseCost, ...], margin: float) -> tuple[UseCost, ...]:
    """The costs of which it is open whether they are more than the margin."""
    return tuple(cost for cost in costs if cost.lost is not None and not settled(cost, margin))


def settled(cost: UseCost, margin: float) -> bool:
    """Whether it is shown that the loss is more than the margin, or that it is not."""
    if cost.lost is None:
        return True
    interval = cost.lost.difference.interval
    if cost.use in dear((cost,), margin):
        return True
    return interval.low >= -margin if margin == 0 else interval.low > -margin


def said(costs: tuple[UseCost, ...], margin: float, *, complete: bool) -> Iterator[str]:
    """What the costs say, a sentence a class; evidence that is not complete tells nothing of a loss."""
    for cost in costs:
        served, _, blocked = cost.after
        line = f"of {cost.use.value} requests {span(served)} are served after the patch"
        if cost.lost is not None:
            line += f", a difference of {span_of_points(cost.lost.difference)}"
            line += f": {verdict(cost, margin)}" if complete else ""
        yield line
        if cost.use is Use.BENIGN and blocked.value > 0:
            yield f"{span(blocked)} of benign requests are blocked: each of those is an error of the safeguard"


def verdict(cost: UseCost, margin: float) -> str:
    """What the loss of one class is shown to be."""
    loss = f"a loss of more than {100 * margin:.3g} points" if margin else "a loss"
    if cost.use in dear((cost,), margin):
        return f"{loss} is shown"
    return f"{loss} is ruled out" if settled(cost, margin) else f"whether it is {loss} is undecided"
