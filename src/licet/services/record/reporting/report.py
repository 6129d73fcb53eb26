"""The compliance report of one order, from the store, the journal and the log."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Protocol

from licet.core.conditions import evaluate
from licet.core.errors import LicetError
from licet.core.facts import UNKNOWN
from licet.core.instruments import Licence
from licet.core.report import (
    Bin,
    Check,
    Counts,
    Cuts,
    Doubt,
    Hour,
    Journal,
    Logged,
    OfModel,
    Relief,
    Report,
    Spared,
    Touched,
    Worker,
)
from licet.core.truth import Truth
from licet.services.record.reporting.count import CERTAIN, FOREVER, REFUSED, SUBSTITUTED, Question, Tally
from licet.services.record.reporting.law import Law, scope_of
from licet.services.record.reporting.log import PublishedLog, Search, Sought, search
from licet.services.record.reporting.words import commands, limits, sentences
from licet.wire.journal import Damage, Entry

EDGES = (0.0, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0)
"""Where the bins of the seconds to a cut begin."""

SEGMENT = ".parquet"
"""How the name of a sealed segment's file ends."""


class Records(Protocol):
    """The whole journal as it was written. Takes no locks and changes nothing."""

    def entries(self) -> Iterator[tuple[str, Entry | Damage]]:
        """Everything, file by file in the order of their beginnings, each with its file's name.

        Where a journal file is gone, the sealed segment that was made of it (`<segment>.parquet`).
        """


Withheld = Callable[[str], str | None]
"""What the log has in the place of the document with this digest (`salted:…`); None if it was never withheld."""


def never_withheld(_: str) -> str | None:
    """Everything was published whole."""
    return None


def report(
    law: Law,
    records: Records,
    now: datetime,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    log: PublishedLog | None = None,
    withheld: Withheld = never_withheld,
    place: str = "record",
) -> Report:
    """The report at an instant; the journal is read once.

    `since` and `until` narrow the time whose decisions are counted. `withheld` knows what is not published whole.
    `place` is where others read the log, for the commands that verify. A log that cannot be read is said to be so.
    Raises what the journal raises.
    """
    question = _question(law, since, until)
    tally = Tally(question).take(records.entries())
    logged, found, trouble = _looked_up(law, log, withheld)
    made = _made(law, question, tally, now, logged, _journal(tally, found))
    troubled = replace(made, log_trouble=trouble)
    said = replace(troubled, cannot=tuple(limits(troubled)))
    return replace(said, commands=tuple(commands(said, place)))


def _question(law: Law, since: datetime | None, until: datetime | None) -> Question:
    """What is counted."""
    span, act, rulebook = law.order.span, law.order.act, law.rulebook
    end = span.end or FOREVER
    return Question(
        name=law.text.name,
        epoch=act.epoch,
        scope=law.scope,
        start=span.start,
        end=end,
        enacted=act.at,
        since=max(span.start, since) if since else span.start,
        until=min(end, until) if until else end,
        licences={
            each.instrument.name: (scope_of(rulebook, each.instrument), each.span.start, each.span.end or FOREVER)
            for each in law.licences
            if isinstance(each.instrument, Licence)
        },
        digests={each.epoch: each.rulebook for each in law.enactments},
        acknowledged=dict(law.acknowledged),
        turns=rulebook.boundaries,
        epochs=tuple((each.epoch, each.at) for each in law.enactments),
        everybody=evaluate(law.text.condition, dict.fromkeys(rulebook.facts, UNKNOWN)) is Truth.TRUE,
    )


def _made(law: Law, question: Question, tally: Tally, now: datetime, logged: Logged | None, journal: Journal) -> Report:
    """The values, before what follows from them is said."""
    until = question.until if question.until != FOREVER else max(now, question.since)
    return Report(
        order=law.order,
        text=law.text,
        canonical=law.canonical,
        sentences=tuple(sentences(law.text, law.order.span, law.models, law.definitions, law.licences, law.ended_by)),
        definitions=law.definitions,
        models=law.models,
        ended_by=law.ended_by,
        reliefs=tuple(
            Relief(
                each,
                tuple(sorted({model for model, _ in question.licences[each.instrument.name][0]})),
                tally.relieved[each.instrument.name],
                len(tally.relieved_subjects.get(each.instrument.name, ())),
            )
            for each in law.licences
        ),
        properties=law.properties,
        at=now,
        since=question.since,
        until=until,
        effect=tally.of_open.effect,
        other_clock=tally.other_clock,
        asked=Counts(*tally.asked),
        by_order=Counts(*tally.by_order),
        hours=tuple(_hours(tally)),
        of_models=tuple(_of_model(tally, model) for model in law.models),
        before=Counts(*tally.of_open.before),
        after=None if question.end == FOREVER else Counts(*tally.after),
        outlived=tally.outlived,
        flagged=tally.flagged,
        first_withheld=tally.first(tally.withheld),
        first_refused=tally.first(tally.refused),
        cuts=_cuts(tally),
        spared=Spared(tuple(sorted(tally.of_open.ended.items())), tally.never_ended()),
        touched=_touched(tally),
        workers=tuple(_workers(law, tally)),
        check=Check(tally.looked_at, tally.breached, tuple(tally.breaches)),
        journal=journal,
        logged=logged,
    )


