"""What is missing from the files that trials came from: logs that did not end well, trials that are not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from licet.core.evidence.coverage import Gap, Hole
from licet.core.evidence.trial import Source
from licet.evidence.coverage.gaps import MOST_NAMED
from licet.evidence.trials.table import Table


def holes_of_sources(table: Table, sources: Iterable[Source]) -> Iterator[Hole]:
    """What sources and trials do not agree on. The table holds all trials that the sources gave, of whatever arm.

    A trial that names no source is nobody's; one that names a source that is not given came from somewhere else.
    """
    given = tuple(sources)
    here = {digest: int(count) for digest, count in zip(table.sources.values, table.sources.counts(), strict=True)}
    for source in given:
        yield from holes_of(source, here.get(source.digest, 0), table)
    known = {source.digest for source in given}
    strange = sum(count for digest, count in here.items() if digest and digest not in known)
    if strange:
        said = f"{strange} trials name a file that is not among the sources"
        yield Hole(Gap.LOG_CHANGED, said, count=strange)


def holes_of(source: Source, here: int, table: Table) -> Iterator[Hole]:
    """What is missing from one source."""
    if source.status != "success":
        yield Hole(Gap.LOG_INCOMPLETE, f"`{source.file}` did not end well: {source.status}")
    if here < source.trials:
        said = f"`{source.file}` gave {source.trials} trials, of which {here} are here"
        yield Hole(Gap.LOG_INCOMPLETE, said, count=source.trials - here)
    if here > source.trials:
        said = f"`{source.file}` gave {source.trials} trials, but {here} name it"
        yield Hole(Gap.LOG_CHANGED, said, count=here - source.trials)
    if source.intended is not None:
        missing = sorted(source.intended - set(table.where(table.sources.equal(source.digest)).items))
        if missing:
            said = f"`{source.file}` should have run {len(missing)} items that it has no trial of"
            yield Hole(Gap.ITEM_NOT_RUN, said, items=tuple(missing[:MOST_NAMED]), count=len(missing))


def retries(table: Table, sources: Iterable[Source]) -> dict[str, int]:
    """How many samples were run again, by the arm that most of the source's trials are in."""
    again: dict[str, int] = {}
    for source in sources:
        if not source.retries:
            continue
        arms = table.where(table.sources.equal(source.digest)).arms
        counted = arms.counts()
        if counted.sum():
            most = min((arms.values[code] for code in np.flatnonzero(counted == counted.max())), default="")
            again[most] = again.get(most, 0) + source.retries
    return again
