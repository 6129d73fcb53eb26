"""Rates, intervals and differences as they are written wherever a judgement is shown."""

from __future__ import annotations

from licet.core.evidence.estimate import Comparison, Estimate, Interval, Sides, Told

MINUS, DASH = "\N{MINUS SIGN}", "\N{EN DASH}"


def number(share: float) -> str:
    """A share in per cent without the sign, never rounded to none or to all of it: `0.0019`, `88.3`, `99.98`."""
    per_cent = 100 * share
    if share in (0, 1):
        return f"{per_cent:.0f}"
    if 0 < share < 0.001:
        return f"{per_cent:.2g}" if per_cent >= 0.0001 else f"{per_cent:.1e}"
    if 0.9995 <= share < 1:
        digits = 1
        while f"{per_cent:.{digits}f}" == f"{100:.{digits}f}":
            digits += 1
        return f"{per_cent:.{digits}f}"
    return f"{per_cent:.1f}".removesuffix(".0")


def percent(share: float) -> str:
    """A share in per cent: `4.9 %`."""
    return f"{number(share)} %"


def signed(difference: float) -> str:
    """A difference of shares in percentage points, with its sign: `+77.0`."""
    points = f"{abs(100 * difference):.1f}"
    if float(points) == 0:
        return "0.0"
    return f"{'+' if difference > 0 else MINUS}{points}"


def margin_of(margin: float) -> str:
    """A margin in percentage points: `10`, `2.5`."""
    return f"{abs(100 * margin):.1f}".removesuffix(".0")


def spanned(interval: Interval) -> str:
    """An interval of a share: `81.2 to 93.5 %`, with a dash; of one side: `at most 4.9 %`."""
    match interval.sides:
        case Sides.UPPER:
            return f"at most {percent(interval.high)}"
        case Sides.LOWER:
            return f"at least {percent(interval.low)}"
        case Sides.BOTH:
            return f"{number(interval.low)}{DASH}{percent(interval.high)}"


def spanned_points(interval: Interval) -> str:
    """An interval of a difference, in percentage points: `+64.0 to +86.0`."""
    match interval.sides:
        case Sides.UPPER:
            return f"at most {signed(interval.high)}"
        case Sides.LOWER:
            return f"at least {signed(interval.low)}"
        case Sides.BOTH:
            return f"{signed(interval.low)} to {signed(interval.high)}"


def counted(estimate: Estimate) -> str:
    """What an estimate rests on: `106 of 120`, or `120 trials`; with its groups, where the trials make fewer."""
    base = f"{estimate.n:,} trials" if estimate.hits is None else f"{estimate.hits:,} of {estimate.n:,}"
    if estimate.clusters is None or estimate.clusters == estimate.n:
        return base
    return f"{base} in {estimate.clusters:,} groups"


def rated(estimate: Estimate) -> str:
    """A rate in a sentence: `88.3 % (exact interval; 106 of 120)`."""
    return f"{percent(estimate.value)} ({spanned(estimate.interval)}; {counted(estimate)})"


def stated(estimate: Estimate) -> str:
    """The same by itself, with what it is about: `88.3 % (81.2 to 93.5 %; 106 of 120), about these items`."""
    return f"{rated(estimate)}, about {estimate.estimand.value}"


def how(interval: Interval) -> str:
    """How an interval was come by: `Clopper-Pearson, 95 %, upper bound`."""
    sides = "" if interval.sides is Sides.BOTH else f", {interval.sides.value}"
    return f"{interval.method}, {percent(interval.level)}{sides}"


TOLD = {
    Told.MORE: "more",
    Told.LESS: "less",
    Told.EQUIVALENT: "the same, within the margin",
    Told.NOT_INFERIOR: "not worse than the margin allows",
    Told.INFERIOR: "worse by more than the margin",
    Told.UNDECIDED: "undecided",
}


def told(comparison: Comparison) -> str:
    """What a comparison tells, in words."""
    return TOLD[comparison.told]


def compared(comparison: Comparison) -> str:
    """A difference in a sentence: `+77.0 points (+64.0 to +86.0): shown to be more`."""
    difference = comparison.difference
    shown = "shown to be " if comparison.told in (Told.MORE, Told.LESS) else ""
    return f"{signed(difference.value)} points ({spanned_points(difference.interval)}): {shown}{told(comparison)}"


def tested(comparison: Comparison) -> str:
    """By which test and with which p-value: `McNemar exact, p = 0.0004`."""
    if comparison.p is None:
        return comparison.test
    return f"{comparison.test}, p {'< 0.0001' if comparison.p < 0.0001 else f'= {comparison.p:.2g}'}"