def _hours(tally: Tally) -> Iterator[Hour]:
    for hour, sums in sorted(tally.hours.items()):
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        yield Hour(at, Counts(*sums[:3]), Counts(*sums[3:]))


def _of_model(tally: Tally, model: str) -> OfModel:
    sums = tally.models.get(model, [0] * 6)
    instead = Counter({served: number for (asked, served), number in tally.instead.items() if asked == model})
    by_number = tuple(sorted(instead.items(), key=lambda each: (-each[1], each[0])))
    return OfModel(model, Counts(*sums[:3]), Counts(*sums[3:]), by_number)


def _cuts(tally: Tally) -> Cuts:
    measured = array("d", sorted(tally.cut_seconds))
    return Cuts(
        count=len(measured) + tally.cut_unmeasured,
        unmeasured=tally.cut_unmeasured,
        half=_share(measured, 0.5),
        most=_share(measured, 0.9),
        nearly_all=_share(measured, 0.99),
        last=measured[-1] if measured else None,
        bins=tuple(_bins(measured)),
        models=tuple(sorted(tally.cut_models.items())),
    )


def _share(ordered: array[float], part: float) -> float | None:
    """The smallest of these that at least this part of them does not exceed (the nearest rank)."""
    return ordered[max(0, -int(-len(ordered) * part // 1) - 1)] if ordered else None


def _bins(ordered: array[float]) -> Iterator[Bin]:
    """All bins up to the last that is not empty."""
    if not ordered:
        return
    for least, below in pairwise((*EDGES, None)):
        assert least is not None
        yield Bin(least, below, sum(1 for each in ordered if least <= each and (below is None or each < below)))
        if below is None or ordered[-1] < below:
            return


def _touched(tally: Tally) -> Touched:
    masks = Counter(tally.subjects.values())

    def with_bit(bit: int) -> int:
        return sum(number for mask, number in masks.items() if mask & bit)

    doubts = [Doubt(facts, number, with_bit(bit)) for facts, (bit, number) in tally.doubts.items()]
    return Touched(
        subjects=len(tally.subjects),
        substituted=with_bit(SUBSTITUTED),
        refused=with_bit(REFUSED),
        in_doubt=len(tally.subjects) - with_bit(CERTAIN),
        nobody=tally.nobody,
        doubts=tuple(sorted(doubts, key=lambda each: (-each.decisions, each.facts))),
    )


def _workers(law: Law, tally: Tally) -> Iterator[Worker]:
    """All that acknowledged, and all that decided about the order's models."""
    acknowledged, effect = dict(law.acknowledged), tally.of_open.effect
    for name in sorted({*acknowledged, *tally.workers}):
        at, seen = acknowledged.get(name), tally.workers.get(name)
        last = seen.last_before if seen else None
        yield Worker(
            worker=name,
            acknowledged=at,
            seconds=None if at is None else (at - law.order.act.at).total_seconds(),
            first=seen.first if seen else None,
            before=seen.before if seen else 0,
            lag=None if last is None else (last - effect).total_seconds(),
            late=seen.late if seen else 0,
        )


def _journal(tally: Tally, found: Search | None) -> Journal:
    here = {_stem(each) for each in tally.read}
    committed, deleted = (set(found.segments), found.deleted) if found else (set(), set())
    return Journal(
        files=len(tally.read),
        segments=sum(each.endswith(SEGMENT) for each in tally.read),
        records=tally.records,
        first=tally.earliest,
        last=tally.latest,
        damaged=tuple(tally.damaged),
        torn=tuple(tally.torn),
        open=tuple(tally.unclosed),
        missing=tuple(sorted(committed - deleted - here)),
        deleted=tuple(sorted(deleted - here)),
    )


def _stem(file: str) -> str:
    """The name of a segment is that of its journal file, without what follows the worker."""
    return file.removesuffix(SEGMENT).removesuffix(".journal")


def _looked_up(law: Law, log: PublishedLog | None, withheld: Withheld) -> tuple[Logged | None, Search | None, str]:
    """What the log holds; or that there is none, or why it cannot be read."""
    if log is None:
        return None, None, ""
    try:
        return *_logged(law, log, withheld), ""
    except LicetError as error:
        return None, None, str(error)


def _logged(law: Law, log: PublishedLog, withheld: Withheld) -> tuple[Logged, Search]:
    """What the log holds about the order and everything that relieved or ended it."""
    placed = (law.order, *law.licences, *law.ended_by)
    epochs: dict[int, tuple[str, ...]] = {}
    for each in placed:
        epochs[each.act.epoch] = (*epochs.get(each.act.epoch, ()), each.instrument.name)
    sought = Sought(
        documents={each.instrument.digest: each.instrument.name for each in placed},
        commitments={
            found: each.instrument.digest for each in placed if (found := withheld(each.instrument.digest)) is not None
        },
        epochs=epochs,
        acknowledged=frozenset(worker for worker, _ in law.acknowledged),
        epoch=law.order.act.epoch,
        start=law.order.span.start,
        end=law.order.span.end or FOREVER,
    )
    return search(log, sought)
