"""What a drill did, read from the journal: to those it names, and that it did nothing to anybody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from licet.core.drill import Acknowledged, Checked, Cut, Drilled, DrillReport
from licet.core.instruments import Order
from licet.core.rulebook import Rulebook
from licet.services.drill import DrillRefused, drilled
from licet.services.enact import EnactReport
from licet.services.ports import Store
from licet.services.rulebooks import in_force
from licet.services.stored import Enactment
from licet.wire.journal import Damage, DecisionRecord, EndRecord, Entry


class JournalReader(Protocol):
    """The journal as it was written. Takes no locks and changes nothing."""

    def entries(self, since: datetime) -> Iterator[tuple[str, Entry | Damage]]:
        """What was written since an instant and perhaps some before, file by file, each with the name of its file."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A drill as the store has it. `pseudonyms` are the journal's names of its subjects, and theirs."""

    order: Order
    ends: datetime
    enactment: Enactment
    pseudonyms: dict[str, str]

    @property
    def begins(self) -> datetime:
        """Its first instant, or when it was enacted, if that came later."""
        return max(self.order.from_, self.enactment.at)


@dataclass(slots=True)
class _Count:
    """What is counted of one subject; see `core.drill.Drilled`."""

    requests: int = 0
    served: int = 0
    refused: int = 0
    before: int = 0
    restored: int = 0
    still_refused: int = 0
    ran_on: int = 0
    instead: Counter[str] = field(default_factory=Counter)
    named: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)


def drill_named(store: Store, name: str, pseudonyms: Callable[[str], Iterable[str]]) -> Facts:
    """A drill that was enacted. `pseudonyms` are all that a subject may have, the newest first.

    Raises `DrillRefused` if there is none of that name.
    """
    rulebook = in_force(store)
    order = rulebook.instrument(name)
    subjects = drilled(order) if isinstance(order, Order) else None
    if not isinstance(order, Order) or subjects is None:
        names = ", ".join(sorted(drills(rulebook))) or "none"
        raise DrillRefused(f"there is no drill `{name[:200]}`; there are {names}")
    enactment = next(each for each in store.enactments() if order.digest in each.documents)
    ends = rulebook.spans[name].end
    assert ends is not None, "a drill has an `until`"
    marks = {mark: subject for subject in sorted(subjects) for mark in pseudonyms(subject)}
    return Facts(order, ends, enactment, marks)


def drills(rulebook: Rulebook) -> Iterator[str]:
    """The names of all drills that were ever enacted."""
    for each in rulebook.instruments:
        if isinstance(each, Order) and drilled(each) is not None:
            yield each.name


def report(
    store: Store,
    facts: Facts,
    journal: JournalReader,
    now: datetime,
    *,
    enacted: EnactReport | None = None,
    checked: Checked | None = None,
) -> DrillReport:
    """A report of a drill at an instant, which may lie in the middle of it.

    With `enacted`, acknowledgements are as they were timed then; else as the store has them. The journal is read
    twice, for an answer's end may stand in another file than its decision.
    """
    reading = _Reading(facts)
    for file, entry in journal.entries(facts.begins):
        reading.decision(file, entry)
    for _, entry in journal.entries(facts.begins):
        if isinstance(entry, EndRecord):
            reading.end(entry)
    order, enactment = facts.order, facts.enactment
    return DrillReport(
        name=order.name,
        title=order.title,
        reasons=order.reasons,
        actor=enactment.actor,
        models=order.models,
        streams=order.streams.value,
        epoch=enactment.epoch,
        rulebook=enactment.rulebook,
        enacted=enactment.at,
        begins=facts.begins,
        ends=facts.ends,
        at=now,
        subjects=tuple(reading.drilled()),
        others=reading.others,
        touched_others=reading.touched_others,
        acknowledged=tuple(_acknowledged(store, enactment, enacted)),
        silent=tuple(each.worker for each in enacted.silences) if enacted else (),
        checked=checked,
        damaged=tuple(reading.damaged),
    )


