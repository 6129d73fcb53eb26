"""Rates, counts and runs as the sentences of a judgement write them."""

from __future__ import annotations

from licet.core.evidence.estimate import Estimand, Estimate
from licet.evidence.trials.runs import Run


def percent(share: float) -> str:
    """A share, to three figures; what is less than a thousandth of a percent and not nothing is said to be that."""
    return "under 0.001 %" if 0 < share < 1e-5 else f"{100 * share:.3g} %"


def span(estimate: Estimate) -> str:
    """A rate with its bounds."""
    return f"{percent(estimate.value)} ({percent(estimate.interval.low)} to {percent(estimate.interval.high)})"


def points(difference: float) -> str:
    """A difference of shares in percentage points, to three figures, with its sign."""
    figures = f"{100 * abs(difference):.3g}"
    sign = "" if float(figures) == 0 else "+" if difference > 0 else "\N{MINUS SIGN}"
    return f"{sign}{figures}"


def span_of_points(difference: Estimate) -> str:
    """A difference with its bounds: percentage points are no per cent of anything."""
    interval = difference.interval
    return f"{points(difference.value)} points ({points(interval.low)} to {points(interval.high)})"


def run_named(run: Run) -> str:
    """A suite in an arm."""
    return f"`{run.suite.name}` in arm `{run.arm}`" if run.arm else f"`{run.suite.name}`"


def counted(number: int, one: str, many: str | None = None) -> str:
    """So many of something: `1 trial`, `2,000 trials`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def tries(estimate: Estimate) -> str:
    """A rate as it was counted."""
    of = counted(estimate.n, "try", "tries")
    if estimate.clusters not in (None, estimate.n):
        group = ("family", "families") if estimate.estimand is Estimand.POPULATION else ("item", "items")
        of += f" of {counted(estimate.clusters or 0, *group)}"
    return f"{estimate.hits:,} of {of}, {span(estimate)}" if estimate.hits is not None else f"{span(estimate)} of {of}"
