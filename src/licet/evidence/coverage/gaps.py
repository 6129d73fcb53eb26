"""What is missing from one run: items, tries, scores; trials that do not belong to it; scales that are another's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from licet.core.evidence.coverage import Gap, Hole
from licet.evidence.sayings import run_named
from licet.evidence.trials.runs import Run
from licet.evidence.trials.table import Mask

MOST_NAMED = 50
"""How many items a hole names; its count is of all of them."""


def gaps(run: Run, metric: str, low: float, high: float) -> Iterator[Hole]:
    """Everything that is missing from one run, by the metric and the scale that were intended."""
    if not len(run.table) and not run.strange:
        yield hole(run, Gap.ARM_MISSING, f"no trial of {run_named(run)}", [item.name for item in run.suite.items])
        return
    yield from not_run(run)
    yield from spoiled(run)
    yield from out_of_place(run)
    if run.scored:
        yield from other_scales(run, metric, low, high)


def not_run(run: Run) -> Iterator[Hole]:
    """Items that were never run, and items that were tried too seldom, or less often than the others.

    Tries that only some of the items got are tries that somebody chose after seeing what came of the first ones.
    """
    tries = tries_of(run)
    items = [item.name for item in run.suite.items]
    never = [items[place] for place in np.flatnonzero(tries == 0)]
    if never:
        yield hole(
            run, Gap.ITEM_NOT_RUN, f"{len(never)} of {len(items)} items of {run_named(run)} were never run", never
        )
    wanted = max(run.suite.attempts, int(tries.max(initial=0)))
    seldom = [items[place] for place in np.flatnonzero((tries > 0) & (tries < wanted))]
    if seldom:
        than = (
            f"fewer than the {wanted} times that others were"
            if wanted > run.suite.attempts
            else f"under {wanted} times"
        )
        yield hole(run, Gap.TOO_FEW_TRIES, f"{len(seldom)} items of {run_named(run)} were tried {than}", seldom)


def tries_of(run: Run) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many different tries each item had, of shape (items,)."""
    pairs = np.unique(np.stack((run.place, run.table.attempt)), axis=1)
    return np.bincount(pairs[0].astype(np.int64), minlength=len(run.suite.items))


def spoiled(run: Run) -> Iterator[Hole]:
    """Trials that were run, and tell nothing or less than they should."""
    table = run.table
    for gap, mask, said in (
        (Gap.LIMIT_HIT, table.limits.given, "ended at a limit"),
        (Gap.ERRORS, run.failed, "ended in an error or without a score"),
        (Gap.INVALIDATED, table.reasons.given, "were invalidated"),
    ):
        if mask.any():
            yield of_trials(run, gap, mask, said)


def out_of_place(run: Run) -> Iterator[Hole]:
    """Trials of items that the suite does not have, trials that are there twice, items that were not as they are."""
    if run.strange:
        said = f"{run.strange} trials of {run_named(run)} are of items that its manifest does not have"
        yield Hole(Gap.STRANGER, said, run.arm, run.strangers[:MOST_NAMED], run.strange)
    again = np.zeros(len(run.table), dtype=np.bool_)
    again[1:] = (np.diff(run.place) == 0) & (np.diff(run.table.attempt) == 0)
    if again.any():
        yield of_trials(run, Gap.REPEATED, again, "are there twice: the same item, the same try")
    changed = other_content(run)
    if changed.any():
        yield of_trials(run, Gap.ITEMS_CHANGED, changed, "asked something else than the manifest's item of that name")


def other_content(run: Run) -> Mask:
    """Which trials asked something else than the manifest says, where both say what."""
    contents = run.table.contents
    code_of = {text: code for code, text in enumerate(contents.values)}
    wanted = np.array([code_of.get(item.digest, -2) for item in run.suite.items], dtype=np.int64)
    says = np.array([bool(item.digest) for item in run.suite.items], dtype=np.bool_)
    said = contents.codes != code_of.get("", -2)
    other: Mask = said & says[run.place] & (contents.codes != wanted[run.place])
    return other


def other_scales(run: Run, metric: str, low: float, high: float) -> Iterator[Hole]:
    """Scores of another metric, or on another scale: the same figure then means something else."""
    table = run.table
    fits = table.metrics.equal(metric) & (table.low == low) & (table.high == high)
    other = table.scored & ~fits
    if other.any():
        first = table.where(np.flatnonzero(other)[:1])
        scale = f"`{first.metrics.present[0]}` from {first.low[0]:g} to {first.high[0]:g}"
        yield of_trials(run, Gap.SCALES_MIXED, other, f"are on {scale}, not on `{metric}` from {low:g} to {high:g}")


def of_trials(run: Run, gap: Gap, mask: Mask, said: str) -> Hole:
    """A hole that some of the trials make."""
    count = int(mask.sum())
    return hole(run, gap, f"{count} trials of {run_named(run)} {said}", run.named(mask), count)


def hole(run: Run, gap: Gap, said: str, items: Iterable[str], count: int | None = None) -> Hole:
    """A hole in a run, with some of the items by name."""
    named = tuple(items)
    return Hole(gap, said, run.arm, named[:MOST_NAMED], len(named) if count is None else count)