def _acknowledged(store: Store, enactment: Enactment, enacted: EnactReport | None) -> Iterator[Acknowledged]:
    if enacted is not None:
        yield from (Acknowledged(each.worker, each.seconds, each.cut) for each in enacted.acks)
        return
    for worker, at in store.acknowledgements(enactment.epoch):
        yield Acknowledged(worker, (at - enactment.at).total_seconds())


class _Reading:
    """Counts records as they go past: all decisions first, then all ends."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._order = facts.order
        counts = {subject: _Count() for subject in facts.pseudonyms.values()}
        self._counts = {mark: counts[subject] for mark, subject in facts.pseudonyms.items()}
        self._theirs: dict[str, DecisionRecord] = {}
        self.others = 0
        self.touched_others = 0
        self.damaged: list[str] = []

    def decision(self, file: str, entry: Entry | Damage) -> None:
        """A record in the first reading."""
        if isinstance(entry, Damage):
            if not entry.torn:  # a torn end may be a group on its way to the disk
                self.damaged.append(f"{file}, offset {entry.offset}")
        elif isinstance(entry, DecisionRecord):
            count = self._counts.get(entry.subject or "")
            if count is None:
                self.others += self._facts.begins <= entry.at < self._facts.ends
                self.touched_others += self._order.name in entry.instruments
            else:
                self._theirs[entry.id] = entry
                self._of_the_named(count, entry)

    def _of_the_named(self, count: _Count, entry: DecisionRecord) -> None:
        models, named = self._order.models, self._order.name in entry.instruments
        since = (entry.at - self._facts.begins).total_seconds()
        if named:
            count.named.append(since)
        if since < 0 or not (named or entry.requested in models or entry.served in models):
            return
        if entry.is_flagged and not named:
            return  # a safeguard's doing, and not the order's
        if entry.at >= self._facts.ends:
            self._afterwards(count, entry)
        elif entry.epoch < self._facts.enactment.epoch:
            count.before += 1
        else:
            count.requests += 1
            if entry.served is None:
                count.refused += 1
            elif entry.served in models:
                count.served += 1
            else:
                count.instead[entry.served] += 1

    def _afterwards(self, count: _Count, entry: DecisionRecord) -> None:
        if entry.requested not in self._order.models:
            return
        if entry.served == entry.requested:
            count.restored += 1
            count.back.append((entry.at - self._facts.ends).total_seconds())
        else:
            count.still_refused += 1

    def end(self, entry: EndRecord) -> None:
        """The end of an answer, in the second reading."""
        named = self._order.name in entry.instruments
        began = self._theirs.get(entry.id)
        if began is None:
            self.touched_others += named
            return
        count, since = self._counts[began.subject or ""], (entry.at - self._facts.begins).total_seconds()
        if named:
            count.cuts.append(Cut(entry.id, began.served or began.requested, since))
        elif since >= 0 and began.served in self._order.models and self._was_open(began):
            count.ran_on += 1

    def _was_open(self, began: DecisionRecord) -> bool:
        """Whether an answer was begun before the drill had reached its worker."""
        return began.at < self._facts.begins or began.epoch < self._facts.enactment.epoch

    def drilled(self) -> Iterator[Drilled]:
        """What came together, by name."""
        newest: dict[str, str] = {}
        for mark, subject in self._facts.pseudonyms.items():
            newest.setdefault(subject, mark)
        for subject, pseudonym in sorted(newest.items()):
            count = self._counts[pseudonym]
            yield Drilled(
                subject=subject,
                pseudonym=pseudonym,
                requests=count.requests,
                served=count.served,
                instead=tuple(sorted(count.instead.items())),
                refused=count.refused,
                first=_least(count.named),
                cuts=tuple(sorted(count.cuts, key=lambda cut: cut.seconds)),
                ran_on=count.ran_on,
                before=count.before,
                restored=count.restored,
                still_refused=count.still_refused,
                back=_least(count.back),
            )


def _least(seconds: Iterable[float]) -> float | None:
    return min(seconds, default=None)
