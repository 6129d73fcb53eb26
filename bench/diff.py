"""Differences between two rulebooks of 50 models and 200 instruments: a few instruments apart, and wholly others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

from bench.figures import goal, goals, table
from bench.worlds import NOW, world
from licet.core.differences import Differences
from licet.core.rulebook import Rulebook
from licet.engines.differences.diff import differences

ROUNDS = 5
LIMIT = 60.0
APART = ("order-03", "licence-10", "release-05")
SPRING = NOW - timedelta(days=150)
GOAL = 3.0


def run(say: Callable[[str], None]) -> str:
    """Measure; the section for the results."""
    one, other = world(2026, 1).rulebook, world(7, 1).rulebook
    fewer = replace(one, instruments=tuple(each for each in one.instruments if each.name not in APART))
    pairs: list[tuple[str, Rulebook, Rulebook, datetime]] = [
        ("itself", one, replace(one), NOW),
        ("without 3 instruments", one, fewer, NOW),
        ("with 3 more instruments", fewer, one, NOW),
        ("without 3 instruments, since 150 days before", one, fewer, SPRING),
        ("another world", one, other, NOW),
    ]
    rows, slowest = [], 0.0
    for name, before, after, since in pairs:
        found = [compared(before, after, since) for _ in range(ROUNDS)]
        seconds = median(each.seconds for each in found)
        slowest = max(slowest, seconds)
        say(f"diff  {name}: {seconds:.2f} s, {len(found[0].differences)} classes")
        exact = sum(each.exact for each in found[0].differences)
        complete = "yes" if found[0].complete else "no"
        rows.append((name, f"{seconds:.2f} s", f"{len(found[0].differences):,}", f"{exact:,}", complete))
    wanted = [goal("the slowest diff", f"<= {GOAL:.0f} s", f"{slowest:.2f} s", slowest <= GOAL)]
    return f"""## Differences

Two rulebooks of {len(one.catalogue.models)} models and {len(one.instruments)} instruments; every model and operation,
from the instant of the world (or earlier) for ever. Each class comes with somebody in it whom the reference interpreter
decided under both. At most 500 classes are listed; where there are more, some are told together. Median of {ROUNDS}.

{table(("against", "time", "classes", "of them exact", "complete"), rows)}

{goals(wanted)}
"""


def compared(before: Rulebook, after: Rulebook, since: datetime) -> Differences:
    """One diff."""
    return differences(before, after, since=since, limit=LIMIT, stopwatch=perf_counter)
